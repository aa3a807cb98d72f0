using System.Text.Json;
using Plenum.Platform;
using Plenum.ZeroBuffer;
using static Plenum.CrossProcess.Tests.ZeroBuffer.BufferChecks;
using static Plenum.CrossProcess.Tests.ZeroBuffer.ScenarioEnds;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>Scenarios of features 12 and 14: fields, places, locks; and what the figures of a benchmark stand on.</summary>
public sealed class ZeroBufferProtocolScenarios(ITestOutputHelper output)
{
    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_12_1_ProtocolComplianceOieb_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s12-1");
        using ZeroBufferPeer reader = Reader(kind, segment.Name, 1024, 10240);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        var created = ZeroBufferImage.Of(segment.Name);
        Assert.Equal(128u, created.OiebSize);
        Assert.Equal(1u, created.Version);
        Assert.Equal((ulong)Environment.ProcessId, created.WriterPid);
        Assert.Equal((ulong)reader.Process.Id, created.ReaderPid);

        for (ulong frame = 1; frame <= 5; frame++)
        {
            WriteFrame(writer, 100);
            var written = ZeroBufferImage.Of(segment.Name);
            Assert.Equal(frame, written.WrittenCount);
            Assert.Equal(10240UL - 116, written.Free);
            Assert.Equal(116 * frame, written.WritePosition);

            PeerReads(reader, frame, 100);
            var read = ZeroBufferImage.Of(segment.Name);
            Assert.Equal(frame, read.ReadCount);
            Assert.Equal(116 * frame, read.ReadPosition);
            Assert.Equal(10240UL - 116, read.Free);

            reader.Send("release", "released");
            Assert.Equal(10240UL, ZeroBufferImage.Of(segment.Name).Free);
        }
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_12_2_MemoryAlignment_TwoProcesses(PeerKind kind)
    {
        // Blocks are rounded up to 64 and follow one another; frames are packed without any alignment.
        using var segment = new TempSegment("s12-2");
        using ZeroBufferPeer reader = Reader(kind, segment.Name, 100, 1000);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        writer.Metadata.Write([7]);
        WriteFrame(writer, 1);
        WriteFrame(writer, 2);

        var image = ZeroBufferImage.Of(segment.Name);
        Assert.Equal(128UL, image.MetadataSize);
        Assert.Equal(1024UL, image.PayloadSize);
        Assert.Equal(128 + 128 + 1024, image.Bytes.Length);
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 0, 7], image.Bytes.Slice(128, 9).ToArray());
        Assert.Equal(1UL, BitConverter.ToUInt64(image.Payload));
        Assert.Equal(2UL, BitConverter.ToUInt64(image.Payload[17..]));
        Assert.Equal(2UL, BitConverter.ToUInt64(image.Payload[25..]));
        PeerReadsAndReleases(reader, 1, 1);
        PeerReadsAndReleases(reader, 2, 2);
    }

    [Fact]
    public void Scenario_12_3_LockFileSemantics_TwoProcesses()
    {
        using var segment = new TempSegment("s12-3");
        string[] paths = [$"/tmp/zerobuffer/{segment.Name}.lock", $"/tmp/zerobuffer/locks/{segment.Name}.lock"];
        using (ZeroBufferPeer victim = Reader(PeerKind.Ours, segment.Name, 64, 1024))
        {
            foreach (string path in paths)
            {
                Assert.True(FileLock.IsHeld(path));
            }

            Assert.Throws<SegmentBusyException>(() => ZeroBufferReader.Create(segment.Name, new() { SweepStaleBuffers = false }));
            victim.Kill();
        }

        // The kernel has released them; the files, if nobody has swept them yet, are stale and do not keep anybody out.
        Assert.All(paths, path => Assert.NotEqual(true, FileLock.IsHeld(path)));

        using (ZeroBufferPeer next = ZeroBufferPeer.Reader(PeerKind.Ours, segment.Name, "--steps", "--no-sweep"))
        {
            Assert.All(paths, path => Assert.True(FileLock.IsHeld(path)));
            next.Close();
        }

        Assert.All(paths, path => Assert.False(File.Exists(path)));
        NoNames(segment.Name);
    }

    // 14.1: each size there and back; the figures are for the eye, the test is that every byte came back.
    [Theory]
    [InlineData(1024, 300, 10_000)]
    [InlineData(65536, 100, 10_000)]
    [InlineData(1024 * 1024, 20, 1_000)]
    [InlineData(10 * 1024 * 1024, 4, 200)]
    public void Scenario_14_1_LatencyBenchmark_TwoProcesses(int size, int bounded, int full)
    {
        int rounds = Campaign.Count(bounded, full);
        long payload = ZeroBufferSizing.RequiredPayload(size, 1);
        using var there = new TempSegment("s14-1a");
        using var back = new TempSegment("s14-1b");
        using PeerProcess echo = PeerProcess.StartPeer(
            "zerobuffer-echo", "--name", there.Name, "--answer", back.Name, "--payload-size", ZeroBufferPeer.Word(payload));
        echo.ExpectLine("ready");
        using var reader = Create(back.Name, 0, payload);
        byte[] data = new byte[size];
        var times = new List<double>(rounds);
        using (ZeroBufferWriter writer = ZeroBufferWriter.Connect(there.Name))
        {
            for (int round = 1; round <= rounds; round++)
            {
                data[0] = data[^1] = (byte)round;
                long start = System.Diagnostics.Stopwatch.GetTimestamp();
                writer.Write(data);
                Assert.Equal(ReadOutcome.Frame, reader.Read(out Frame frame, Patience));
                times.Add(System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                using (frame)
                {
                    Assert.True(frame.Span.SequenceEqual(data), $"the bytes of round {round}");
                }
            }
        }

        JsonElement summary = JsonDocument.Parse(echo.ExpectLine("{")).RootElement;
        Assert.Equal(rounds, ZeroBufferPeer.Number(summary, "frames"));
        Assert.Equal("writer-closed", ZeroBufferPeer.Text(summary, "end"));
        echo.ExpectExit();
        times.Sort();
        output.WriteLine($"{size} bytes there and back: p50 {times[rounds / 2]:F0} us, p99 {times[rounds * 99 / 100]:F0} us");
    }

    [Theory]
    [InlineData(1024, 5_000, 1_000_000)]
    [InlineData(65536, 1_000, 100_000)]
    [InlineData(1024 * 1024, 50, 5_000)]
    [InlineData(10 * 1024 * 1024, 5, 500)]
    public void Scenario_14_2_ThroughputBenchmark_TwoProcesses(int size, int bounded, int full)
    {
        int frames = Campaign.Count(bounded, full);
        long payload = ZeroBufferSizing.RequiredPayload(size, 3);
        using var segment = new TempSegment("s14-2");
        using ZeroBufferPeer reader = ZeroBufferPeer.Reader(
            PeerKind.Ours, segment.Name, "--payload-size", ZeroBufferPeer.Word(payload), "--frames", ZeroBufferPeer.Word(frames),
            "--no-checksum", "--timeout-ms", "30000");
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name, new() { WriteTimeout = Patience });
        byte[] data = FramePattern.Make(size, 1);
        long start = System.Diagnostics.Stopwatch.GetTimestamp();

        for (int i = 0; i < frames; i++)
        {
            writer.Write(data);
        }

        JsonElement summary = reader.Answer("summary");
        double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
        Assert.Equal(frames, ZeroBufferPeer.Number(summary, "framesRead"));
        Assert.Equal((long)frames * size, ZeroBufferPeer.Number(summary, "bytesRead"));
        Assert.Equal("count", ZeroBufferPeer.Text(summary, "end"));
        output.WriteLine($"{frames} frames of {size} bytes: {frames * (double)size / seconds / 1e6:F0} MB/s, not a measurement");
    }

    [Fact]
    public void Scenario_14_3_WrapAroundOverhead_TwoProcesses()
    {
        // A ring of one and a half frames is the smallest in which the first frame leaves no room behind it: every second one
        // could only be written at the start, which is the end of the first; so frames of half the ring wrap each time.
        const int size = 5000;
        const int frames = 500;
        using var segment = new TempSegment("s14-3");
        using ZeroBufferPeer reader = ZeroBufferPeer.Reader(
            PeerKind.Ours, segment.Name, "--payload-size", "10048", "--frames", ZeroBufferPeer.Word(frames), "--pattern", "sequence",
            "--no-checksum");
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);

        for (int i = 0; i < frames; i++)
        {
            WriteFrame(writer, size);
        }

        JsonElement summary = reader.Answer("summary");
        Assert.Equal(frames, ZeroBufferPeer.Number(summary, "framesRead"));
        Assert.Equal(0, ZeroBufferPeer.Number(summary, "verifyErrors"));
        Assert.Equal((frames / 2) - 1, writer.Statistics.Wraps);
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_14_5_SemaphoreSignaling_OnePostAFrameAtAnyRate_TwoProcesses(PeerKind kind)
    {
        using var segment = new TempSegment("s14-5");
        using ZeroBufferPeer reader = Reader(kind, segment.Name, 64, 102400);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        ulong sequence = 0;
        foreach (int burst in new[] { 1, 10, 100 })
        {
            for (int i = 0; i < burst; i++)
            {
                WriteFrame(writer, 1000);
            }

            Assert.Equal(burst, ZeroBufferImage.Of(segment.Name).DataTokens);
            for (int i = 0; i < burst; i++)
            {
                PeerReadsAndReleases(reader, ++sequence, 1000);
            }

            Assert.Equal(0, ZeroBufferImage.Of(segment.Name).DataTokens);
            Assert.Equal((long)sequence, ZeroBufferImage.Of(segment.Name).SpaceTokens);
        }
    }

    [Fact]
    public void Scenario_14_6_BufferUtilisationUnderLoad_TwoProcesses()
    {
        using var segment = new TempSegment("s14-6");
        using ZeroBufferPeer reader = Reader(PeerKind.Ours, segment.Name, 64, 10240);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        var seen = new List<string>();
        writer.HealthChanged += (_, change) => seen.Add($"{change.Previous}>{change.Current}");

        // A tenth of the ring at a time: 80 % is degraded, all of it critical.
        for (int i = 1; i <= 10; i++)
        {
            WriteFrame(writer, 1008);
            Assert.Equal(i / 10.0, writer.Utilisation, 3);
        }

        Assert.Equal(["Healthy>Degraded", "Degraded>Critical"], seen);
        for (ulong sequence = 1; sequence <= 10; sequence++)
        {
            PeerReadsAndReleases(reader, sequence, 1008);
        }

        // Both ends recover, the reader as it gives back, the writer with its next frame.
        WriteFrame(writer, 1008);
        Assert.Equal("Critical>Healthy", seen[^1]);
        Assert.Equal(BufferHealth.Healthy, writer.Health);
        string atReader = ZeroBufferPeer.Text(reader.Send("health", "health"), "changes");
        Assert.EndsWith("Degraded>Healthy", atReader, StringComparison.Ordinal);
    }
}
