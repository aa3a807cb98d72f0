namespace Plenum.ZeroIpc.Tests.Streams;

/// <summary>Operators of time, on a clock that the test moves.</summary>
public sealed class OperatorTimeTests
{
    private readonly HandClock _clock = new();

    [Fact]
    public void Window_TumblingInTime_CutsAtItsGrid()
    {
        using TestMemory test = TestMemory.Create();
        SharedStream<int> stream = SharedStream<int>.Create(test.Memory, "s", 16);
        using StreamCursor<int[]> run = stream.Window(TimeSpan.FromSeconds(10), default, _clock).OpenCursor();

        Assert.Equal(Pull.Pending, run.TryPull(out _));
        Emit(stream, run, 0, 1);
        Emit(stream, run, 4, 2);
        Emit(stream, run, 9, 3);
        _clock.At(10);
        Assert.Equal([1, 2, 3], Cut(run));
        Emit(stream, run, 35, 4);
        Assert.Equal(TimeSpan.FromSeconds(5), run.DueIn);
        _clock.At(40);
        Assert.Equal([4], Cut(run));
        Emit(stream, run, 41, 5);
        stream.Close();
        Assert.Equal([5], Cut(run));
        Assert.Equal(Pull.Completed, run.TryPull(out _));
    }

    [Fact]
    public void Window_SlidingInTime_OverlapsAsAskedFor()
    {
        using TestMemory test = TestMemory.Create();
        SharedStream<int> stream = SharedStream<int>.Create(test.Memory, "s", 16);
        using StreamCursor<int[]> run = stream.Window(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5),
            _clock).OpenCursor();
        Emit(stream, run, 0, 1);
        Emit(stream, run, 6, 2);
        _clock.At(10);
        Assert.Equal([1, 2], Cut(run));
        Emit(stream, run, 12, 3);
        _clock.At(15);
        Assert.Equal([2, 3], Cut(run));
        _clock.At(20);
        Assert.Equal([3], Cut(run));
        Assert.Equal(Pull.Pending, run.TryPull(out _));
    }

    [Fact]
    public void Throttle_PassesOneValueInAnInterval()
    {
        using TestMemory test = TestMemory.Create();
        SharedStream<int> stream = SharedStream<int>.Create(test.Memory, "s", 16);
        using StreamCursor<int> run = stream.Throttle(TimeSpan.FromSeconds(10), _clock).OpenCursor();
        var passed = new List<int>();
        foreach ((int second, int value) in new[] { (0, 1), (3, 2), (9, 3), (10, 4), (11, 5), (30, 6) })
        {
            _clock.At(second);
            Assert.True(stream.TryEmit(value));
            if (run.TryPull(out int next) == Pull.Value)
            {
                passed.Add(next);
            }
        }

        Assert.Equal([1, 4, 6], passed);
    }

    [Fact]
    public void Sample_GivesTheLatestOfEachPeriod()
    {
        using TestMemory test = TestMemory.Create();
        SharedStream<int> stream = SharedStream<int>.Create(test.Memory, "s", 16);
        using StreamCursor<int> run = stream.Sample(TimeSpan.FromSeconds(10), _clock).OpenCursor();
        var sampled = new List<int>();
        foreach ((int second, int value) in new[] { (0, 1), (3, 2), (9, 3), (12, 4), (19, 5), (40, 6) })
        {
            _clock.At(second);
            while (run.TryPull(out int early) == Pull.Value)
            {
                sampled.Add(early);
            }

            Assert.True(stream.TryEmit(value));
            Assert.Equal(Pull.Pending, run.TryPull(out _));
        }

        stream.Close();
        Assert.Equal(Pull.Value, run.TryPull(out int last));
        sampled.Add(last);
        Assert.Equal([3, 5, 6], sampled);
    }

    [Fact]
    public async Task Merge_OfStreamsInSharedMemory_WaitsForWhicheverComesFirst()
    {
        using TestMemory test = TestMemory.Create();
        SharedStream<int> one = SharedStream<int>.Create(test.Memory, "one", 4);
        SharedStream<int> two = SharedStream<int>.Create(test.Memory, "two", 4);
        await TestSupport.Watchdog.RunAsync(async () =>
        {
            IAsyncEnumerator<int> merged = one.Merge(two).GetAsyncEnumerator(TestContext.Current.CancellationToken);
            ValueTask<bool> next = merged.MoveNextAsync();
            Assert.True(two.TryEmit(2));
            Assert.True(await next);
            Assert.Equal(2, merged.Current);
            two.Close();
            next = merged.MoveNextAsync();
            Assert.True(one.TryEmit(1));
            Assert.True(await next);
            Assert.Equal((1, 1), (merged.Current, one.SubscriberCount));
            one.Close();
            Assert.False(await merged.MoveNextAsync());
            await merged.DisposeAsync();
        });

        Assert.Equal(0, one.SubscriberCount);
    }

    [Fact]
    public void Observer_SeesEveryValueThenTheEnd()
    {
        using TestMemory test = TestMemory.Create();
        SharedStream<int> stream = SharedStream<int>.Create(test.Memory, "s", 4);
        var observer = new Notes();
        using IDisposable subscription = stream.Where(x => x > 1).Subscribe(observer);

        Assert.Equal(3, stream.TryEmit([1, 2, 3]));
        stream.Close();

        Assert.True(observer.Done.Wait(TestSupport.Watchdog.Limit, TestContext.Current.CancellationToken));
        Assert.Equal([2, 3], observer.Seen);
    }

    [Fact]
    public async Task Pump_WhoseFunctionFails_ClosesAndReportsIt()
    {
        using TestMemory test = TestMemory.Create();
        SharedStream<int> stream = SharedStream<int>.Create(test.Memory, "s", 4);
        using DerivedStream<int> derived = stream.Select(x => 10 / x).Into(test.Memory, "d", 4);

        Assert.Equal(2, stream.TryEmit([5, 0]));

        await Assert.ThrowsAsync<DivideByZeroException>(() => derived.Completion);
        Assert.True(derived.Stream.TryNext(out int two));
        Assert.Equal((2, true), (two, derived.Stream.IsCompleted));
    }

    private static int[] Cut(StreamCursor<int[]> run)
    {
        Assert.Equal(Pull.Value, run.TryPull(out int[] values));
        return values;
    }

    private void Emit(SharedStream<int> stream, StreamCursor<int[]> run, int second, int value)
    {
        _clock.At(second);
        Assert.True(stream.TryEmit(value));
        Assert.Equal(Pull.Pending, run.TryPull(out _));
    }

    private sealed class Notes : IObserver<int>
    {
        internal List<int> Seen { get; } = [];

        internal ManualResetEventSlim Done { get; } = new();

        public void OnCompleted() => Done.Set();

        public void OnError(Exception error) => Seen.Add(int.MinValue);

        public void OnNext(int value) => Seen.Add(value);
    }
}
