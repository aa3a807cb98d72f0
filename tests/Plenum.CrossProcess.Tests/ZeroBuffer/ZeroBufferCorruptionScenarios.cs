using System.Text.Json;
using Plenum.Platform;
using Plenum.ZeroBuffer;
using static Plenum.CrossProcess.Tests.ZeroBuffer.BufferChecks;
using static Plenum.CrossProcess.Tests.ZeroBuffer.ScenarioEnds;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>Scenarios of features 5 and 10: broken headers, deaths in the middle, the ends of the ring.</summary>
public sealed class ZeroBufferCorruptionScenarios
{
    // The ring begins behind the header and 1024 bytes of metadata.
    private const int Ring = 0x80 + 1024;

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_5_1_CorruptedOiebDetection_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s5-1");
        using ZeroBufferPeer reader = Reader(kind, segment.Name, 1024, 10240);
        using ZeroBufferPeer second = ZeroBufferPeer.Workbench();

        ZeroBufferImage.Poke(segment.Name, 0, BitConverter.GetBytes(64));
        SegmentFormatException size = Assert.Throws<SegmentFormatException>(() => ZeroBufferWriter.Connect(segment.Name));
        Assert.Contains("oieb_size 64", size.Actual, StringComparison.Ordinal);
        Assert.Equal("malformed", second.SendError($"connect {segment.Name}"));

        ZeroBufferImage.Poke(segment.Name, 0, BitConverter.GetBytes(128));
        ZeroBufferImage.Poke(segment.Name, 0x30, 10241);
        SegmentCorruptedException position = Assert.Throws<SegmentCorruptedException>(
            () => ZeroBufferWriter.Connect(segment.Name));
        Assert.Equal("payload_write_pos", position.Field);
        JsonElement error = second.Send($"connect {segment.Name}", "error");
        Assert.Equal("payload_write_pos", ZeroBufferPeer.Text(error, "field"));

        // Nobody took the place; with the right value it is free.
        Assert.Equal(0UL, ZeroBufferImage.Of(segment.Name).WriterPid);
        ZeroBufferImage.Poke(segment.Name, 0x30, 0);
        second.Send($"connect {segment.Name}", "connected");
        PeerWrites(second, 1, 100);
        PeerReadsAndReleases(reader, 1, 100);
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_5_2_InvalidFrameHeaderDetection_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s5-2");
        using var reader = Create(segment.Name, 1024, 10240);
        using ZeroBufferPeer writer = Writer(kind, segment.Name);
        PeerWrites(writer, 1, 100);
        ZeroBufferImage.Poke(segment.Name, Ring, 0);

        SegmentCorruptedException error = Assert.Throws<SegmentCorruptedException>(() => reader.Read(out _, Patience));

        Assert.Equal("payload_size", error.Field);
        Assert.Equal(ReaderState.Error, reader.State);
        PeerWrites(writer, 2, 100);
        Assert.Throws<SegmentCorruptedException>(() => reader.Read(out _, Patience));
    }

    [Fact]
    public void Scenario_5_2_InvalidFrameHeader_ReaderInTheOtherProcess()
    {
        using var segment = new TempSegment("s5-2r");
        using ZeroBufferPeer reader = Reader(PeerKind.Ours, segment.Name, 1024, 10240);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        WriteFrame(writer, 100);
        ZeroBufferImage.Poke(segment.Name, Ring, 0);

        JsonElement error = reader.Send("read", "error");

        Assert.Equal("malformed", ZeroBufferPeer.Text(error, "code"));
        Assert.Equal("payload_size", ZeroBufferPeer.Text(error, "field"));
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_5_3_ReaderDeathDuringWrite_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s5-3");
        using ZeroBufferPeer reader = Reader(kind, segment.Name, 1024, 10240);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        using (FrameReservation frame = writer.Reserve(5000))
        {
            frame.Span.Fill(1);
            reader.Kill();
            frame.Commit();
        }

        // The one that was under way is finished; a writer learns of the death when it needs the reader.
        Assert.Throws<PeerTerminatedException>(() =>
        {
            for (int i = 0; i < 5; i++)
            {
                writer.Write(new byte[4000]);
            }
        });

        Assert.Equal(WriterState.ReaderDead, writer.State);
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_5_5_WrapAroundWithWastedSpace_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s5-5");
        using ZeroBufferPeer reader = Reader(kind, segment.Name, 1024, 10240);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        WriteFrame(writer, 10240 - 100 - 16);
        PeerReadsAndReleases(reader, 1, 10240 - 100 - 16);

        WriteFrame(writer, 200);

        var image = ZeroBufferImage.Of(segment.Name);
        Assert.Equal(-1, image.Payload.Slice(10140, 16).IndexOfAnyExcept((byte)0));
        Assert.Equal(10240UL - 100 - 216, image.Free);
        Assert.Equal(216UL, image.WritePosition);
        Assert.Equal(3UL, image.WrittenCount);
        PeerReadsAndReleases(reader, 2, 200);
        Drained(segment.Name);
        Assert.Equal(216UL, ZeroBufferImage.Of(segment.Name).ReadPosition);
    }

    [Theory]
    [InlineData(5000, 2000, 5224)]
    [InlineData(2000, 5000, 2984)]
    [InlineData(5000, 5000, 5224)]
    [InlineData(0, 0, 10224)]
    [InlineData(5000, 0, 5224)]
    public void Scenario_5_6_ContinuousFreeSpaceCalculation_TwoProcesses(long write, long read, int largest)
    {
        using var segment = new TempSegment("s5-6");
        using var reader = Create(segment.Name, 1024, 10240);
        ulong free = write >= read ? (ulong)(10240 - (write - read)) : (ulong)(read - write);
        ZeroBufferImage.Poke(segment.Name, 0x30, (ulong)write);
        ZeroBufferImage.Poke(segment.Name, 0x38, (ulong)read);
        ZeroBufferImage.Poke(segment.Name, 0x28, free);
        using ZeroBufferPeer writer = ZeroBufferPeer.Writer(PeerKind.Ours, segment.Name, "--steps", "--timeout-ms", "0");

        Assert.Equal("error", ZeroBufferPeer.Text(writer.Send($"write {largest + 1}"), "event"));
        PeerWrites(writer, 1, largest);

        Assert.Equal(free - (ulong)largest - 16, ZeroBufferImage.Of(segment.Name).Free);
    }

    [Fact]
    public void Scenario_5_7_MaximumFrameSize_TwoProcesses()
    {
        const int largest = (100 * 1024 * 1024) - 16;
        using var segment = new TempSegment("s5-7");
        using ZeroBufferPeer reader = Reader(PeerKind.Ours, segment.Name, 0, 100L * 1024 * 1024);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        Assert.Throws<FrameSizeException>(() => writer.TryReserve(largest + 1, out _));

        WriteFrame(writer, largest);

        PeerReadsAndReleases(reader, 1, largest);
        Drained(segment.Name);
    }

    [Theory]
    [InlineData(0, 10225, "payload_size")]
    [InlineData(0, ulong.MaxValue, "payload_size")]
    [InlineData(0, 0x4D41474943, "payload_size")]
    [InlineData(8, 7, "sequence_number")]
    [InlineData(8, 0, "sequence_number")]
    public void Scenario_10_2_InvalidFrameHeaderVariations_TwoProcesses(int offset, ulong value, string field)
    {
        using var segment = new TempSegment("s10-2");
        using ZeroBufferPeer reader = Reader(PeerKind.Ours, segment.Name, 1024, 10240);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        WriteFrame(writer, 100);
        ZeroBufferImage.Poke(segment.Name, Ring + offset, value);

        JsonElement error = reader.Send("read", "error");

        Assert.Equal(field, ZeroBufferPeer.Text(error, "field"));
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_10_3_ReaderDeathDuringActiveWrite_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s10-3");
        using ZeroBufferPeer reader = ZeroBufferPeer.Reader(kind, segment.Name, "--payload-size", "10240", "--pattern", "sequence");
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        var active = new WritingThread(writer, 1008);
        Until(() => active.Frames > 50);

        reader.Kill();

        Assert.IsType<PeerTerminatedException>(active.End());
        Assert.Equal(WriterState.ReaderDead, writer.State);
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_10_4_WriterDeathDuringRead_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s10-4");
        using var reader = Create(segment.Name, 1024, 10240);
        using ZeroBufferPeer writer = Writer(kind, segment.Name);
        var blocked = new ReadingThread(reader);
        Until(() => reader.State == ReaderState.Waiting);

        writer.Kill();

        Assert.Equal(ReadOutcome.WriterDied, blocked.End());
        Assert.Equal(0, blocked.Frames);
    }
}
