using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>Futures inside one process.</summary>
public sealed class FutureTests
{
    [Fact]
    public void Set_Once_SecondIsRefused()
    {
        using var segment = new Segment();
        var future = SharedFuture<int>.Create(segment.First, "f");
        Assert.Equal((FutureState.Pending, false), (future.State, future.TryGet(out _)));

        Assert.True(future.TrySet(7));

        Assert.False(future.TrySet(8));
        Assert.False(future.TryFail("late"));
        Assert.False(future.TryBegin(out _));
        Assert.Equal((7, FutureState.Ready), (future.Get(), future.State));
        Assert.True(future.CompletionTime > 0);
        Assert.Equal(7, SharedFuture<int>.Open(segment.OpenAgain(), "f").Get());
    }

    [Fact]
    public void Set_ManyThreads_OneSucceedsAndAllSeeItsValue()
    {
        for (int round = 0; round < 50; round++)
        {
            using var segment = new Segment(ours: true);
            var future = SharedFuture<long>.Create(segment.First, "f");
            int won = 0;
            long winner = -1;
            Crew.Run(8, self =>
            {
                if (self % 2 == 0)
                {
                    if (future.TrySet(self))
                    {
                        Interlocked.Increment(ref won);
                        Volatile.Write(ref winner, self);
                    }
                }
                else
                {
                    long seen = future.Get();
                    Assert.True(seen is 0 or 2 or 4 or 6);
                }
            });
            Assert.Equal((1, winner), (won, future.Get()));
        }
    }

    [Fact]
    public async Task Fail_TextComesOut_CutAtACharacter()
    {
        using var segment = new Segment();
        var future = SharedFuture<double>.Create(segment.First, "f");
        Assert.Null(future.ErrorText);
        string text = new('é', 200);

        Assert.True(future.TryFail(text));

        Assert.Equal(new string('é', 127), future.ErrorText);
        var error = Assert.Throws<FutureFailedException>(() => future.Get());
        Assert.Equal(future.ErrorText, error.ErrorText);
        Assert.Throws<FutureFailedException>(() => future.TryGet(out _));
        await Assert.ThrowsAsync<FutureFailedException>(async () => await future);
        await Assert.ThrowsAsync<FutureFailedException>(async () => await future.GetAsync(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Cancel_WaitersGetTheCancellation()
    {
        using var segment = new Segment();
        var future = SharedFuture<int>.Create(segment.First, "f");
        Task<int> waiting = future.GetAsync().AsTask();

        Assert.True(future.TryCancel());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.ThrowsAny<OperationCanceledException>(() => future.Get());
        Assert.True(future.IsCanceled);
    }

    [Fact]
    public async Task Waits_TimeOutAndCancellation_LeaveNothing()
    {
        using var segment = new Segment();
        var future = SharedFuture<int>.Create(segment.First, "f");
        using var stop = new CancellationTokenSource();

        Assert.False(future.Get(out _, TimeSpan.Zero));
        Assert.False(future.Get(out _, TimeSpan.FromMilliseconds(20)));
        Assert.Null(await future.GetAsync(TimeSpan.Zero));
        Assert.Null(await future.GetAsync(TimeSpan.FromMilliseconds(20)));
        Task blocked = Segment.Background(() => future.Get(stop.Token));
        Task<int> awaited = future.GetAsync(stop.Token).AsTask();
        Segment.Until(() => future.WaitingCount == 2);
        await stop.CancelAsync();

        Assert.ThrowsAny<OperationCanceledException>(() => blocked.GetAwaiter().GetResult());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => awaited);
        Assert.Equal((0, 0), (future.WaitingCount, future.Core.Site.WaiterCount));
    }

    [Fact]
    public async Task Waits_Disposed_End()
    {
        using var segment = new Segment();
        SharedMemory other = segment.OpenAgain();
        var future = SharedFuture<int>.Create(segment.First, "f");
        Task<int> awaited = SharedFuture<int>.Open(other, "f").GetAsync().AsTask();
        Segment.Until(() => future.WaitingCount == 1);

        other.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => awaited.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task ContinueWith_RegisteredBeforeAndAfter_BothFire()
    {
        using var segment = new Segment();
        var future = SharedFuture<int>.Create(segment.First, "f");
        var seen = new List<int>();
        Task[] before = [.. Enumerable.Range(0, 10).Select(i => future.ContinueWith(f =>
        {
            lock (seen)
            {
                seen.Add(f.Get() + i);
            }
        }))];
        Assert.Empty(seen);

        SharedFuture<int>.Open(segment.OpenAgain(), "f").TrySet(100);
        await Task.WhenAll(before).WaitAsync(TimeSpan.FromSeconds(60));
        await future.ContinueWith(f => seen.Add(f.Get() + 10));

        Assert.Equal(Enumerable.Range(100, 11), seen.Order());
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => future.ContinueWith(_ => throw new InvalidOperationException("mine")));
    }

    [Fact]
    public async Task SelectAndSelectMany_StoreTheirResultsUnderNames()
    {
        using var segment = new Segment();
        using var elsewhere = new Segment();
        var source = SharedFuture<int>.Create(segment.First, "source");
        var inner = SharedFuture<double>.Create(segment.First, "inner");
        SharedFuture<long> squared = source.Select("squared", x => (long)x * x, elsewhere.First);
        SharedFuture<double> joined = source.SelectMany("joined", _ => inner);
        SharedFuture<int> broken = squared.Select<int>("broken", _ => throw new InvalidOperationException("no root"));
        Assert.Equal(FutureState.Computing, squared.State);

        Assert.True(source.TrySet(-12));
        Assert.True(inner.TrySet(0.5));

        Assert.Equal(144, await SharedFuture<long>.Open(elsewhere.First, "squared").GetAsync());
        Assert.Equal(0.5, await joined);
        Assert.Equal("no root", (await Assert.ThrowsAsync<FutureFailedException>(async () => await broken)).ErrorText);
    }

    [Fact]
    public async Task Select_SourceFailsOrIsCancelled_SoDoesTheResult()
    {
        using var segment = new Segment();
        var failing = SharedFuture<int>.Create(segment.First, "failing");
        var cancelled = SharedFuture<int>.Create(segment.First, "cancelled");
        SharedFuture<int> a = failing.Select("a", x => x + 1).Select("a2", x => x + 1);
        SharedFuture<int> b = cancelled.Select("b", x => x + 1);

        failing.TryFail("broken sensor");
        cancelled.TryCancel();

        Assert.Equal("broken sensor", (await Assert.ThrowsAsync<FutureFailedException>(async () => await a)).ErrorText);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await b);
        Assert.True(b.IsCanceled);
    }

    [Fact]
    public async Task WhenAllAndWhenAny_AcrossSegments()
    {
        using var one = new Segment();
        using var two = new Segment(ours: true);
        SharedFuture<int>[] futures =
        [
            SharedFuture<int>.Create(one.First, "a"), SharedFuture<int>.Create(two.First, "b"),
            SharedFuture<int>.Create(one.First, "c"),
        ];
        Task<int[]> all = SharedFuture.WhenAll(futures).AsTask();
        Task<SharedFuture<int>> any = SharedFuture.WhenAny(futures).AsTask();
        Assert.False(all.IsCompleted || any.IsCompleted);

        futures[1].TrySet(2);
        Assert.Same(futures[1], await any.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.False(all.IsCompleted);
        futures[2].TrySet(3);
        futures[0].TrySet(1);

        int[] values = await all.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(new[] { 1, 2, 3 }, values);
        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await SharedFuture.WhenAny(Array.Empty<SharedFuture<int>>()));
    }

    [Fact]
    public void Setter_DisposedWithoutResult_GivesTheFutureBack()
    {
        using var segment = new Segment();
        var future = SharedFuture<int>.Create(segment.First, "f");
        Assert.True(future.TryBegin(out FutureSetter<int>? setter));
        Assert.Equal(FutureState.Computing, future.State);
        Assert.False(future.TrySet(1));

        setter.Dispose();
        Assert.Equal(FutureState.Pending, future.State);
        Assert.True(future.TryBegin(out FutureSetter<int>? second));
        second.Set(2);

        Assert.Throws<InvalidOperationException>(() => second.Set(3));
        Assert.Throws<InvalidOperationException>(() => setter.Fail("x"));
        second.Dispose();
        Assert.Equal(2, future.Get());
    }

    [Fact]
    public void Open_WrongEntries_AreRefused()
    {
        using var segment = new Segment();
        SharedFuture<double>.Create(segment.First, "f64");
        long offset = segment.First.Table.Find("f64").Offset;

        Assert.Throws<EntryNotFoundException>(() => SharedFuture<int>.Open(segment.First, "none"));
        Assert.False(SharedFuture<int>.TryOpen(segment.First, "none", out _));
        Assert.Throws<Plenum.Platform.SegmentFormatException>(() => SharedFuture<Point>.Open(segment.First, "f64"));
        Assert.Throws<EntryExistsException>(() => SharedFuture<double>.Create(segment.First, "f64"));
        segment.First.Segment.UInt32(offset).WriteRelease(17);
        Assert.Throws<Plenum.Platform.SegmentFormatException>(() => SharedFuture<double>.Open(segment.First, "f64"));
    }

    [Fact]
    public void Get_Ready_AllocatesNothing()
    {
        using var segment = new Segment();
        var future = SharedFuture<double>.Create(segment.First, "f");
        future.TrySet(1);
        double sum = 0;
        for (int i = 0; i < 1000; i++)
        {
            sum += future.Get();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
        {
            sum += future.Get() + Now(future.GetAsync());
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(21_000, sum);
    }

    private static TValue Now<TValue>(ValueTask<TValue> task) =>
        task.IsCompletedSuccessfully ? task.Result : throw new InvalidOperationException("it waits");
}
