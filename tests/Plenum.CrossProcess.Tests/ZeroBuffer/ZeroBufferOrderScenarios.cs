using System.Buffers.Binary;
using System.Text.Json;
using Plenum.Platform;
using Plenum.ZeroBuffer;
using static Plenum.CrossProcess.Tests.ZeroBuffer.BufferChecks;
using static Plenum.CrossProcess.Tests.ZeroBuffer.ScenarioEnds;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>Scenarios of features 6, 7.3 and 7.4: sequence, bursts, tokens, contents.</summary>
public sealed class ZeroBufferOrderScenarios
{
    private const int Ring = 0x80 + 1024;

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_6_1_SequenceNumberGapDetection_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s6-1");
        using var reader = Create(segment.Name, 1024, 10240);
        using ZeroBufferPeer writer = Writer(kind, segment.Name);
        for (ulong sequence = 1; sequence <= 3; sequence++)
        {
            PeerWrites(writer, sequence, 100);
        }

        ZeroBufferImage.Poke(segment.Name, Ring + (2 * 116) + 8, 5);
        ReadFrame(reader, 1, 100);
        ReadFrame(reader, 2, 100);

        SegmentCorruptedException error = Assert.Throws<SegmentCorruptedException>(() => reader.Read(out _, Patience));
        Assert.Equal("sequence_number", error.Field);
        Assert.Equal("5", error.Value);
        Assert.Contains("3 was expected", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_6_2_BurstWrite_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s6-2");
        using ZeroBufferPeer reader = Reader(kind, segment.Name, 1024, 102400);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);

        // The whole burst fits: nothing waits, and the reader has not begun.
        for (int i = 0; i < 50; i++)
        {
            Assert.True(writer.TryWrite(FramePattern.Make(1024, (ulong)i + 1)));
        }

        Assert.Equal(50, ZeroBufferImage.Of(segment.Name).DataTokens);
        Assert.Equal(0, writer.Statistics.Waits);
        for (ulong sequence = 1; sequence <= 50; sequence++)
        {
            PeerReadsAndReleases(reader, sequence, 1024);
        }

        Drained(segment.Name);
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_6_3_SlowReaderFlowControl_TwoProcesses(PeerKind kind)
    {
        // Python peers know no buffer without metadata.
        const int frames = 120;
        using var segment = new TempSegment("s6-3");
        using ZeroBufferPeer reader = Reader(kind, segment.Name, kind == PeerKind.Python ? 64 : 0, 51200);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        var fast = new Thread(() =>
        {
            for (int i = 0; i < frames; i++)
            {
                WriteFrame(writer, 1008);
            }
        });
        fast.Start();

        for (ulong sequence = 1; sequence <= frames; sequence++)
        {
            Until(() => writer.State == WriterState.Blocked || writer.Statistics.Frames == frames);
            PeerReadsAndReleases(reader, sequence, 1008);
        }

        fast.Join();
        Assert.True(writer.Statistics.Waits > 10, $"{writer.Statistics.Waits} waits");
        Drained(segment.Name);
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_6_4_SemaphoreSignalOrdering_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s6-4");
        using var reader = Create(segment.Name, 1024, 10240);
        using ZeroBufferPeer writer = Writer(kind, segment.Name);
        PeerWrites(writer, 1, 10);
        PeerWrites(writer, 2, 20);

        Assert.Equal(2, ZeroBufferImage.Of(segment.Name).DataTokens);
        ReadFrame(reader, 1, 10);
        Assert.Equal(1, ZeroBufferImage.Of(segment.Name).DataTokens);
        ReadFrame(reader, 2, 20);
        Assert.Equal(0, ZeroBufferImage.Of(segment.Name).DataTokens);
        Assert.False(reader.TryRead(out _));
        Assert.Equal(2, ZeroBufferImage.Of(segment.Name).SpaceTokens);
    }

    [Fact]
    public void Scenario_7_3_MemoryBarrierVerification_TwoProcesses()
    {
        int count = Campaign.Count(20_000, 2_000_000);
        using var segment = new TempSegment("s7-3");
        using var reader = Create(segment.Name, 64, 2048);
        using ZeroBufferPeer writer = Writer(PeerKind.Ours, segment.Name);
        writer.Process.WriteLine($"structures {count}");

        for (long number = 1; number <= count; number++)
        {
            Assert.Equal(ReadOutcome.Frame, reader.Read(out Frame frame, Patience));
            using (frame)
            {
                for (int at = 0; at < frame.SizeBytes; at += sizeof(long))
                {
                    long found = BinaryPrimitives.ReadInt64LittleEndian(frame.Span[at..]);
                    Assert.True(found == number, $"frame {number}: the word at {at} is {found}");
                }
            }
        }

        Assert.Equal(count, ZeroBufferPeer.Number(writer.Answer("structures"), "count"));
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    [InlineData(PeerKind.Cpp)]
    public void Scenario_7_4_PatternValidation_TwoProcesses(PeerKind kind)
    {
        Assert.SkipWhen(kind == PeerKind.Cpp && CppPeers.Missing is not null, CppPeers.Missing ?? string.Empty);
        using var segment = new TempSegment("s7-4");
        using ZeroBufferPeer reader = ZeroBufferPeer.Reader(
            kind, segment.Name, "--payload-size", "25165824", "--frames", "8", "--pattern", "sequence", "--no-checksum");
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);

        for (int round = 0; round < 2; round++)
        {
            foreach (int size in new[] { 1, 1024, 1024 * 1024, 10 * 1024 * 1024 })
            {
                WriteFrame(writer, size);
            }
        }

        JsonElement summary = reader.Answer("summary");
        Assert.Equal(8, ZeroBufferPeer.Number(summary, "framesRead"));
        Assert.Equal(0, ZeroBufferPeer.Number(summary, "verifyErrors"));
        Assert.Equal(2 * (1 + 1024 + (1024 * 1024) + (10L * 1024 * 1024)), ZeroBufferPeer.Number(summary, "bytesRead"));
        reader.Process.ExpectExit();
    }
}
