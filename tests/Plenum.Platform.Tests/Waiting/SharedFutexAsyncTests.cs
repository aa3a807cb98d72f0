using Plenum.TestSupport;

namespace Plenum.Platform.Tests.Waiting;

/// <summary>Awaits on words: by lanes, by waiter threads, and polled.</summary>
public sealed class SharedFutexAsyncTests : IDisposable
{
    private readonly TempSegment _name = new("async");
    private readonly SharedSegment _segment;

    public SharedFutexAsyncTests() => _segment = SharedSegment.Create(_name.SegmentName, 1 << 20);

    public static TheoryData<string> Ways => ["lanes", "threads", "polled"];

    public void Dispose()
    {
        AwaitHub.LaneLimit = 8;
        AwaitThread.PollsWords = false;
        _segment.Dispose();
        _name.Dispose();
    }

    [Fact]
    public async Task WaitAsync_OtherValue_CompletesAtOnce()
    {
        ValueTask<WaitResult> wait = SharedFutex.WaitAsync(_segment, _segment.UInt32(0), 1, Timeout.InfiniteTimeSpan);

        Assert.True(wait.IsCompletedSuccessfully);
        Assert.Equal(WaitResult.ValueChanged, await wait);
    }

    [Fact]
    public async Task WaitAsync_ZeroTimeout_TimesOutAtOnce()
    {
        ValueTask<WaitResult> wait = SharedFutex.WaitAsync(_segment, _segment.UInt32(0), 0, TimeSpan.Zero);

        Assert.True(wait.IsCompletedSuccessfully);
        Assert.Equal(WaitResult.TimedOut, await wait);
    }

    [Fact]
    public async Task WaitAsync_WordOfAnotherSegment_Refused()
    {
        using var other = new TempSegment();
        using SharedSegment second = SharedSegment.Create(other.SegmentName, 64);

        await Assert.ThrowsAsync<ArgumentException>(
            () => SharedFutex.WaitAsync(_segment, second.UInt32(0), 0, TimeSpan.FromSeconds(1)).AsTask());
    }

    [Fact]
    public Task WaitAsync_NegativeTimeout_Refused() => Assert.ThrowsAsync<ArgumentOutOfRangeException>(
        () => SharedFutex.WaitAsync(_segment, _segment.UInt32(0), 0, TimeSpan.FromSeconds(-2)).AsTask());

    [Theory]
    [MemberData(nameof(Ways))]
    public Task WaitAsync_WordChangesAndWakes_Completes(string way) => Watchdog.RunAsync(async () =>
    {
        Choose(way);
        SharedUInt32 word = _segment.UInt32(128);
        for (uint i = 0; i < 50; i++)
        {
            ValueTask<WaitResult> wait = SharedFutex.WaitAsync(_segment, word, i, Timeout.InfiniteTimeSpan);
            Assert.False(wait.IsCompleted);
            word.Increment();
            SharedFutex.WakeAll(word);

            Assert.NotEqual(WaitResult.TimedOut, await wait);
        }
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public Task WaitAsync_NobodyWakes_TimesOutNotBeforeItsTime(string way) => Watchdog.RunAsync(async () =>
    {
        Choose(way);
        long start = MonotonicClock.Nanoseconds;

        WaitResult result = await SharedFutex.WaitAsync(_segment, _segment.UInt32(0), 0, TimeSpan.FromMilliseconds(30));

        Assert.Equal(WaitResult.TimedOut, result);
        Assert.InRange(MonotonicClock.Nanoseconds - start, 30_000_000, long.MaxValue);
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public Task WaitAsync_DifferentTimeouts_EndInOrder(string way) => Watchdog.RunAsync(async () =>
    {
        Choose(way);
        long start = MonotonicClock.Nanoseconds;
        Task<long>[] waits = Enumerable.Range(0, 20).Select(async i =>
        {
            TimeSpan timeout = TimeSpan.FromMilliseconds(100 - (i * 5));
            Assert.Equal(WaitResult.TimedOut, await SharedFutex.WaitAsync(_segment, _segment.UInt32(i * 64), 0,
                timeout));
            return MonotonicClock.Nanoseconds - start - ((long)timeout.TotalMilliseconds * 1_000_000);
        }).ToArray();

        long[] late = await Task.WhenAll(waits);

        Assert.All(late, by => Assert.InRange(by, 0, long.MaxValue));
    });

    [Fact]
    public async Task WaitAsync_CancelledBefore_Throws()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => SharedFutex.WaitAsync(_segment, _segment.UInt32(0), 0, Timeout.InfiniteTimeSpan,
            source.Token).AsTask());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public Task WaitAsync_CancelledWhilePending_Throws(string way) => Watchdog.RunAsync(async () =>
    {
        Choose(way);
        for (int i = 0; i < 200; i++)
        {
            using var source = new CancellationTokenSource();
            Task<WaitResult> wait = SharedFutex.WaitAsync(
                _segment, _segment.UInt32(0), 0, TimeSpan.FromSeconds(50), source.Token).AsTask();
            if (i % 2 == 0)
            {
                // From another thread, at any moment of the registration.
                await Task.Run(source.Cancel);
            }
            else
            {
                source.Cancel();
            }

            OperationCanceledException e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
            Assert.Equal(source.Token, e.CancellationToken);
        }
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public Task WaitAsync_Thousands_AllComplete(string way) => Watchdog.RunAsync(async () =>
    {
        Choose(way);
        const int count = 3000;
        var waits = new Task<WaitResult>[count];
        for (int i = 0; i < count; i++)
        {
            waits[i] = SharedFutex.WaitAsync(_segment, _segment.UInt32(i * 64), 0, Timeout.InfiniteTimeSpan).AsTask();
        }

        Assert.DoesNotContain(waits, wait => wait.IsCompleted);
        for (int i = 0; i < count; i++)
        {
            SharedUInt32 word = _segment.UInt32(i * 64);
            word.WriteRelease(1);
            SharedFutex.WakeAll(word);
        }

        WaitResult[] results = await Task.WhenAll(waits);
        Assert.DoesNotContain(WaitResult.TimedOut, results);
        Assert.InRange(AwaitHub.ThreadCount, count / AwaitThread.Capacity, (count / AwaitThread.Capacity) + 2);
    });

    [Fact]
    public Task WaitAsync_ContinuationsBlock_OthersStillComplete() => Watchdog.RunAsync(async () =>
    {
        using var release = new ManualResetEventSlim();
        SharedUInt32 first = _segment.UInt32(0), second = _segment.UInt32(128);
        Task[] blockers = Enumerable.Range(0, 12).Select(async _ =>
        {
            await SharedFutex.WaitAsync(_segment, first, 0, Timeout.InfiniteTimeSpan);
            release.Wait();
        }).ToArray();
        first.WriteRelease(1);
        SharedFutex.WakeAll(first);

        Task<WaitResult> other = SharedFutex.WaitAsync(_segment, second, 0, Timeout.InfiniteTimeSpan).AsTask();
        second.WriteRelease(1);
        SharedFutex.WakeAll(second);

        Assert.NotEqual(WaitResult.TimedOut, await other);
        release.Set();
        await Task.WhenAll(blockers);
    });

    [Fact]
    public Task WaitAsync_SegmentDisposedWhilePending_StaysMappedAndEnds() => Watchdog.RunAsync(async () =>
    {
        using var name = new TempSegment();
        SharedSegment mine = SharedSegment.Create(name.SegmentName, 4096);
        using SharedSegment peer = SharedSegment.Open(name.SegmentName);
        Task<WaitResult> wait = SharedFutex.WaitAsync(mine, mine.UInt32(0), 0, Timeout.InfiniteTimeSpan).AsTask();
        mine.Dispose();

        peer.UInt32(0).WriteRelease(1);
        SharedFutex.WakeAll(peer.UInt32(0));

        Assert.NotEqual(WaitResult.TimedOut, await wait);
    });

    [Fact]
    public async Task WaitAsync_SegmentDisposedBefore_Throws()
    {
        using var name = new TempSegment();
        SharedSegment segment = SharedSegment.Create(name.SegmentName, 4096);
        SharedUInt32 word = segment.UInt32(0);
        segment.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await SharedFutex.WaitAsync(segment, word, 0, TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public Task WaitAsync_PingPong_LosesNoWake(string way) => Watchdog.RunAsync(async () =>
    {
        Choose(way);
        int rounds = way == "polled" ? 300 : Campaign.Count(5_000, 200_000);
        Task echo = Task.Run(() => Turn(_segment.UInt32(0), _segment.UInt32(256), rounds));
        for (uint i = 1; i <= rounds; i++)
        {
            _segment.UInt32(0).WriteRelease(i);
            SharedFutex.Wake(_segment.UInt32(0));
            while (_segment.UInt32(256).ReadAcquire() != i)
            {
                await SharedFutex.WaitAsync(_segment, _segment.UInt32(256), i - 1, Timeout.InfiniteTimeSpan);
            }
        }

        await echo;
        Assert.Equal((uint)rounds, _segment.UInt32(256).ReadAcquire());
    });

    [Theory]
    [InlineData("lanes")]
    [InlineData("threads")]
    public Task WaitAsync_AfterWarmUp_AllocatesNothing(string way) => Watchdog.RunAsync(async () =>
    {
        Choose(way);
        using var source = new CancellationTokenSource();
        await Measure(500, source.Token);

        long bytes = await Measure(5_000, source.Token);

        // The measurement itself and the runtime's own threads allocate a little; one object per wait would be over
        // 100,000 bytes.
        Assert.InRange(bytes, 0, 20_000);
    });

    private static void Choose(string way)
    {
        AwaitHub.LaneLimit = way == "lanes" ? 8 : 0;
        AwaitThread.PollsWords = way == "polled";
    }

    private async Task<long> Measure(int rounds, CancellationToken token)
    {
        SharedUInt32 word = _segment.UInt32(512);
        uint start = word.ReadAcquire();
        var poster = new Thread(() =>
        {
            SharedUInt32 acknowledged = _segment.UInt32(640);
            for (uint i = 1; i <= rounds; i++)
            {
                word.Increment();
                SharedFutex.Wake(word);
                while (acknowledged.ReadAcquire() != start + i)
                {
                    SharedFutex.Wait(acknowledged, start + i - 1, TimeSpan.FromMilliseconds(100));
                }
            }
        });
        SharedUInt32 answer = _segment.UInt32(640);
        answer.WriteRelease(start);
        poster.Start();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (uint i = 1; i <= rounds; i++)
        {
            while (word.ReadAcquire() != start + i)
            {
                await SharedFutex.WaitAsync(_segment, word, start + i - 1, TimeSpan.FromSeconds(20), token);
            }

            answer.WriteRelease(start + i);
            SharedFutex.Wake(answer);
        }

        long after = GC.GetTotalAllocatedBytes(precise: true);
        poster.Join();
        return after - before;
    }

    private async Task Turn(SharedUInt32 ask, SharedUInt32 answer, int rounds)
    {
        for (uint i = 1; i <= rounds; i++)
        {
            while (ask.ReadAcquire() != i)
            {
                await SharedFutex.WaitAsync(_segment, ask, i - 1, TimeSpan.FromSeconds(30));
            }

            answer.WriteRelease(i);
            SharedFutex.Wake(answer);
        }
    }
}
