using System.Buffers.Binary;
using System.Text;
using Plenum.Platform;
using Plenum.TestSupport;
using Plenum.ZeroBuffer.InPlace;

namespace Plenum.ZeroBuffer.Duplex.Tests;

/// <summary>Calls on an in-place channel.</summary>
public sealed class InPlaceCallTests
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(PayloadLocation.SameSegment)]
    [InlineData(PayloadLocation.OwnSegment)]
    public void Call_Invert_AnswerIsInTheRequestsMemory(PayloadLocation location) => Watchdog.Run(() =>
    {
        using var name = new TempSegment("ip");
        string? greeting = null;
        using InPlaceServer server = InPlaceServer.Start(name.Name, Invert, new InPlaceServerOptions
        {
            PayloadLocation = location,
            OnClient = metadata => greeting = Encoding.UTF8.GetString(metadata),
        });
        using InPlaceClient client = InPlaceClient.Connect(
            name.Name, s_wait, new InPlaceClientOptions { Metadata = "hello"u8.ToArray() });

        foreach (int size in new[] { 1, 1000, 1920 * 1080 * 3 })
        {
            byte[] sent = DuplexCallTests.Pattern(size);
            using InPlaceExchange frame = client.Reserve(size);
            sent.CopyTo(frame.Data);

            Span<byte> answer = frame.Call(size);

            Assert.True(frame.Data.Overlaps(answer, out int offset) && offset == 0);
            Assert.True(answer.SequenceEqual(sent.Select(b => (byte)~b).ToArray()));
        }

        Assert.Equal("hello", greeting);
        Assert.Equal(location == PayloadLocation.OwnSegment, File.Exists(name.FilePath + "_payload"));
    });

    [Fact]
    public void Call_EverythingAllocatedBefore_AllocatesNothing() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("ip");
        using InPlaceServer server = InPlaceServer.Start(name.Name, Invert);
        using InPlaceClient client = InPlaceClient.Connect(name.Name, s_wait);
        for (int i = 0; i < 20_000; i++)
        {
            using InPlaceExchange frame = client.Reserve(64);
            frame.Call(64);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            using InPlaceExchange frame = client.Reserve(64);
            frame.Call(64);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    });

    [Fact]
    public async Task CallAsync_ManyAtOnceOnThePool_EachGetsItsAnswer() => await Watchdog.RunAsync(async () =>
    {
        using var name = new TempSegment("ip");
        using InPlaceServer server = InPlaceServer.Start(
            name.Name, Invert, new InPlaceServerOptions
            {
                Processing = DuplexProcessing.ThreadPool,
                MaxConcurrency = 4
            });
        using InPlaceClient client = InPlaceClient.Connect(name.Name, s_wait,
            new InPlaceClientOptions { CallTimeout = s_wait });

        await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            await Task.Yield();
            using InPlaceBuffer frame = await client.ReserveAsync(1000);
            byte[] sent = DuplexCallTests.Pattern(1000, i);
            sent.CopyTo(frame.Memory);
            Memory<byte> answer = await frame.CallAsync(1000);
            Assert.True(answer.Span.SequenceEqual(sent.Select(b => (byte)~b).ToArray()));
        }));
    });

    [Fact]
    public void Call_HandlerThrowsEveryThird_OthersKeepTheirAnswers() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("ip");
        using InPlaceServer server = InPlaceServer.Start(name.Name, (data, size) =>
            data[0] % 3 == 0 ? throw new InvalidDataException("every third") : Invert(data, size));
        using InPlaceClient client = InPlaceClient.Connect(name.Name, s_wait);

        for (byte i = 1; i <= 30; i++)
        {
            using InPlaceExchange frame = client.Reserve(100);
            frame.Data[0] = i;
            DuplexOutcome outcome = frame.TryCall(1, out Span<byte> answer, s_wait);
            Assert.Equal(i % 3 == 0 ? DuplexOutcome.HandlerFailed : DuplexOutcome.Answered, outcome);
            Assert.Equal(i % 3 == 0 ? "InvalidDataException: every third"u8.ToArray() : [(byte)~i], answer.ToArray());
        }

        Assert.Equal(10, server.HandlerFailures);
    });

    [Fact]
    public void Channel_Created_BytesAreThoseOfTheSpecification() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("ip");
        using InPlaceServer server = InPlaceServer.Start(name.Name, Invert, new InPlaceServerOptions
        {
            MetadataSizeBytes = 100,
            PayloadSizeBytes = 4000,
            QueueSize = 3,
            PayloadLocation = PayloadLocation.OwnSegment,
        });

        byte[] control = File.ReadAllBytes(name.FilePath);
        byte[] payload = File.ReadAllBytes(name.FilePath + "_payload");

        Assert.Equal(1024 + 1024 + 64 + 128, control.Length);
        Assert.Equal(64 + 4032, payload.Length);
        foreach (int at in new[] { 0, 1024 })
        {
            Assert.Equal(1024u, BinaryPrimitives.ReadUInt32LittleEndian(control.AsSpan(at)));
            Assert.Equal([2, 0, 0, 0], control[(at + 4)..(at + 8)]);
            Assert.Equal(at == 0 ? 128UL : 0UL, U64(control, at + 0x08));
            Assert.Equal(4032UL, U64(control, at + 0x20));
            Assert.Equal(4032UL, U64(control, at + 0x28));
            Assert.Equal(1UL, U64(control, at + 0x60));
            string payloadName = name.Name + "_payload";
            Assert.Equal((ulong)payloadName.Length, U64(control, at + 0x68));
            Assert.Equal(payloadName, Encoding.UTF8.GetString(control, at + 0x70, payloadName.Length));
            Assert.Equal(at == 0 ? 1UL : 2UL, U64(control, at + 0x170));
            Assert.Equal(at == 0 ? 4UL : 0UL, U64(control, at + 0x178));
            Assert.True(control.AsSpan(at + 0x180, 0x280).IndexOfAnyExcept((byte)0) < 0);
        }

        var self = (ulong)Environment.ProcessId;
        Assert.Equal((0UL, self, self, 0UL), (U64(control, 0x50), U64(control, 0x58), U64(control, 0x450),
            U64(control, 0x458)));
        Assert.Equal("ZBPAYLD2", Encoding.ASCII.GetString(payload, 0, 8));
        Assert.Equal(4032UL, U64(payload, 8));
        Assert.True(File.Exists($"/tmp/zerobuffer/{name.Name}.lock"));
        Assert.True(File.Exists(Path.Combine(Path.GetTempPath(), "zerobuffer", "locks", name.Name + ".lock")));
    });

    [Fact]
    public void Call_Sent_FrameIsAsSpecified() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("ip");
        using InPlaceServer server = InPlaceServer.Start(name.Name, Invert, new InPlaceServerOptions
        {
            MetadataSizeBytes = 0,
            PayloadSizeBytes = 4096,
            QueueSize = 8,
        });
        using InPlaceClient client = InPlaceClient.Connect(name.Name, s_wait);
        using InPlaceExchange frame = client.Reserve(100);
        frame.Data.Fill(0x0F);
        frame.Call(50);

        byte[] bytes = File.ReadAllBytes(name.FilePath);

        const int payload = 2048 + 64;
        Assert.Equal(payload + 4096, bytes.Length);
        Assert.Equal((100UL, 1UL, 50UL, 3UL), (U64(bytes, payload), U64(bytes, payload + 8), U64(bytes,
            payload + 0x10), U64(bytes, payload + 0x18)));
        Assert.Equal((0xF0, 0x0F), (bytes[payload + 64], bytes[payload + 64 + 50]));
        Assert.Equal(0UL, U64(bytes, 2048));
        Assert.Equal((1UL, 1UL, 1UL), (U64(bytes, 0x40), U64(bytes, 0x48), U64(bytes, 0x440)));
        Assert.Equal(4096UL - 64 - 128, U64(bytes, 0x28));
    });

    [Fact]
    public void VersionOne_WriterReaderAndDuplexClient_AreRefused() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("ip");
        using InPlaceServer server = InPlaceServer.Start(name.Name, Invert);

        Assert.Throws<SegmentFormatException>(() => ZeroBufferWriter.Connect(name.Name));
        Assert.Throws<SegmentBusyException>(() => ZeroBufferReader.Create(name.Name));
        Assert.Throws<TimeoutException>(() => DuplexClient.Connect(name.Name, TimeSpan.FromMilliseconds(20)));
        using PeerProcess cpp = PeerProcess.StartPython(
            "zerobuffer", "write", "--name", name.Name, "--sizes", "10", "--wait-ms", "200");
        Assert.Equal(1, cpp.WaitForExit());
        using PeerProcess reader = PeerProcess.StartPython("zerobuffer", "read", "--name", name.Name, "--frames", "1");
        Assert.Equal(1, reader.WaitForExit());

        using InPlaceClient client = InPlaceClient.Connect(name.Name, s_wait);
        var answer = new byte[1];
        Assert.Equal(1, client.Call([1], answer));
        Assert.Equal(0xFE, answer[0]);
    });

    [Fact]
    public void VersionTwoClient_OnVersionOneBuffer_IsRefused() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("ip");
        using ZeroBufferReader reader = ZeroBufferReader.Create(name.Name);

        Assert.Throws<SegmentFormatException>(() => InPlaceClient.Connect(name.Name, s_wait));
    });

    [Fact]
    public void Connect_SecondClient_IsRefusedAndThirdServedAfterFirstLeft() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("ip");
        using InPlaceServer server = InPlaceServer.Start(name.Name, Invert);
        var answer = new byte[1];
        using (InPlaceClient first = InPlaceClient.Connect(name.Name, s_wait))
        {
            first.Call([1], answer);
            Assert.Throws<SegmentBusyException>(() => InPlaceClient.Connect(name.Name, s_wait));
            first.Call([2], answer);
            Assert.Equal(0xFD, answer[0]);
        }

        using InPlaceClient third = InPlaceClient.Connect(name.Name, s_wait);
        Assert.Equal(1, third.Call([3], answer));
        Assert.Equal(0xFC, answer[0]);
    });

    [Fact]
    public void Server_Restarted_ClientGoesOn() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("ip");
        InPlaceServer first = InPlaceServer.Start(name.Name, Invert);
        using InPlaceClient client = InPlaceClient.Connect(name.Name, s_wait,
            new InPlaceClientOptions { CallTimeout = s_wait });
        var answer = new byte[1];
        client.Call([1], answer);
        first.Dispose();
        Assert.False(client.IsServerConnected);

        using InPlaceServer second = InPlaceServer.Start(name.Name, Invert);

        Assert.Equal(1, client.Call([1], answer));
    });

    [Fact]
    public void TryCall_TimedOut_FrameComesBackWhenTheServerIsDone() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("ip");
        using var release = new ManualResetEventSlim();
        using InPlaceServer server = InPlaceServer.Start(
            name.Name,
            (data, size) =>
            {
                release.Wait();
                return Invert(data, size);
            },
            new InPlaceServerOptions { PayloadSizeBytes = 256 });
        using InPlaceClient client = InPlaceClient.Connect(name.Name, s_wait,
            new InPlaceClientOptions { CallTimeout = s_wait });
        InPlaceExchange lost = client.Reserve(192);
        Assert.Equal(DuplexOutcome.TimedOut, lost.TryCall(1, out _, TimeSpan.FromMilliseconds(20)));
        Assert.False(lost.IsValid);
        lost.Dispose();

        release.Set();
        using InPlaceExchange frame = client.Reserve(192);
        frame.Data[0] = 7;

        Assert.Equal([unchecked((byte)~7)], frame.Call(1).ToArray());
    });

    [Fact]
    public async Task ReserveAsync_PayloadIsFull_ContinuesWhenAFrameIsGivenBack() => await Watchdog.RunAsync(async () =>
    {
        using var name = new TempSegment("ip");
        using InPlaceServer server = InPlaceServer.Start(
            name.Name, Invert, new InPlaceServerOptions { PayloadSizeBytes = 1024 });
        using InPlaceClient client = InPlaceClient.Connect(
            name.Name, s_wait, new InPlaceClientOptions { CallTimeout = s_wait });
        InPlaceBuffer first = await client.ReserveAsync(900);
        Task<InPlaceBuffer>[] waiting = [.. Enumerable.Range(0, 3).Select(_ => client.ReserveAsync(100).AsTask())];
        Assert.DoesNotContain(waiting, task => task.IsCompleted);

        first.Dispose();
        foreach (InPlaceBuffer buffer in await Task.WhenAll(waiting))
        {
            buffer.Dispose();
        }

        using InPlaceExchange whole = client.Reserve(960);
        Assert.Equal(960, whole.Data.Length);
    });

    private static int Invert(Span<byte> data, int size)
    {
        foreach (ref byte b in data[..size])
        {
            b = (byte)~b;
        }

        return size;
    }

    private static ulong U64(byte[] bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(offset));
}
