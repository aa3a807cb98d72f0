using System.Globalization;
using Plenum.TestSupport;
using Plenum.ZeroBuffer.InPlace;

namespace Plenum.ZeroBuffer.Duplex.Tests;

/// <summary>What an in-place channel is for: half the memory, and no copy; both measured.</summary>
public sealed class InPlaceMemoryTests
{
    private const int FrameBytes = 1 << 20;
    private const int Frames = 4;

    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(20);

    [Fact]
    public void SharedMemory_SameFramesInFlight_InPlaceTakesHalfOfCopying() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("half");
        long copying = MeasureCopying(name.Name);
        long inPlace = MeasureInPlace(name.Name);

        // Half, and a page or two for headers.
        Assert.InRange(inPlace, (copying / 2) - (64 * 1024), (copying / 2) + (64 * 1024));
    });

    [Fact]
    public void Call_HandlerTouchesNothing_AnswerIsTheVeryBytesOfTheRequest() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("nocopy");
        using InPlaceServer server = InPlaceServer.Start(name.Name, static (data, size) =>
            size, new InPlaceServerOptions
            {
                MetadataSizeBytes = 0,
                PayloadSizeBytes = FrameBytes + 64,
                QueueSize = 1,
            });
        using InPlaceClient client = InPlaceClient.Connect(name.Name, s_wait);
        using InPlaceExchange frame = client.Reserve(FrameBytes);
        frame.Data.Fill(0x5A);

        // There is no second place: the segment has room for one frame, and the server's process wrote none of its
        // bytes, or the byte changed behind its back would not be in the answer.
        Span<byte> answer = frame.Call(FrameBytes);
        using (FileStream file = File.OpenWrite(name.FilePath))
        {
            file.Position = 2048 + 64 + 64 + 1000;
            file.WriteByte(0xA5);
        }

        Assert.Equal((0x5A, 0xA5), (answer[999], answer[1000]));
        Assert.Equal(2048 + 64 + 64 + FrameBytes, new FileInfo(name.FilePath).Length);
    });

    private static long MeasureCopying(string name)
    {
        var buffer = new ZeroBufferOptions
        {
            MetadataSizeBytes = 64,
            PayloadSizeBytes = ZeroBufferSizing.RequiredPayload(FrameBytes + 64, Frames),
        };
        using DuplexServer server = DuplexServer.Start(
            name, static (request, response) =>
            response.Write(request.Data), new DuplexServerOptions { Buffer = buffer });
        using DuplexClient client = DuplexClient.Connect(name, s_wait, new DuplexClientOptions { Buffer = buffer });
        byte[] data = DuplexCallTests.Pattern(FrameBytes);
        for (int i = 0; i < 4 * Frames; i++)
        {
            client.Call(data).Dispose();
        }

        return BlocksOf(name + "_request") + BlocksOf(name + "_response");
    }

    private static long MeasureInPlace(string name)
    {
        using InPlaceServer server = InPlaceServer.Start(name, static (data, size) => size, new InPlaceServerOptions
        {
            MetadataSizeBytes = 64,
            PayloadSizeBytes = ZeroBufferSizing.RequiredPayload(FrameBytes + 64, Frames),
        });
        using InPlaceClient client = InPlaceClient.Connect(name, s_wait);

        // All of the payload is touched, as the rings above are.
        using (InPlaceExchange all = client.Reserve((int)client.PayloadSizeBytes - 64))
        {
            all.Data.Fill(1);
            all.Call(all.Data.Length);
        }

        return BlocksOf(name);
    }

    // Bytes that the file really takes.
    private static long BlocksOf(string name)
    {
        using PeerProcess stat = PeerProcess.Start("stat", ["-c", "%b", TempSegment.PathOf(name)]);
        return 512 * long.Parse(stat.ReadLine(), CultureInfo.InvariantCulture);
    }
}
