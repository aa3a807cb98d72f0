using System.Buffers.Binary;
using System.Text;
using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.ZeroBuffer.Duplex.Tests;

/// <summary>Plain buffers of version 2, whose payload has a segment of its own.</summary>
public sealed class PayloadSegmentTests
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(20);

    [Fact]
    public void Create_OwnSegment_BytesAreThoseOfTheSpecification() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("v2");
        using ZeroBufferReader reader = ZeroBufferReader.Create(name.Name, Options(100, 1000));

        byte[] control = File.ReadAllBytes(name.FilePath);
        byte[] payload = File.ReadAllBytes(name.FilePath + "_payload");

        Assert.Equal((1024 + 128, 64 + 1024), (control.Length, payload.Length));
        Assert.Equal(1024u, BinaryPrimitives.ReadUInt32LittleEndian(control));
        Assert.Equal([2, 0, 0, 0], control[4..8]);
        Assert.Equal((128UL, 128UL, 0UL), (U64(control, 0x08), U64(control, 0x10), U64(control, 0x18)));
        Assert.Equal((1024UL, 1024UL), (U64(control, 0x20), U64(control, 0x28)));
        Assert.Equal((0UL, (ulong)Environment.ProcessId), (U64(control, 0x50), U64(control, 0x58)));
        string expected = name.Name + "_payload";
        Assert.Equal((1UL, (ulong)expected.Length), (U64(control, 0x60), U64(control, 0x68)));
        Assert.Equal(expected, Encoding.UTF8.GetString(control, 0x70, expected.Length));
        Assert.True(control.AsSpan(0x70 + expected.Length).IndexOfAnyExcept((byte)0) < 0);
        Assert.Equal("ZBPAYLD2", Encoding.ASCII.GetString(payload, 0, 8));
        Assert.Equal((1024UL, (ulong)Environment.ProcessId), (U64(payload, 8), U64(payload, 0x10)));
        Assert.True(payload.AsSpan(0x18).IndexOfAnyExcept((byte)0) < 0);
        Assert.True(File.Exists($"/tmp/zerobuffer/{name.Name}.lock"));
        Assert.True(File.Exists(Path.Combine(Path.GetTempPath(), "zerobuffer", "locks", name.Name + ".lock")));
        Assert.True(File.Exists("/dev/shm/sem.sem-w-" + name.Name) && File.Exists("/dev/shm/sem.sem-r-" + name.Name));
        Assert.Equal(2, reader.ProtocolVersion.Major);
    });

    [Fact]
    public void Write_FramesOfAllSizes_ArriveInOrderAndTheRingWraps() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("v2");
        using (ZeroBufferReader reader = ZeroBufferReader.Create(name.Name, Options(64, 10240)))
        using (ZeroBufferWriter writer = ZeroBufferWriter.Connect(name.Name))
        {
            writer.Metadata.Write([1, 2, 3]);
            for (int i = 0; i < 500; i++)
            {
                byte[] sent = DuplexCallTests.Pattern(1 + (i * 37 % 4000), i);
                writer.Write(sent);
                using Frame frame = reader.Read(s_wait);
                Assert.True(frame.Span.SequenceEqual(sent));
                Assert.Equal((ulong)i + 1, frame.Sequence);
            }

            Assert.Equal([1, 2, 3], reader.Metadata.ToArray());
            Assert.True(reader.Statistics.Wraps > 50);
            byte[] control = File.ReadAllBytes(name.FilePath);
            Assert.Equal(10240UL, U64(control, 0x28));
            Assert.Equal(U64(control, 0x40), U64(control, 0x48));
        }

        Assert.Empty(TempSegment.Leftovers(name.Name));
    });

    [Fact]
    public async Task OwnedFrame_ReaderAndWriterDisposed_StaysReadable() => await Watchdog.RunAsync(async () =>
    {
        using var name = new TempSegment("v2");
        ZeroBufferReader reader = ZeroBufferReader.Create(name.Name, Options(64, 4096));
        ZeroBufferWriter writer = ZeroBufferWriter.Connect(name.Name);
        await writer.WriteAsync(DuplexCallTests.Pattern(1000));
        OwnedFrame? frame = await reader.ReadAsync();
        OwnedReservationCheck(writer);
        writer.Dispose();
        reader.Dispose();

        Assert.Equal(DuplexCallTests.Pattern(1000), frame!.Memory.ToArray());
        Assert.Empty(TempSegment.Leftovers(name.Name));
        frame.Dispose();
        Assert.Throws<ObjectDisposedException>(() => frame.Memory.Length);
    });

    [Fact]
    public void PayloadSegment_GoneOrOfAnotherSize_WriterIsRefused() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("v2");
        using ZeroBufferReader reader = ZeroBufferReader.Create(name.Name, Options(64, 4096));
        byte[] payload = File.ReadAllBytes(name.FilePath + "_payload");
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(8), 8192);
        File.Delete(name.FilePath + "_payload");
        SegmentFormatException gone = Assert.Throws<SegmentFormatException>(() => ZeroBufferWriter.Connect(name.Name));
        Assert.Contains("payload segment is gone", gone.Message, StringComparison.Ordinal);

        File.WriteAllBytes(name.FilePath + "_payload", payload);
        SegmentFormatException other = Assert.Throws<SegmentFormatException>(() => ZeroBufferWriter.Connect(name.Name));

        Assert.Contains("no payload of 4096 bytes", other.Message, StringComparison.Ordinal);
        File.Delete(name.FilePath + "_payload");
    });

    [Theory]
    [InlineData(0x60, 2UL)]
    [InlineData(0x68, 0UL)]
    [InlineData(0x68, 257UL)]
    [InlineData(0x08, 1UL << 40)]
    [InlineData(0x20, 1UL << 50)]
    [InlineData(0x28, 1UL << 20)]
    public void Header_FieldIsWrong_WriterNamesIt(int offset, ulong value) => Watchdog.Run(() =>
    {
        using var name = new TempSegment("v2");
        using ZeroBufferReader reader = ZeroBufferReader.Create(name.Name, Options(64, 4096));
        using (FileStream file = File.OpenWrite(name.FilePath))
        {
            file.Position = offset;
            file.Write(BitConverter.GetBytes(value));
        }

        Assert.Throws<SegmentCorruptedException>(() => ZeroBufferWriter.Connect(name.Name));
    });

    [Fact]
    public void VersionOne_ForeignWritersAndReaders_RefuseIt() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("v2");
        using ZeroBufferReader reader = ZeroBufferReader.Create(name.Name, Options(64, 4096));
        byte[] before = File.ReadAllBytes(name.FilePath);

        using PeerProcess python = PeerProcess.StartPython(
            "zerobuffer", "write", "--name", name.Name, "--sizes", "10", "--wait-ms", "200");
        Assert.Equal(1, python.WaitForExit());
        Assert.Contains("\"code\":\"malformed\"", python.Transcript, StringComparison.Ordinal);
        using PeerProcess owner = PeerProcess.StartPython("zerobuffer", "read", "--name", name.Name, "--frames", "1");
        Assert.Equal(1, owner.WaitForExit());
        if (CppPeers.Missing is null)
        {
            using PeerProcess cpp = PeerProcess.Start(
                CppPeers.ZeroBuffer, ["write", "--name", name.Name, "--sizes", "10", "--wait-ms", "200"]);
            Assert.Equal(1, cpp.WaitForExit());
            using PeerProcess taker = PeerProcess.Start(
                CppPeers.ZeroBuffer, ["read", "--name", name.Name, "--frames", "1"]);
            Assert.Equal(1, taker.WaitForExit());
        }

        Assert.Throws<SegmentBusyException>(() => ZeroBufferReader.Create(name.Name));
        Assert.Equal(before, File.ReadAllBytes(name.FilePath));
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(name.Name);
        writer.Write([7]);
        using Frame frame = reader.Read(s_wait);
        Assert.Equal(7, frame.Span[0]);
    });

    [Fact]
    public void Duplex_BothBuffersWithOwnPayload_CallsAreCorrelated() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("v2");
        using (DuplexServer server = DuplexServer.Start(
            name.Name,
            (request, response) => response.Write(request.Data),
            new DuplexServerOptions { Buffer = Options(256, 1 << 20) }))
        using (DuplexClient client = DuplexClient.Connect(
            name.Name, s_wait, new DuplexClientOptions { Buffer = Options(256, 1 << 20) }))
        {
            byte[] data = DuplexCallTests.Pattern(100_000);
            using DuplexAnswer answer = client.Call(data);
            Assert.True(answer.Data.SequenceEqual(data));
            Assert.True(client.IsServerCorrelated);
        }

        Assert.Empty(TempSegment.Leftovers(name.Name));
        foreach (string suffix in new[] { "_request_payload", "_response_payload" })
        {
            Assert.False(File.Exists(name.FilePath + suffix));
        }
    });

    private static void OwnedReservationCheck(ZeroBufferWriter writer)
    {
        using FrameReservation room = writer.Reserve(10);
        room.Span.Fill(1);
    }

    private static ZeroBufferOptions Options(int metadata, int payload) => new()
    {
        MetadataSizeBytes = metadata,
        PayloadSizeBytes = payload,
        PayloadLocation = PayloadLocation.OwnSegment,
        SweepStaleBuffers = false,
    };

    private static ulong U64(byte[] bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(offset));
}
