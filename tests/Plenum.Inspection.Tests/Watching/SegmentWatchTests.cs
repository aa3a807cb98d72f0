using System.Diagnostics;
using Plenum.Inspection.Watching;
using Plenum.Platform;
using Plenum.TestSupport;
using Plenum.VoidShm;
using Plenum.ZeroBuffer;
using Plenum.ZeroIpc;

namespace Plenum.Inspection.Tests.Watching;

/// <summary>Rates, depth, events and explanations of watched segments.</summary>
public sealed class SegmentWatchTests
{
    [Fact]
    public void Sample_FramesWrittenAndRead_CountsRatesAndDepth()
    {
        using var name = new TempSegment("watch");
        using var reader = ZeroBufferReader.Create(name.Name, new ZeroBufferOptions { PayloadSizeBytes = 4096 });
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(name.Name);
        using SegmentWatch watch = Watch(name.Name);
        WatchedSegment first = One(watch);
        writer.Write(new byte[100]);
        writer.Write(new byte[100]);
        writer.Write(new byte[100]);
        Assert.True(reader.TryRead(out Frame frame));
        frame.Dispose();

        WatchedSegment second = One(watch);

        Assert.Equal(WatchMotion.Still, first.Motion);
        Assert.Equal(0, first.ProducedPerSecond);
        Assert.Equal(WatchMotion.Moving, second.Motion);
        Assert.Equal(3UL, second.Produced - first.Produced);
        Assert.Equal(1UL, second.Consumed);
        Assert.Equal(2, second.Depth);
        Assert.True(second.ProducedPerSecond > second.ConsumedPerSecond);
        Assert.InRange(second.Utilization!.Value, 0.05, 0.06);
        Assert.Equal(100, second.BytesPerSecond!.Value / second.ProducedPerSecond, 6);
        Assert.Equal(SegmentState.Active, second.Summary.State);
        Assert.Single(second.History);
    }

    [Fact]
    public void Sample_StandsStillForTheStallTime_IsStalledAndResumes()
    {
        using var name = new TempSegment("watch");
        using var reader = ZeroBufferReader.Create(name.Name, new ZeroBufferOptions { PayloadSizeBytes = 4096 });
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(name.Name);
        using var watch = new SegmentWatch(new WatchOptions { Name = name.Name, StallAfter = TimeSpan.Zero });
        _ = watch.Sample();
        writer.Write(new byte[3000]);
        Assert.Equal(WatchMotion.Moving, One(watch).Motion);

        WatchSnapshot stalled = watch.Sample();
        writer.Write(new byte[100]);
        WatchSnapshot resumed = watch.Sample();

        Assert.Equal(WatchMotion.Stalled, stalled.Segments[0].Motion);
        Assert.Contains("does not read", stalled.Segments[0].Explanation, StringComparison.Ordinal);
        Assert.Equal(WatchEventKind.Stalled, Assert.Single(stalled.Events).Kind);
        Assert.Equal(WatchEventKind.Resumed, Assert.Single(resumed.Events).Kind);
    }

    [Fact]
    public void Sample_WriterKilled_TellsTheDeathAndWhatIsLeft()
    {
        using var name = new TempSegment("watch");
        using var reader = ZeroBufferReader.Create(name.Name, new ZeroBufferOptions { PayloadSizeBytes = 8192 });
        using PeerProcess peer = PeerProcess.StartPeer(
            "zerobuffer-write", "--name", name.Name, "--steps");
        _ = peer.ExpectLine("ready");
        using var watch = new SegmentWatch(new WatchOptions { Name = name.Name, LivenessEvery = TimeSpan.Zero });
        WatchedSegment before = One(watch);
        peer.Kill();

        WatchSnapshot after = watch.Sample();

        Assert.Equal(peer.Id, before.Summary.Writer!.ProcessId);
        Assert.Contains(after.Events, found => found.Kind == WatchEventKind.WriterDied);
        Assert.Equal(ProcessLiveness.Dead, after.Segments[0].Summary.Writer!.Liveness);
        Assert.Contains("died", after.Segments[0].Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Sample_WriterSuspended_IsTheExplanation()
    {
        using var name = new TempSegment("watch");
        using var reader = ZeroBufferReader.Create(name.Name, new ZeroBufferOptions { PayloadSizeBytes = 8192 });
        using PeerProcess peer = PeerProcess.StartPeer("zerobuffer-write", "--name", name.Name, "--steps");
        _ = peer.ExpectLine("ready");
        using SegmentWatch watch = Watch(name.Name);
        Assert.DoesNotContain("suspended", One(watch).Explanation ?? string.Empty, StringComparison.Ordinal);
        using (PeerProcess stop = PeerProcess.Start("kill", ["-STOP", $"{peer.Id}"]))
        {
            stop.ExpectExit();
        }

        // The signal is delivered to each of its threads in its own time.
        string expected = $"process {peer.Id}, is suspended";
        Assert.True(SpinWait.SpinUntil(
            () => One(watch).Explanation?.Contains(expected, StringComparison.Ordinal) == true, Watchdog.Limit));
        peer.Kill();
    }

    [Fact]
    public void Sample_VoidResetAndReshape_AreEvents()
    {
        using var name = new TempSegment("wv");
        using var writer = new VoidShmWriter(name.Name, 2, 4);
        writer.Connect();
        using SegmentWatch watch = Watch(name.Name);
        _ = watch.Sample();
        _ = writer.Write(new float[8]);
        WatchedSegment moving = One(watch);
        writer.Reset();
        WatchSnapshot reset = watch.Sample();

        Assert.Equal(1UL, moving.Produced);
        Assert.Equal(32, moving.BytesPerSecond!.Value / moving.ProducedPerSecond, 6);
        Assert.Contains(reset.Events, found => found.Kind is WatchEventKind.Reset or WatchEventKind.Replaced);
    }

    [Fact]
    public void Sample_ZeroIpcEntries_AreMeasuredByKind()
    {
        using var name = new TempSegment("wz");
        using SharedMemory memory = SharedMemory.Create(name.Name, 1 << 20);
        SharedQueue<int> jobs = SharedQueue<int>.Create(memory, "jobs", 4);
        SharedSignal<double> level = SharedSignal<double>.Create(memory, "level", 1.0);
        Assert.True(jobs.TryEnqueue(0));
        using SegmentWatch watch = Watch(name.Name);
        _ = watch.Sample();
        for (int i = 1; i < 4; i++)
        {
            Assert.True(jobs.TryEnqueue(i));
        }

        level.Set(2.0);
        WatchedSegment segment = One(watch);

        WatchedEntry queue = segment.Entries.Single(entry => entry.Name == "jobs");
        Assert.Equal(("queue", 4L, 4L), (queue.Kind, queue.Depth!.Value, queue.Capacity!.Value));
        Assert.Equal(4UL, queue.Produced);
        Assert.True(queue.ProducedPerSecond > 0);
        Assert.Equal(1.0, segment.Utilization);
        WatchedEntry signal = segment.Entries.Single(entry => entry.Name == "level");
        Assert.Equal(("signal", 1UL), (signal.Kind, signal.Produced));
    }

    [Fact]
    public void Sample_EntryRegisteredMeanwhile_IsReshaped()
    {
        using var name = new TempSegment("wz");
        using SharedMemory memory = SharedMemory.Create(name.Name, 1 << 20);
        using SegmentWatch watch = Watch(name.Name);
        Assert.Empty(One(watch).Entries);
        _ = SharedQueue<int>.Create(memory, "jobs", 4);

        WatchSnapshot snapshot = watch.Sample();

        Assert.Contains(snapshot.Events, found => found.Kind == WatchEventKind.Reshaped);
        Assert.Equal("jobs", Assert.Single(snapshot.Segments[0].Entries).Name);
    }

    [Fact]
    public void Sample_AppearsIsReplacedAndVanishes_AreEvents()
    {
        using var name = new TempSegment("watch");
        using var watch = new SegmentWatch();
        _ = watch.Sample();
        File.WriteAllBytes(name.FilePath, GoldenImage.Read("zeroipc", "cpp_queue.bin"));
        WatchSnapshot appeared = watch.Sample();
        File.Delete(name.FilePath);
        File.WriteAllBytes(name.FilePath, GoldenImage.Read("zeroipc", "cpp_stack.bin"));
        WatchSnapshot replaced = watch.Sample();
        File.Delete(name.FilePath);
        WatchSnapshot vanished = watch.Sample();

        Assert.Equal(WatchEventKind.Appeared, EventsOf(appeared, name.Name).Single().Kind);
        Assert.Contains(EventsOf(replaced, name.Name), found => found.Kind == WatchEventKind.Replaced);
        Assert.Equal(WatchEventKind.Vanished, EventsOf(vanished, name.Name).Single().Kind);
        Assert.DoesNotContain(vanished.Segments, segment => segment.Summary.Name == name.Name);
    }

    [Fact]
    public void Sample_TruncatedWhileWatched_BreaksWithoutHarm()
    {
        using var name = new TempSegment("watch");
        File.WriteAllBytes(name.FilePath, GoldenImage.Read("zerobuffer", "cpp-04-three-frames-unread.bin"));
        using SegmentWatch watch = Watch(name.Name);
        _ = watch.Sample();
        foreach (long length in new long[] { 5000, 128, 100, 3, 0 })
        {
            using (FileStream file = new(name.FilePath, FileMode.Open, FileAccess.Write))
            {
                file.SetLength(length);
            }

            WatchSnapshot snapshot = watch.Sample();

            WatchedSegment segment = Assert.Single(snapshot.Segments);
            Assert.Equal(length, segment.Summary.SizeBytes);
            Assert.NotEqual(SegmentState.Active, segment.Summary.State);
            Assert.Contains(snapshot.Events, found => found.Kind == WatchEventKind.Reshaped);
        }
    }

    [Fact]
    public void Sample_PipeInTheFolder_IsForeignAndHangsNobody() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("wp");
        using (Process mkfifo = Process.Start("mkfifo", name.FilePath))
        {
            mkfifo.WaitForExit();
        }

        using SegmentWatch watch = Watch(name.Name);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(SegmentState.Foreign, One(watch).Summary.State);
        }

        Assert.Contains(
            new SegmentCatalog().Look(TestContext.Current.CancellationToken),
            found => found.Name == name.Name && found.State == SegmentState.Foreign);
    });

    [Fact]
    public void Sample_LiveSegments_ChangesNoByte()
    {
        using var name = new TempSegment("watch");
        using var reader = ZeroBufferReader.Create(name.Name, new ZeroBufferOptions { PayloadSizeBytes = 4096 });
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(name.Name);
        writer.Write(new byte[100]);
        byte[] before = File.ReadAllBytes(name.FilePath);
        using SegmentWatch watch = Watch(name.Name);

        for (int i = 0; i < 5; i++)
        {
            _ = watch.Sample();
        }

        Assert.Equal(before, File.ReadAllBytes(name.FilePath));
    }

    private static SegmentWatch Watch(string name) => new(new WatchOptions { Name = name });

    private static WatchedSegment One(SegmentWatch watch) => Assert.Single(watch.Sample().Segments);

    private static IEnumerable<WatchEvent> EventsOf(WatchSnapshot snapshot, string name) =>
        snapshot.Events.Where(found => found.Name == name);
}
