using Plenum.ZeroIpc;

namespace Plenum.CrossProcess.Tests.ZeroIpc;

/// <summary>kill -9 at each step of each operation of the synchronisation structures and of creation; the survivor goes
/// on as docs/protocols/zeroipc-sync.md says.</summary>
public sealed class SynchronizationKillTests
{
    [Theory]
    [InlineData("mutex-take-stated", true, false)]
    [InlineData("mutex-take-claimed", true, true)]
    [InlineData("mutex-take-held", false, true)]
    [InlineData("mutex-return-stated", true, true)]
    [InlineData("mutex-return-given", false, false)]
    [InlineData("mutex-return-cleared", false, false)]
    public void Mutex_OwnerKilled_NextOneGetsIt(string step, bool ours, bool abandoned)
    {
        using var test = new DyingPeer(ours);
        SharedMutex mutex = SharedMutex.Create(test.Memory, "x");
        test.Kill("mutex", step);

        Assert.True(mutex.TryLock(DyingPeer.Patience, out MutexLock held));
        Assert.Equal(abandoned, held.WasAbandoned);
        held.Dispose();
        AssertFree(mutex);
    }

    [Theory]
    [InlineData("line-entered", false)]
    [InlineData("line-announced", false)]
    [InlineData("line-asleep", false)]
    [InlineData("line-taken", true)]
    [InlineData("line-serving", true)]
    public void Mutex_WaiterKilled_LineGoesOn(string step, bool abandoned)
    {
        using var test = new DyingPeer(ours: true);
        SharedMutex mutex = SharedMutex.Create(test.Memory, "x");
        MutexLock mine = mutex.Lock();
        if (abandoned)
        {
            // It comes as far as the step only when it gets the lock.
            Task release = Task.Run(() =>
            {
                SpinWait.SpinUntil(() => mutex.WaitingCount == 1);
                mine.Dispose();
            });
            test.Kill("mutex", step);
            release.Wait();
        }
        else
        {
            test.Kill("mutex", step);
            mine.Dispose();
        }

        Assert.True(mutex.TryLock(DyingPeer.Patience, out MutexLock held));
        Assert.Equal(abandoned, held.WasAbandoned);

        // The dead one's raised counter is taken back by the next one that sleeps.
        Assert.False(mutex.TryLock(TimeSpan.FromMilliseconds(120), out _));
        held.Dispose();
        AssertFree(mutex);
    }

    [Theory]
    [InlineData("semaphore-acquire", "semaphore-acquire-taken", 0)]
    [InlineData("semaphore-release", "semaphore-release-given", 2)]
    public void Semaphore_KilledAfterTheExchange_CountIsWhatTheExchangeMade(string action, string step, int count)
    {
        using var test = new DyingPeer(ours: false);
        SharedSemaphore semaphore = SharedSemaphore.Create(test.Memory, "x", 1);
        test.Kill(action, step);

        Assert.Equal(count, semaphore.CurrentCount);
        semaphore.Release();
        Assert.True(semaphore.TryAcquire(DyingPeer.Patience));
    }

    [Theory]
    [InlineData("rwlock-read", "rwlock-read-stated", true)]
    [InlineData("rwlock-read", "rwlock-read-counted", true)]
    [InlineData("rwlock-read", "rwlock-read-held", false)]
    [InlineData("rwlock-read", "rwlock-read-lowered", true)]
    [InlineData("rwlock-write", "rwlock-write-gate", false)]
    [InlineData("rwlock-write", "rwlock-write-active", false)]
    [InlineData("rwlock-write", "rwlock-write-lowered", false)]
    [InlineData("rwlock-write", "rwlock-write-returned", false)]
    public void ReaderWriterLock_KilledAtEachStep_WritersAndReadersGoOn(string action, string step, bool ours)
    {
        using var test = new DyingPeer(ours);
        SharedReaderWriterLock rw = SharedReaderWriterLock.Create(test.Memory, "x");
        test.Kill(action, step);

        for (int i = 0; i < 2; i++)
        {
            Assert.True(rw.TryWriteLock(DyingPeer.Patience, out WriterLock writer));
            Assert.False(rw.TryReadLock(TimeSpan.Zero, out _));
            writer.Dispose();
            Assert.True(rw.TryReadLock(DyingPeer.Patience, out ReaderLock reader));
            reader.Dispose();
        }

        Assert.Equal((0, false), (rw.ReaderCount, rw.IsWriterActive));
    }

    [Theory]
    [InlineData("counter-raise-stated", true)]
    [InlineData("counter-raised", true)]
    [InlineData("counter-held", false)]
    public void Monitor_WaiterKilled_LockIsFreeAndNotifyWorks(string step, bool ours)
    {
        using var test = new DyingPeer(ours);
        SharedMonitor monitor = SharedMonitor.Create(test.Memory, "x");
        test.Kill("monitor-wait", step);

        Assert.True(monitor.TryEnter(DyingPeer.Patience, out MutexLock held));
        held.Dispose();
        bool ready = false;
        Task waiter = Task.Run(() =>
        {
            using MutexLock own = monitor.Enter();
            Assert.True(monitor.Wait(own, () => Volatile.Read(ref ready), DyingPeer.Patience));
        });
        using (monitor.Enter())
        {
            ready = true;
            monitor.NotifyAll();
        }

        Assert.True(waiter.Wait(DyingPeer.Patience));
    }

    [Theory]
    [InlineData("barrier-stated", 0)]
    [InlineData("barrier-counted", 1)]
    [InlineData("barrier-held", 0)]
    public void Barrier_PartyKilledBeforeTheLast_MayBeReplaced(string step, int arrived)
    {
        using var test = new DyingPeer(ours: true);
        using SharedBarrier barrier = SharedBarrier.Create(test.Memory, "x", 3);
        test.Kill("barrier", step);

        // The look for who is missing takes its arrival back; killed right after the count it stays an arrival without
        // a party.
        _ = barrier.MissingParties();
        Assert.Equal(arrived, barrier.ArrivedCount);
        Task[] parties = [.. Enumerable.Range(arrived, 3 - arrived).Select(_ => Task.Factory.StartNew(
            () => Assert.True(barrier.SignalAndWait(DyingPeer.Patience)), TaskCreationOptions.LongRunning))];
        Assert.True(Task.WaitAll(parties, DyingPeer.Patience));
        Assert.Equal((0, 1), (barrier.ArrivedCount, barrier.Generation));
    }

    [Theory]
    [InlineData("barrier-counted")]
    [InlineData("barrier-released")]
    public void Barrier_LastPartyKilled_OthersAreReleased(string step)
    {
        using var test = new DyingPeer(ours: true);
        using SharedBarrier barrier = SharedBarrier.Create(test.Memory, "x", 2);
        Task first = Task.Factory.StartNew(
            () => Assert.True(barrier.SignalAndWait(DyingPeer.Patience)), TaskCreationOptions.LongRunning);
        SpinWait.SpinUntil(() => barrier.ArrivedCount == 1);
        test.Kill("barrier", step);

        Assert.True(first.Wait(DyingPeer.Patience));
        Assert.Equal(1, barrier.Generation);
    }

    [Fact]
    public void Latch_LastCounterKilledBeforeWaking_WaiterSeesItOpen()
    {
        using var test = new DyingPeer(ours: true);
        SharedLatch latch = SharedLatch.Create(test.Memory, "x", 1);
        Task waiter = Task.Factory.StartNew(
            () => Assert.True(latch.Wait(DyingPeer.Patience)), TaskCreationOptions.LongRunning);
        test.Kill("latch", "latch-counted");

        Assert.True(waiter.Wait(DyingPeer.Patience));
    }

    [Theory]
    [InlineData("once-begin-stated", true, OnceOutcome.Executed)]
    [InlineData("once-begin-claimed", true, OnceOutcome.ExecutedAfterAbandonment)]
    [InlineData("once-begin-held", false, OnceOutcome.ExecutedAfterAbandonment)]
    [InlineData("once-done-stated", true, OnceOutcome.ExecutedAfterAbandonment)]
    [InlineData("once-done-published", false, OnceOutcome.AlreadyExecuted)]
    public void Once_ExecutorKilled_NextOneExecutesUnlessDone(string step, bool ours, OnceOutcome expected)
    {
        using var test = new DyingPeer(ours);
        SharedOnce once = SharedOnce.Create(test.Memory, "x");
        test.Kill("once", step);

        Assert.Equal(expected, once.Call(() => { }, DyingPeer.Patience));
        Assert.Equal(OnceState.Done, once.State);
    }

    [Fact]
    public void Event_SignallerKilledBeforeWaking_ManualWaiterSeesIt()
    {
        using var test = new DyingPeer(ours: true);
        SharedEvent signalled = SharedEvent.Create(test.Memory, "x", EventMode.Manual);
        Task waiter = Task.Factory.StartNew(
            () => Assert.True(signalled.Wait(DyingPeer.Patience)), TaskCreationOptions.LongRunning);
        test.Kill("event-signal", "event-signalled");

        Assert.True(waiter.Wait(DyingPeer.Patience));
    }

    [Theory]
    [InlineData("counter-raised", true)]
    [InlineData("counter-held", false)]
    public void Event_ManualWaiterKilled_PulseDoesNotHang(string step, bool ours)
    {
        using var test = new DyingPeer(ours);
        SharedEvent signalled = SharedEvent.Create(test.Memory, "x", EventMode.Manual);
        test.Kill("event-wait", step);

        // In doubt the count cannot be settled: the pulse ends at its time, and signalling goes on.
        Assert.Equal(!ours, signalled.Pulse(ours ? TimeSpan.FromMilliseconds(200) : DyingPeer.Patience));
        _ = signalled.Signal();
        Assert.True(signalled.Wait(DyingPeer.Patience));
    }

    [Theory]
    [InlineData("mutex-take-held", 0)]
    [InlineData("signal-set-stored", 0)]
    [InlineData("signal-set-published", 1)]
    public void Signal_SetterKilled_NextIsToldAndGoesOn(string step, ulong version)
    {
        using var test = new DyingPeer(ours: false);
        SharedSignal<long> signal = SharedSignal<long>.Create(test.Memory, "x", 5);
        test.Kill("signal", step);

        SignalReading<long> reading = signal.Read();
        Assert.Equal((version, step != "signal-set-published" || reading.WasAbandoned),
            (reading.Version, true));
        signal.Set(6);
        Assert.Equal(new SignalReading<long>(6, version + 1, false), signal.Read());
    }

    [Theory]
    [InlineData("table-create", "table-claimed", 1, false)]
    [InlineData("table-create", "table-initialized", 1, false)]
    [InlineData("table-create", "table-slot-written", 1, true)]
    [InlineData("table-create", "table-published", 1, true)]
    [InlineData("table-composite", "table-claimed", 1, false)]
    [InlineData("table-composite", "table-slot-written", 1, false)]
    [InlineData("table-composite", "table-slot-written", 4, true)]
    public void Table_CreatorKilled_AllEntriesOrNone(string action, string step, int hit, bool there)
    {
        using var test = new DyingPeer(ours: false);
        test.Kill(action, step, hit);
        int before = test.Memory.Table.Count;
        Assert.True(before is 0 or 1 or 4);

        // The next creator finishes what was complete.
        _ = SharedMutex.Create(test.Memory, "next");

        string[] names = [.. test.Memory.Table.Select(entry => entry.Name)];
        string[] created = action == "table-create" ? ["new"] : ["new_state", "new_rmtx", "new_wmtx", "new"];
        Assert.Equal(there ? [.. created, "next"] : ["next"], names);
        SharedMutex.Open(test.Memory, "next").Lock().Dispose();
        long end = 0;
        foreach (SharedEntry entry in test.Memory.Table)
        {
            Assert.True(entry.Offset >= end);
            end = entry.Offset + entry.SizeBytes;
        }
    }

    private static void AssertFree(SharedMutex mutex)
    {
        using (MutexLock again = mutex.Lock())
        {
            Assert.False(again.WasAbandoned);
        }

        Assert.Equal((false, 0), (mutex.IsLocked, mutex.WaitingCount));
    }
}
