using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>What waiting processes share: the look for the dead, and the line's front that is being woken.</summary>
public sealed class CrowdTests
{
    private const long Field = 0xC20;

    [Fact]
    public async Task Await_ProcessDies_LooksAlthoughItSleepsLong()
    {
        using var segment = new Segment(ours: true);
        var mutex = SharedMutex.Create(segment.First, "x");
        using MutexLock held = mutex.Lock();
        using PeerProcess peer = Wait(segment, mutex);
        WaitTable table = segment.First.Waits();
        var told = new Told();
        Task<bool> waiting = table.Site(Field + 0x100)
            .WaitAsync(told, told, MonotonicClock.Deadline(TimeSpan.FromSeconds(60)), CancellationToken.None).AsTask();
        Segment.Until(() => table.Awaited.Awaits == 1);
        Assert.False(waiting.IsCompleted);

        peer.Kill();

        Assert.True(await waiting.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        Assert.True(table.Recovery.MayHaveDead());
        Assert.Equal(0, table.Awaited.Awaits);
    }

    [Fact]
    public async Task Await_SegmentDisposed_IsToldAtOnce()
    {
        using var segment = new Segment(ours: true);
        var queue = SharedQueue<int>.Create(segment.First, "x", 4);
        segment.First.HasForeignPeers = false;
        Task<int?> waiting =
            queue.DequeueAsync(Timeout.InfiniteTimeSpan, TestContext.Current.CancellationToken).AsTask();
        Segment.Until(() => segment.First.Waits().Awaited.Awaits == 1);

        segment.First.Dispose();

        _ = await Assert.ThrowsAsync<ObjectDisposedException>(
            () => waiting.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Recovery_NobodyDied_NamesNoBlock()
    {
        using var segment = new Segment(ours: true);
        var mutex = SharedMutex.Create(segment.First, "x");
        using MutexLock held = mutex.Lock();
        using PeerProcess peer = Wait(segment, mutex);

        Assert.False(segment.First.Waits().Recovery.MayHaveDead());
        peer.Kill();
        Segment.Until(() => segment.First.Waits().Recovery.MayHaveDead());
    }

    // The front of three sleeps and is woken: until it is up another one may take. Awake it is not overtaken.
    [Fact]
    public void Line_FrontOnItsWay_MayBeOvertakenUntilItIsUp()
    {
        using var segment = new Segment();
        TicketLine line = Line(segment, tickets: 3);
        _ = line.Announce(0);
        line.SayAsleep();
        Assert.False(line.MayOvertake);

        line.WakeFront();
        Assert.True(line.MayOvertake);
        line.SayAwake(0);
        Assert.False(line.MayOvertake);
    }

    [Fact]
    public void Line_OneWaitsAlone_IsNeverOvertaken()
    {
        using var segment = new Segment();
        TicketLine line = Line(segment, tickets: 1);
        _ = line.Announce(0);
        line.SayAsleep();

        line.WakeFront();

        Assert.False(line.MayOvertake);
    }

    [Fact]
    public void Line_FrontDoesNotComeUp_IsOvertakenNoLonger()
    {
        using var segment = new Segment();
        TicketLine line = Line(segment, tickets: 2);
        _ = line.Announce(0);
        line.SayAsleep();
        line.WakeFront();

        Segment.Until(() => !line.MayOvertake);
        line.WakeFront();
        Assert.False(line.MayOvertake);
    }

    // A front that sleeps again is woken again; one that is awake, or on its way, is not.
    [Fact]
    public void Line_Wake_MovesTheGateOnlyOfASleeper()
    {
        using var segment = new Segment();
        TicketLine line = Line(segment, tickets: 2);
        uint first = line.Announce(0);
        line.SayAsleep();
        line.WakeFront();
        Assert.NotEqual(first, line.Gate(0).ReadAcquire());

        line.SayAwake(0);
        uint awake = line.Gate(0).ReadAcquire();
        line.WakeFront();
        Assert.Equal(awake, line.Gate(0).ReadAcquire());

        line.SayAsleep();
        line.WakeFront();
        Assert.NotEqual(awake, line.Gate(0).ReadAcquire());
    }

    private static TicketLine Line(Segment segment, int tickets)
    {
        WaitTable table = segment.First.Waits();
        TicketLine line = table.Site(Field).Line;
        for (int i = 0; i < tickets; i++)
        {
            Assert.True(line.TryEnter(table.Owners.TakeFree(), ClaimKind.Mutex, out _));
        }

        return line;
    }

    // Once it counts as waiting it has stated so in a record.
    private static PeerProcess Wait(Segment segment, SharedMutex mutex)
    {
        PeerProcess peer = PeerProcess.StartPeer(
            "zeroipc-wait", "--segment", segment.Name, "--kind", "mutex", "--name", "x", "--ours", "true");
        _ = peer.ExpectLine("waiting");
        Segment.Until(() => mutex.WaitingCount == 1);
        segment.First.HasForeignPeers = false;
        return peer;
    }

    /// <summary>Met when it was asked to look for the dead.</summary>
    private sealed class Told : IWaitCondition, IWaitWatch
    {
        private bool _looked;

        public bool ReadsRecordsOnly => true;

        public bool IsMet() => Volatile.Read(ref _looked);

        public void Look() => Volatile.Write(ref _looked, true);
    }
}
