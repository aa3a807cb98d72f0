using System.Text.Json;
using Plenum.Platform;
using Plenum.ZeroBuffer;
using static Plenum.CrossProcess.Tests.ZeroBuffer.BufferChecks;
using static Plenum.CrossProcess.Tests.ZeroBuffer.ScenarioEnds;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>Scenarios of features 1 to 3: writing and reading, life and death, metadata.</summary>
public sealed class ZeroBufferBasicScenarios
{
    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_1_1_SimpleWriteReadCycle_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s1-1");
        using ZeroBufferPeer reader = Reader(kind, segment.Name, 1024, 10240);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);

        writer.Metadata.Write(FramePattern.Make(100, 0));
        WriteFrame(writer, 1024);

        PeerReadsAndReleases(reader, 1, 1024);
        JsonElement metadata = reader.Send("metadata", "metadata");
        Assert.Equal(Convert.ToHexStringLower(FramePattern.Make(100, 0)), ZeroBufferPeer.Text(metadata, "hex"));
        Drained(segment.Name);
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_1_2_MultipleFramesSequential_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s1-2");
        using var reader = Create(segment.Name, 1024, 10240);
        using ZeroBufferPeer writer = Writer(kind, segment.Name);

        for (ulong sequence = 1; sequence <= 3; sequence++)
        {
            PeerWrites(writer, sequence, 1024);
        }

        for (ulong sequence = 1; sequence <= 3; sequence++)
        {
            ReadFrame(reader, sequence, 1024);
        }

        Drained(segment.Name);
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_1_3_BufferFullHandling_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s1-3");
        using ZeroBufferPeer reader = Reader(kind, segment.Name, 1024, 10240);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        for (int i = 0; i < 10; i++)
        {
            WriteFrame(writer, 1008);
        }

        Assert.False(writer.TryWrite(new byte[1008], TimeSpan.FromMilliseconds(50)));
        PeerReadsAndReleases(reader, 1, 1008);

        Assert.True(writer.TryWrite(FramePattern.Make(1008, 11)));
        for (ulong sequence = 2; sequence <= 11; sequence++)
        {
            PeerReadsAndReleases(reader, sequence, 1008);
        }

        Drained(segment.Name);
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_1_4_ZeroCopyWrite_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s1-4");
        using ZeroBufferPeer reader = Reader(kind, segment.Name, 1024, 10240);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);

        using (FrameReservation aborted = writer.Reserve(4096))
        {
            aborted.Span.Fill(0xAA);
        }

        using FrameReservation frame = writer.Reserve(4096);
        FramePattern.Fill(frame.Span, 1);
        frame.Commit();

        PeerReadsAndReleases(reader, 1, 4096);
        Drained(segment.Name);
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_1_5_MixedFrameSizes_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s1-5");
        int[] sizes = [100, 1024, 10240, 1];
        using var reader = Create(segment.Name, 1024, 102400);
        using ZeroBufferPeer writer = Writer(kind, segment.Name);

        for (int i = 0; i < sizes.Length; i++)
        {
            PeerWrites(writer, (ulong)i + 1, sizes[i]);
        }

        for (int i = 0; i < sizes.Length; i++)
        {
            ReadFrame(reader, (ulong)i + 1, sizes[i]);
        }
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_1_6_SlowReaderWithFastWriter_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s1-6");
        using ZeroBufferPeer reader = Reader(kind, segment.Name, 64, 10240);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        var fast = new Thread(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                WriteFrame(writer, 1024);
            }
        });
        fast.Start();

        // The slowest reader: it goes on only when the writer has come to a stop.
        for (ulong sequence = 1; sequence <= 20; sequence++)
        {
            Until(() => writer.State == WriterState.Blocked || writer.Statistics.Frames == 20);
            PeerReadsAndReleases(reader, sequence, 1024);
        }

        fast.Join();
        Assert.Equal(20, writer.Statistics.Frames);
        Assert.True(writer.Statistics.Waits > 0);
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_1_7_SlowReaderHighVolume_TwoProcesses(PeerKind kind)
    {
        const int frames = 5000;
        using var segment = new TempSegment("s1-7");
        using ZeroBufferPeer reader = ZeroBufferPeer.Reader(
            kind, segment.Name, "--metadata-size", "64", "--payload-size", "10240", "--frames", "5000", "--pattern",
            "sequence",
            "--no-checksum");
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);

        for (int i = 0; i < frames; i++)
        {
            WriteFrame(writer, 1024);
        }

        JsonElement summary = reader.Answer("summary");
        Assert.Equal(frames, ZeroBufferPeer.Number(summary, "framesRead"));
        Assert.Equal(0, ZeroBufferPeer.Number(summary, "verifyErrors"));
        reader.Process.ExpectExit();
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_2_1_WriterCrashDetection_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s2-1");
        using var reader = Create(segment.Name, 1024, 10240);
        using ZeroBufferPeer writer = Writer(kind, segment.Name);
        PeerWrites(writer, 1, 1024);

        writer.Kill();

        ReadFrame(reader, 1, 1024);
        Assert.Equal(ReadOutcome.WriterDied, reader.Read(out _, Patience));
        Assert.Throws<PeerTerminatedException>(() => reader.Read(Patience).Dispose());
        Assert.Equal(ReaderState.Dead, reader.State);
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_2_2_ReaderCrashDetection_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s2-2");
        using ZeroBufferPeer reader = Reader(kind, segment.Name, 1024, 10240);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        while (writer.TryWrite(new byte[1008]))
        {
        }

        reader.Kill();

        Assert.Throws<PeerTerminatedException>(() => writer.Write(new byte[1008]));
        Assert.Equal(WriterState.ReaderDead, writer.State);
        Assert.False(writer.IsReaderConnected);
    }

    [Theory]
    [InlineData(PeerKind.Ours, PeerKind.Ours)]
    [InlineData(PeerKind.Python, PeerKind.Ours)]
    [InlineData(PeerKind.Ours, PeerKind.Python)]
    public void Scenario_2_3_ReaderReplacementAfterCrash_TwoProcesses(PeerKind first, PeerKind second)
    {
        using var segment = new TempSegment("s2-3");
        using (ZeroBufferPeer crashed = Reader(first, segment.Name, 1024, 10240))
        {
            using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
            WriteFrame(writer, 1024);
            crashed.Kill();
        }

        using (ZeroBufferPeer reader = Reader(second, segment.Name, 1024, 10240))
        {
            using (ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name, Patience))
            {
                WriteFrame(writer, 1024);
                PeerReadsAndReleases(reader, 1, 1024);
            }

            reader.Close();
        }

        // A Python reader knows nothing of the second lock folder; the next reader of ours sweeps the dead reader's
        // file there.
        if (second == PeerKind.Python)
        {
            ZeroBufferReader.Create(segment.Name).Dispose();
        }

        NoNames(segment.Name);
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_2_4_MultipleWriterRejection_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s2-4");
        using var reader = Create(segment.Name, 1024, 10240);
        using ZeroBufferPeer writer = Writer(kind, segment.Name);

        SegmentBusyException refused = Assert.Throws<SegmentBusyException>(() =>
            ZeroBufferWriter.Connect(segment.Name));
        using ZeroBufferPeer second = ZeroBufferPeer.Workbench();
        Assert.Equal("writer-exists", second.SendError($"connect {segment.Name}"));

        // The rejected ones changed nothing.
        Assert.Equal(writer.Process.Id, refused.ProcessId);
        Assert.Equal((ulong)writer.Process.Id, ZeroBufferImage.Of(segment.Name).WriterPid);
        PeerWrites(writer, 1, 100);
        ReadFrame(reader, 1, 100);
    }

    [Theory]
    [InlineData(PeerKind.Ours, "refused")]
    [InlineData(PeerKind.Python, "metadata-written")]
    public void Scenario_3_1_MetadataWriteOnce_TwoProcesses(PeerKind kind, string code)
    {
        using var segment = new TempSegment("s3-1");
        using var reader = Create(segment.Name, 1024, 10240);
        Assert.Null(reader.Metadata.ToArray());
        using ZeroBufferPeer writer = Writer(kind, segment.Name);
        writer.Send("metadata 100 7", "metadata");

        Assert.Equal(code, writer.SendError("metadata 200 9"));

        Assert.Equal(FramePattern.Make(100, 7), reader.Metadata.ToArray());
        writer.Close();

        // Neither may a later writer.
        using ZeroBufferWriter next = ZeroBufferWriter.Connect(segment.Name);
        Assert.Throws<InvalidOperationException>(() => next.Metadata.Write([1]));
        Assert.Equal(FramePattern.Make(100, 7), reader.Metadata.ToArray());
    }

    [Theory]
    [InlineData(PeerKind.Ours, "argument")]
    [InlineData(PeerKind.Python, "metadata-too-large")]
    public void Scenario_3_2_MetadataSizeOverflow_TwoProcesses(PeerKind kind, string code)
    {
        using var segment = new TempSegment("s3-2");
        using var reader = Create(segment.Name, 1024, 10240);
        using ZeroBufferPeer writer = Writer(kind, segment.Name);

        Assert.Equal(code, writer.SendError("metadata 2048"));
        Assert.Null(reader.Metadata.ToArray());

        // The largest one fits: a length of 8 bytes comes first.
        writer.Send("metadata 1016 3", "metadata");
        Assert.Equal(FramePattern.Make(1016, 3), reader.Metadata.ToArray());
        Assert.Equal(0UL, ZeroBufferImage.Of(segment.Name).MetadataFree);
    }

    [Fact]
    public void Scenario_3_3_ZeroMetadataConfiguration_TwoProcesses()
    {
        using var segment = new TempSegment("s3-3");
        using ZeroBufferPeer reader = Reader(PeerKind.Ours, segment.Name, 0, 10240);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);

        WriteFrame(writer, 1024);

        PeerReadsAndReleases(reader, 1, 1024);
        Assert.Equal(JsonValueKind.Null, reader.Send("metadata", "metadata").GetProperty("hex").ValueKind);
        Assert.Equal(0, writer.MetadataSizeBytes);
    }
}
