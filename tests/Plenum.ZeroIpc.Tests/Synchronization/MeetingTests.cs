using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>Barrier, latch, once, event, monitor, signal.</summary>
public sealed class MeetingTests
{
    [Fact]
    public void Barrier_ManyCycles_NobodyRunsAhead()
    {
        using var segment = new Segment(ours: true);
        _ = SharedBarrier.Create(segment.First, "b", 3);
        int[] progress = new int[3];
        int rounds = Campaign.Count(1_000, 500_000);
        Task[] threads = [.. Enumerable.Range(0, 3).Select(number => Segment.Background(() =>
        {
            using var barrier = SharedBarrier.Open(segment.First, "b");
            for (int i = 0; i < rounds; i++)
            {
                progress[number] = i;
                barrier.SignalAndWait();
                Assert.All(progress, p => Assert.InRange(p, i, i + 1));
                barrier.SignalAndWait();
            }
        }))];

        Segment.JoinCampaign(threads);
        using var after = SharedBarrier.Open(segment.First, "b");
        Assert.Equal((0, rounds * 2), (after.ArrivedCount, after.Generation));
    }

    [Fact]
    public void Barrier_TimeOver_TakesTheArrivalBack()
    {
        using var segment = new Segment();
        using var barrier = SharedBarrier.Create(segment.First, "b", 2);

        Assert.False(barrier.SignalAndWait(TimeSpan.FromMilliseconds(10)));
        Assert.False(barrier.SignalAndWait(TimeSpan.Zero));

        Assert.Equal((0, 0), (barrier.ArrivedCount, barrier.Generation));
    }

    [Fact]
    public async Task Barrier_AsyncParties_Meet()
    {
        using var segment = new Segment(ours: true);
        using var barrier = SharedBarrier.Create(segment.First, "b", 4);

        for (int i = 0; i < 20; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => barrier.SignalAndWaitAsync().AsTask()))
                .WaitAsync(TimeSpan.FromSeconds(60));
        }

        Assert.Equal((0, 20), (barrier.ArrivedCount, barrier.Generation));
    }

    [Fact]
    public void Barrier_OneAway_IsMissing()
    {
        using var segment = new Segment(ours: true);
        using var barrier = SharedBarrier.Create(segment.First, "b", 2);
        SharedMemory second = segment.OpenAgain();
        var other = SharedBarrier.Open(second, "b");
        Segment.Join(Segment.Background(() => barrier.SignalAndWait()), Segment.Background(() =>
            other.SignalAndWait()));
        Assert.Equal(2, barrier.MissingParties().Count);
        Task waiter = Segment.Background(() => barrier.SignalAndWait());
        Segment.Until(() => barrier.ArrivedCount == 1);

        MissingParty missing = Assert.Single(barrier.MissingParties());
        Assert.Equal((ProcessIdentity.Current, false), (missing.Process, missing.IsDead));
        second.Dispose();
        Assert.True(Assert.Single(barrier.MissingParties()).IsDead);

        using var replacement = SharedBarrier.Open(segment.OpenAgain(), "b");
        replacement.SignalAndWait();
        Segment.Join(waiter);
        Assert.DoesNotContain(barrier.MissingParties(), p => p.IsDead);
    }

    [Fact]
    public void Latch_CountsDown_ReleasesAll()
    {
        using var segment = new Segment(ours: true);
        var latch = SharedLatch.Create(segment.First, "l", 3);
        Task[] waiters = [Segment.Background(() => latch.Wait()), latch.WaitAsync().AsTask()];

        Assert.False(latch.Wait(TimeSpan.Zero));
        Assert.False(latch.Wait(TimeSpan.FromMilliseconds(10)));
        Assert.False(latch.CountDown());
        Assert.True(latch.CountDown(5));
        Assert.False(latch.CountDown());

        Segment.Join(waiters);
        Assert.True(latch.Wait(TimeSpan.Zero));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => latch.CountDown(0));
        latch.Reset();
        Assert.Equal(3, latch.CurrentCount);
    }

    [Fact]
    public void Latch_Joined_IsListedUntilDone()
    {
        using var segment = new Segment();
        var latch = SharedLatch.Create(segment.First, "l", 3);
        SharedMemory second = segment.OpenAgain();
        using PartyTicket mine = latch.Join(2);
        _ = SharedLatch.Open(second, "l").Join();

        Assert.Equal([1, 2], latch.MissingParties().Select(p => p.Counts).Order());
        second.Dispose();
        Assert.Equal(1, Assert.Single(latch.MissingParties(), p => p.IsDead).Counts);
        mine.Dispose();
        _ = Assert.Single(latch.MissingParties());
        _ = latch.CountDown(3);
        Assert.Empty(latch.MissingParties());
    }

    [Fact]
    public void Once_ManyCallers_ExecuteOnce()
    {
        using var segment = new Segment(ours: true);
        _ = SharedOnce.Create(segment.First, "o");
        int executed = 0;
        Task[] callers = [.. Enumerable.Range(0, 6).Select(i => Segment.Background(() =>
        {
            OnceOutcome outcome = SharedOnce.Open(segment.First, "o").Call(() =>
            {
                Segment.Until(() => segment.First.Waits().Site(0xC20).WaiterCount == 5);
                executed++;
            });
            Assert.Equal(1, executed);
            Assert.NotEqual(OnceOutcome.TimedOut, outcome);
        }))];

        Segment.Join(callers);
        Assert.Equal(OnceState.Done, SharedOnce.Open(segment.First, "o").State);
    }

    [Fact]
    public async Task Once_ActionThrows_CountsAsDone()
    {
        using var segment = new Segment();
        var once = SharedOnce.Create(segment.First, "o");

        _ = Assert.Throws<InvalidOperationException>(() => once.Call(() => throw new InvalidOperationException()));
        Assert.Equal(OnceOutcome.AlreadyExecuted, once.Call(() => Assert.Fail()));
        once.Reset();
        Assert.Equal(OnceOutcome.Executed, await once.CallAsync(_ => ValueTask.CompletedTask));
        Assert.Equal(OnceOutcome.AlreadyExecuted, await once.CallAsync(_ => throw new InvalidOperationException()));
    }

    [Fact]
    public void Event_Manual_ReleasesAllUntilReset()
    {
        using var segment = new Segment(ours: true);
        var e = SharedEvent.Create(segment.First, "e", EventMode.Manual);
        Task[] waiters = [Segment.Background(() => e.Wait()), Segment.Background(() =>
            e.Wait()), e.WaitAsync().AsTask()];
        Segment.Until(() => e.WaitingCount == 3);

        _ = e.Signal();

        Segment.Join(waiters);
        Assert.Equal((0, true), (e.WaitingCount, e.IsSignaled));
        e.Reset();
        Assert.False(e.Wait(TimeSpan.FromMilliseconds(5)));
    }

    [Fact]
    public async Task Event_Automatic_CountsSignals()
    {
        using var segment = new Segment(ours: true);
        var e = SharedEvent.Create(segment.First, "e", EventMode.Auto);
        Task waiter = e.WaitAsync().AsTask();
        Segment.Until(() => e.WaitingCount == 1);

        Assert.True(e.Signal());
        await waiter.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(e.Signal());
        Assert.True(e.Signal());
        e.Reset();

        Assert.True(await e.WaitAsync(TimeSpan.Zero));
        Assert.True(e.Wait(TimeSpan.Zero));
        Assert.False(e.Wait(TimeSpan.Zero));
        Assert.False(await e.WaitAsync(TimeSpan.FromMilliseconds(5)));
    }

    [Fact]
    public void Event_Pulse_ReleasesWaitersAndResets()
    {
        using var segment = new Segment(ours: true);
        var e = SharedEvent.Create(segment.First, "e", EventMode.Manual);
        Task[] waiters = [Segment.Background(() => e.Wait()), Segment.Background(() => e.Wait())];
        Segment.Until(() => e.WaitingCount == 2);

        Assert.True(e.Pulse(TimeSpan.FromSeconds(60)));

        Segment.Join(waiters);
        Assert.False(e.IsSignaled);
        _ = segment.First.Segment.Int32(0xC28).Increment();
        Assert.False(e.Pulse(TimeSpan.FromMilliseconds(10)));
    }

    [Fact]
    public void Monitor_ProducerConsumer_LosesNothing()
    {
        using var segment = new Segment(ours: true);
        _ = SharedMonitor.Create(segment.First, "m");
        var items = new Queue<int>();
        int count = Campaign.Count(2_000, 500_000);
        long sum = 0;
        Task consumer = Segment.Background(() =>
        {
            SharedMonitor monitor = SharedMonitor.Open(segment.OpenAgain(), "m");
            for (int i = 0; i < count; i++)
            {
                MutexLock held = monitor.Enter();
                monitor.Wait(held, () => items.Count > 0);
                sum += items.Dequeue();
                held.Dispose();
            }
        });
        Task producer = Segment.Background(() =>
        {
            SharedMonitor monitor = SharedMonitor.Open(segment.First, "m");
            for (int i = 0; i < count; i++)
            {
                using MutexLock held = monitor.Enter();
                items.Enqueue(i);
                monitor.Notify();
            }
        });

        Segment.JoinCampaign(consumer, producer);
        Assert.Equal((long)count * (count - 1) / 2, sum);
    }

    [Fact]
    public async Task Monitor_NotifyAll_ReleasesAllAndKeepsTheLock()
    {
        using var segment = new Segment(ours: true);
        var monitor = SharedMonitor.Create(segment.First, "m");
        int inside = 0;

        async Task Wait()
        {
            MutexLock held = await monitor.EnterAsync();
            Assert.True(await monitor.WaitAsync(held, Timeout.InfiniteTimeSpan));
            Assert.True(held.IsHeld);
            Assert.Equal(1, Interlocked.Increment(ref inside));
            _ = Interlocked.Decrement(ref inside);
            held.Dispose();
        }

        Task[] waiters = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(Wait))];
        Segment.Until(() => monitor.WaitingCount == 4);
        using (monitor.Enter())
        {
            monitor.NotifyAll();
        }

        await Task.WhenAll(waiters).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((0, false), (monitor.WaitingCount, monitor.IsLocked));
    }

    [Fact]
    public void Monitor_WaitTimeOverOrCancelled_IsLockedAgain()
    {
        using var segment = new Segment();
        var monitor = SharedMonitor.Create(segment.First, "m");
        var other = SharedMonitor.Create(segment.First, "other");
        using var source = new CancellationTokenSource(20);
        using MutexLock held = monitor.Enter();

        Assert.False(monitor.Wait(held, TimeSpan.FromMilliseconds(10)));
        Assert.True(held.IsHeld && monitor.IsLocked);
        Assert.False(monitor.Wait(held, () => false, TimeSpan.FromMilliseconds(10)));
        _ = Assert.ThrowsAny<OperationCanceledException>(
            () => monitor.Wait(held, Timeout.InfiniteTimeSpan, source.Token));
        Assert.True(held.IsHeld && monitor.IsLocked);
        Assert.Equal(0, monitor.WaitingCount);
        _ = Assert.Throws<ArgumentException>(() => other.Wait(held, TimeSpan.Zero));
        _ = Assert.Throws<ArgumentException>(() => other.Wait(default, TimeSpan.Zero));
    }

    [Fact]
    public async Task Signal_Changes_AreSeenInOrder()
    {
        using var segment = new Segment(ours: true);
        var signal = SharedSignal<long>.Create(segment.First, "s", 0);
        SharedSignal<long> seen = SharedSignal<long>.Open(segment.OpenAgain(), "s");
        const int last = 500;
        Task reader = Segment.Background(() =>
        {
            ulong version = 0;
            while (version < last)
            {
                Assert.True(seen.WaitForChange(version, Timeout.InfiniteTimeSpan, out SignalReading<long> next));
                Assert.True(next.Version > version);
                Assert.Equal((long)next.Version * 3, next.Value);
                version = next.Version;
            }
        });

        for (int i = 1; i <= last; i++)
        {
            signal.Set(i * 3);
        }

        Segment.Join(reader);
        Assert.False(seen.WaitForChange(last, TimeSpan.Zero, out SignalReading<long> same));
        Assert.Equal(last * 3L, same.Value);
        Assert.True(seen.WaitForChange(last - 1, TimeSpan.Zero, out _));
        Assert.Null(await seen.WaitForChangeAsync(last, TimeSpan.FromMilliseconds(5)));
        Task<SignalReading<long>?> change = seen.WaitForChangeAsync(last, Timeout.InfiniteTimeSpan).AsTask();
        signal.Set(1);
        Assert.Equal(1, (await change.WaitAsync(TimeSpan.FromSeconds(60)))!.Value.Value);
    }

    [Fact]
    public void Signal_OtherValueSize_IsRefused()
    {
        using var segment = new Segment();
        _ = SharedSignal<int>.Create(segment.First, "s", 1);

        _ = Assert.Throws<SegmentFormatException>(() => SharedSignal<Guid>.Open(segment.First, "s"));
        _ = Assert.Throws<NotSupportedException>(() => SharedSignal<nint>.Create(segment.First, "p", 1));
    }
}
