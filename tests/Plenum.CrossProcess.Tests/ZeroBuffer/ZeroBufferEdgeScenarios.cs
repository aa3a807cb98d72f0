using Plenum.Platform;
using Plenum.ZeroBuffer;
using static Plenum.CrossProcess.Tests.ZeroBuffer.BufferChecks;
using static Plenum.CrossProcess.Tests.ZeroBuffer.ScenarioEnds;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>Scenarios of feature 4: sizes and edges. 4.11 is in <see cref="ZeroBufferRaceTests"/>.</summary>
public sealed class ZeroBufferEdgeScenarios
{
    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_4_1_AlternatingFrameSizes_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s4-1");
        using ZeroBufferPeer reader = Reader(kind, segment.Name, 1024, 10240);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);

        ulong sequence = 0;
        for (int round = 0; round < 3; round++)
        {
            foreach (int size in new[] { 9000, 1 })
            {
                WriteFrame(writer, size);
                PeerReadsAndReleases(reader, ++sequence, size);
            }
        }

        Assert.True(writer.Statistics.Wraps >= 2);
        Drained(segment.Name);
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_4_2_SemaphoreSignalCoalescing_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s4-2");
        using var reader = Create(segment.Name, 1024, 10240);
        using ZeroBufferPeer writer = Writer(kind, segment.Name);

        for (ulong sequence = 1; sequence <= 10; sequence++)
        {
            PeerWrites(writer, sequence, 10);
        }

        Assert.Equal(10, ZeroBufferImage.Of(segment.Name).DataTokens);
        for (ulong sequence = 1; sequence <= 10; sequence++)
        {
            ReadFrame(reader, sequence, 10);
        }

        Assert.False(reader.TryRead(out _));
        Assert.Equal(10, ZeroBufferImage.Of(segment.Name).SpaceTokens);
    }

    [Fact]
    public void Scenario_4_3_ZeroSizedMetadataBlock_TwoProcesses()
    {
        using var segment = new TempSegment("s4-3");
        using var reader = Create(segment.Name, 0, 10240);
        using ZeroBufferPeer writer = Writer(PeerKind.Ours, segment.Name);

        Assert.Equal("argument", writer.SendError("metadata 1"));

        PeerWrites(writer, 1, 100);
        ReadFrame(reader, 1, 100);
        Assert.Null(reader.Metadata.ToArray());
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_4_4_MinimumBufferSizes_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s4-4");
        using var reader = Create(segment.Name, 64, 64);
        using ZeroBufferPeer writer = Writer(kind, segment.Name);

        Assert.Equal("frame-too-large", writer.SendError("write 49"));
        PeerWrites(writer, 1, 1);
        ReadFrame(reader, 1, 1);

        Drained(segment.Name);
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_4_5_ReaderSlowerThanWriter_TwoProcesses(PeerKind kind)
    {
        // Python peers know no buffer without metadata.
        using var segment = new TempSegment("s4-5");
        using ZeroBufferPeer reader = Reader(kind, segment.Name, kind == PeerKind.Python ? 64 : 0, 1024);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        var fast = new Thread(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                WriteFrame(writer, 200);
            }
        });
        fast.Start();

        for (ulong sequence = 1; sequence <= 100; sequence++)
        {
            Until(() => writer.State == WriterState.Blocked || writer.Statistics.Frames == 100);
            PeerReadsAndReleases(reader, sequence, 200);
        }

        fast.Join();
        Assert.True(writer.Statistics.Waits > 10, $"{writer.Statistics.Waits} waits");
        Drained(segment.Name);
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_4_6_ExactBufferFit_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s4-6");
        using ZeroBufferPeer reader = Reader(kind, segment.Name, 1024, 10240);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        for (ulong sequence = 1; sequence <= 3; sequence++)
        {
            WriteFrame(writer, 10224);
            Assert.Equal(0UL, ZeroBufferImage.Of(segment.Name).Free);
            Assert.False(writer.TryWrite([1]));
            PeerReadsAndReleases(reader, sequence, 10224);
        }

        Drained(segment.Name);
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_4_7_MinimumFrameSize_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s4-7");
        using var reader = Create(segment.Name, 1024, 10240);
        using ZeroBufferPeer writer = Writer(kind, segment.Name);

        Assert.Equal("frame-size", writer.SendError("write 0"));
        PeerWrites(writer, 1, 1);

        Assert.Equal(10240UL - 17, ZeroBufferImage.Of(segment.Name).Free);
        ReadFrame(reader, 1, 1);
    }

    [Fact]
    public void Scenario_4_8_WrapAroundBehavior_TwoProcesses()
    {
        using var segment = new TempSegment("s4-8");
        using ZeroBufferPeer reader = Reader(PeerKind.Ours, segment.Name, 1024, 10240);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        WriteFrame(writer, 6144);
        PeerReadsAndReleases(reader, 1, 6144);

        // Since the space rule counts the skipped tail, this frame can never be written from here; the error says which
        // size can.
        FrameSizeException refused = Assert.Throws<FrameSizeException>(() => writer.Write(new byte[7168]));
        Assert.Equal(FrameSizeError.NeverFitsHere, refused.Error);

        WriteFrame(writer, (int)refused.FittingSizeBytes);
        PeerReadsAndReleases(reader, 2, (int)refused.FittingSizeBytes);
        Assert.Equal(1, writer.Statistics.Wraps);
        Drained(segment.Name);
    }

    [Fact]
    public void Scenario_4_9_RapidWriteReadCycles_TwoProcesses()
    {
        using var segment = new TempSegment("s4-9");
        using var reader = Create(segment.Name, 1024, 10240);
        using ZeroBufferPeer writer = ZeroBufferPeer.Launch(
            PeerKind.Ours, "write", segment.Name, "--frames", "10000", "--sizes", "1024", "--pattern", "sequence",
            "--no-checksum");

        Assert.Equal(10000, DrainAfterConnect(reader));

        Drained(segment.Name);
        writer.Process.ExpectExit();
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_4_10_BufferFullWithMultipleWritersRejected_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s4-10");
        using var reader = Create(segment.Name, 1024, 10240);
        using ZeroBufferPeer writer = Writer(kind, segment.Name);
        for (ulong sequence = 1; sequence <= 8; sequence++)
        {
            PeerWrites(writer, sequence, 1008);
        }

        Assert.Throws<SegmentBusyException>(() => ZeroBufferWriter.Connect(segment.Name));

        PeerWrites(writer, 9, 1008);
        PeerWrites(writer, 10, 1008);
        writer.Send("timeout 50", "timeout");
        Assert.Equal("buffer-full", writer.SendError("write 1008"));
        Assert.Throws<SegmentBusyException>(() => ZeroBufferWriter.Connect(segment.Name));
        for (ulong sequence = 1; sequence <= 10; sequence++)
        {
            ReadFrame(reader, sequence, 1008);
        }

        PeerWrites(writer, 11, 1008);
        ReadFrame(reader, 11, 1008);
    }

    [Fact]
    public void Scenario_4_12_WriterBeforeReader_TwoProcesses()
    {
        using var segment = new TempSegment("s4-12");
        using ZeroBufferPeer writer = ZeroBufferPeer.Workbench();
        Assert.Equal("not-found", writer.SendError($"connect {segment.Name}"));
        Assert.False(ZeroBufferPeer.Flag(writer.Send($"try-connect {segment.Name}", "tried"), "ok"));

        // A writer may come first and wait.
        writer.Process.WriteLine($"connect {segment.Name} 30000");
        using var reader = Create(segment.Name, 64, 1024);
        writer.Answer("connected");

        PeerWrites(writer, 1, 100);
        ReadFrame(reader, 1, 100);
    }

    private static int DrainAfterConnect(ZeroBufferReader reader) => DrainUntil(reader, ReadOutcome.WriterClosed);
}
