using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

public sealed class LockTests
{
    [Fact]
    public void Create_NameTaken_ThrowsEntryExists()
    {
        using var segment = new Segment();
        _ = SharedMutex.Create(segment.First, "x");

        _ = Assert.Throws<EntryExistsException>(() => SharedMutex.Create(segment.First, "x"));
        _ = Assert.Throws<EntryExistsException>(() => SharedSemaphore.Create(segment.First, "x", 1));
        _ = Assert.Throws<EntryExistsException>(() => SharedLatch.Create(segment.First, "x", 1));
    }

    [Fact]
    public void Open_NoEntry_Throws()
    {
        using var segment = new Segment();

        _ = Assert.Throws<EntryNotFoundException>(() => SharedMutex.Open(segment.First, "x"));
        Assert.False(SharedMutex.TryOpen(segment.First, "x", out _));
        Assert.False(SharedSemaphore.TryOpen(segment.First, "x", out _));
        Assert.False(SharedReaderWriterLock.TryOpen(segment.First, "x", out _));
    }

    [Fact]
    public void Open_OtherKind_ThrowsFormat()
    {
        using var segment = new Segment();
        _ = SharedOnce.Create(segment.First, "once");
        _ = SharedSemaphore.Create(segment.First, "sem", 1, 4);
        _ = SharedLatch.Create(segment.First, "latch", 3);

        _ = Assert.Throws<SegmentFormatException>(() => SharedMutex.Open(segment.First, "once"));
        _ = Assert.Throws<SegmentFormatException>(() => SharedMutex.Open(segment.First, "sem"));
        _ = Assert.Throws<SegmentFormatException>(() => SharedMutex.Open(segment.First, "latch"));
        _ = Assert.Throws<SegmentFormatException>(() => SharedOnce.Open(segment.First, "sem"));
        _ = Assert.Throws<SegmentFormatException>(() => SharedMonitor.Open(segment.First, "sem"));
        _ = Assert.Throws<SegmentFormatException>(() => SharedEvent.Open(segment.First, "sem"));
    }

    [Fact]
    public void Create_CompositeNameTooLong_LeavesNothing()
    {
        using var segment = new Segment();
        string name = new('n', 28);

        _ = Assert.ThrowsAny<ArgumentException>(() => SharedReaderWriterLock.Create(segment.First, name));
        _ = Assert.ThrowsAny<ArgumentException>(() => SharedMonitor.Create(segment.First, name));
        _ = Assert.ThrowsAny<ArgumentException>(() => SharedEvent.Create(segment.First, name, EventMode.Auto));
        _ = Assert.ThrowsAny<ArgumentException>(() => SharedSignal<int>.Create(segment.First, name, 0));

        Assert.Empty(segment.First.Table);
    }

    [Fact]
    public void CreateOrOpen_ManyAtOnce_OneIsCreated()
    {
        using var segment = new Segment();
        SharedMemory[] memories = Enumerable.Range(0, 8).Select(_ => segment.OpenAgain()).ToArray();

        _ = Parallel.ForEach(memories, m => _ = SharedMonitor.CreateOrOpen(m, "monitor"));

        Assert.Equal(4, segment.First.Table.Count);
    }

    [Fact]
    public void Lock_DisposedTwice_UnlocksOnce()
    {
        using var segment = new Segment();
        var mutex = SharedMutex.Create(segment.First, "m");
        MutexLock first = mutex.Lock();
        MutexLock copy = first;

        first.Dispose();
        Assert.False(copy.IsHeld);
        using MutexLock second = mutex.Lock();
        copy.Dispose();
        first.Dispose();

        Assert.True(mutex.IsLocked);
        Assert.True(second.IsHeld);
        default(MutexLock).Dispose();
    }

    [Fact]
    public void FindOwner_Held_IsThisProcess()
    {
        using var segment = new Segment();
        var mutex = SharedMutex.Create(segment.First, "m");

        Assert.Null(mutex.FindOwner());
        using (mutex.Lock())
        {
            Assert.Equal(ProcessIdentity.Current, mutex.FindOwner());
        }

        Assert.Null(mutex.FindOwner());
    }

    [Fact]
    public void TryLock_Held_TimesOutAndLeavesNoTrace()
    {
        using var segment = new Segment();
        var mutex = SharedMutex.Create(segment.First, "m");
        using MutexLock held = mutex.Lock();
        long start = MonotonicClock.Nanoseconds;

        Assert.False(mutex.TryLock(out MutexLock none));
        Assert.False(mutex.TryLock(TimeSpan.FromMilliseconds(30), out none));

        Assert.True(MonotonicClock.Nanoseconds - start >= 30_000_000);
        Assert.False(none.IsHeld);
        Assert.Equal(0, mutex.WaitingCount);
        Assert.True(segment.First.Waits().Site(0xC20).Line.IsEmpty);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Lock_Cancelled_ThrowsAndTheNextStillGetsIt(bool asynchronous)
    {
        using var segment = new Segment(ours: true);
        var mutex = SharedMutex.Create(segment.First, "m");
        MutexLock held = mutex.Lock();
        using var source = new CancellationTokenSource();
        Task first = asynchronous
            ? mutex.LockAsync(source.Token).AsTask()
            : Segment.Background(() => mutex.Lock(source.Token).Dispose());
        Segment.Until(() => mutex.WaitingCount == 1);
        Task second = Segment.Background(() => mutex.Lock().Dispose());
        Segment.Until(() => mutex.WaitingCount == 2);

        await source.CancelAsync();
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        held.Dispose();

        Segment.Join(second);
        Assert.Equal(0, mutex.WaitingCount);
        Assert.False(mutex.IsLocked);
    }

    [Fact]
    public async Task LockAsync_Contended_HandsOverInOrderOfArrival()
    {
        using var segment = new Segment(ours: true);
        var mutex = SharedMutex.Create(segment.First, "m");
        MutexLock held = mutex.Lock();
        var order = new List<int>();
        var tasks = new List<Task>();
        for (int i = 0; i < 6; i++)
        {
            int number = i;
            tasks.Add(Task.Run(async () =>
            {
                using (await mutex.LockAsync())
                {
                    order.Add(number);
                }
            }));
            Segment.Until(() => mutex.WaitingCount == number + 1);
        }

        held.Dispose();
        await Task.WhenAll(tasks).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal([0, 1, 2, 3, 4, 5], order);
    }

    [Fact]
    public void Lock_FortyWaiters_AllGetIt()
    {
        using var segment = new Segment(ours: true);
        var mutex = SharedMutex.Create(segment.First, "m");
        int inside = 0;
        int total = 0;
        MutexLock held = mutex.Lock();
        Task[] threads = Enumerable.Range(0, 40).Select(_ => Segment.Background(() =>
        {
            using (mutex.Lock())
            {
                Assert.Equal(1, Interlocked.Increment(ref inside));
                total++;
                _ = Interlocked.Decrement(ref inside);
            }
        })).ToArray();
        Segment.Until(() => mutex.WaitingCount == 40);

        held.Dispose();

        Segment.Join(threads);
        Assert.Equal(40, total);
        Assert.Equal(0, mutex.WaitingCount);
    }

    // Who unlocks and locks again at once comes after those in line: the lock goes to and fro, whoever is faster.
    [Fact]
    public void Lock_AgainWhileOthersWait_ComesLast()
    {
        using var segment = new Segment(ours: true);
        var mutex = SharedMutex.Create(segment.First, "m");
        SharedMutex other = SharedMutex.Open(segment.OpenAgain(), "m");
        int turns = 0;
        for (int i = 0; i < Campaign.Count(100, 10_000); i++)
        {
            MutexLock held = mutex.Lock();
            Task waiter = Segment.Background(() =>
            {
                using MutexLock mine = other.Lock();
                turns++;
            });
            Segment.Until(() => mutex.WaitingCount == 1);

            held.Dispose();
            using (mutex.Lock())
            {
                Assert.Equal(i + 1, turns);
            }

            Segment.Join(waiter);
        }
    }

    [Fact]
    public void Semaphore_TokensPassedRound_NoneLost()
    {
        using var segment = new Segment(ours: true);
        var a = SharedSemaphore.Create(segment.First, "a", 0);
        var b = SharedSemaphore.Create(segment.First, "b", 0);
        int rounds = Campaign.Count(5_000, 5_000_000);
        Task one = Segment.Background(() =>
        {
            for (int i = 0; i < rounds; i++)
            {
                a.Release();
                b.Acquire();
            }
        });
        Task two = Segment.Background(() =>
        {
            for (int i = 0; i < rounds; i++)
            {
                a.Acquire();
                b.Release();
            }
        });

        Segment.JoinCampaign(one, two);
        Assert.Equal((0, 0), (a.CurrentCount, b.CurrentCount));
        Assert.Equal((0, 0), (a.WaitingCount, b.WaitingCount));
    }

    [Fact]
    public void Semaphore_ReleaseMany_WakesAsMany()
    {
        using var segment = new Segment(ours: true);
        var semaphore = SharedSemaphore.Create(segment.First, "s", 0, 10);
        Task[] waiters = [.. Enumerable.Range(0, 5).Select(_ => Segment.Background(() => semaphore.Acquire()))];
        Segment.Until(() => semaphore.WaitingCount == 5);

        semaphore.Release(5);

        Segment.Join(waiters);
        Assert.Equal((0, 0), (semaphore.CurrentCount, semaphore.WaitingCount));
        _ = Assert.Throws<SemaphoreFullException>(() => semaphore.Release(11));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => semaphore.Release(0));
    }

    [Fact]
    public async Task Semaphore_AsyncForms_TimeOutAndSucceed()
    {
        using var segment = new Segment();
        var semaphore = SharedSemaphore.Create(segment.First, "s", 0);

        Assert.False(await semaphore.TryAcquireAsync(TimeSpan.Zero));
        Assert.False(await semaphore.TryAcquireAsync(TimeSpan.FromMilliseconds(15)));
        Task waiter = semaphore.AcquireAsync().AsTask();
        semaphore.Release();
        await waiter.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((0, 0), (semaphore.CurrentCount, semaphore.WaitingCount));
    }

    // A peer changes the bytes and wakes nobody: the waiter looks again by itself.
    [Fact]
    public void Acquire_ForeignPeerReleases_IsNoticed()
    {
        using var segment = new Segment();
        var semaphore = SharedSemaphore.Create(segment.First, "s", 0);
        Task waiter = Segment.Background(() => semaphore.Acquire());
        Segment.Until(() => semaphore.WaitingCount == 1);

        _ = segment.First.Segment.Int32(0xC20).Increment();

        Segment.Join(waiter);
        Assert.Equal((0, 0), (semaphore.CurrentCount, semaphore.WaitingCount));
    }

    [Fact]
    public void Unowned_LockAndUnlock_CrossObjects()
    {
        using var segment = new Segment();
        SharedMemory second = segment.OpenAgain();
        var mutex = SharedMutex.Create(segment.First, "m");

        Assert.True(mutex.LockUnowned(TimeSpan.Zero));
        segment.First.Dispose();

        SharedMutex other = SharedMutex.Open(second, "m");
        Assert.False(other.TryLock(TimeSpan.FromMilliseconds(120), out _));
        Assert.True(other.UnlockUnowned());
        Assert.True(other.TryLock(out MutexLock held));
        Assert.False(held.WasAbandoned);
        held.Dispose();
    }

    [Fact]
    public void Uncontended_Operations_AllocateNothing()
    {
        using var segment = new Segment();
        var mutex = SharedMutex.Create(segment.First, "m");
        var semaphore = SharedSemaphore.Create(segment.First, "s", 1, 1);
        var rw = SharedReaderWriterLock.Create(segment.First, "rw");
        var signal = SharedSignal<double>.Create(segment.First, "sig", 0);
        var latch = SharedLatch.Create(segment.First, "l", int.MaxValue);
        var manual = SharedEvent.Create(segment.First, "e", EventMode.Manual);

        long used = 0;
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 2_000; i++)
            {
                mutex.Lock().Dispose();
                Unlock(mutex.LockAsync());
                semaphore.Acquire();
                semaphore.Release();
                rw.ReadLock().Dispose();
                rw.WriteLock().Dispose();
                signal.Set(i);
                _ = signal.Get();
                _ = latch.CountDown();
                _ = manual.Signal();
                _ = manual.Wait(TimeSpan.Zero);
            }

            used = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, used);
    }

    [Fact]
    public void Disposed_Operations_ThrowAndUnlockStillWorks()
    {
        using var segment = new Segment();
        SharedMemory second = segment.OpenAgain();
        var mutex = SharedMutex.Create(segment.First, "m");
        var latch = SharedLatch.Create(segment.First, "l", 1);
        MutexLock held = mutex.Lock();
        Task waiter = Segment.Background(() => latch.Wait());
        Segment.Until(() => segment.First.Waits().Site(0xC30).WaiterCount == 1);

        segment.First.Dispose();
        held.Dispose();

        _ = Assert.ThrowsAny<ObjectDisposedException>(() => waiter.GetAwaiter().GetResult());
        _ = Assert.Throws<ObjectDisposedException>(() => mutex.Lock());
        _ = Assert.Throws<ObjectDisposedException>(() => latch.CountDown());
        Assert.True(SharedMutex.Open(second, "m").TryLock(out MutexLock again));
        again.Dispose();
    }

    private static void Unlock(ValueTask<MutexLock> pending)
    {
        Assert.True(pending.IsCompletedSuccessfully);
        pending.GetAwaiter().GetResult().Dispose();
    }
}
