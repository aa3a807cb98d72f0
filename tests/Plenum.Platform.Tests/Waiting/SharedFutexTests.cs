using Plenum.TestSupport;

namespace Plenum.Platform.Tests.Waiting;

public sealed class SharedFutexTests : IDisposable
{
    private readonly TempSegment _name = new("futex");
    private readonly SharedSegment _segment;

    public SharedFutexTests() => _segment = SharedSegment.Create(_name.SegmentName, 4096);

    public void Dispose()
    {
        _segment.Dispose();
        _name.Dispose();
    }

    [Fact]
    public void Wait_OtherValue_ReturnsAtOnce() =>
        Assert.Equal(WaitResult.ValueChanged, SharedFutex.Wait(_segment.UInt32(0), 1, Timeout.InfiniteTimeSpan));

    [Fact]
    public void Wait_NobodyWakes_TimesOutNotBeforeItsTime()
    {
        long start = MonotonicClock.Nanoseconds;

        Assert.Equal(WaitResult.TimedOut, SharedFutex.Wait(_segment.UInt32(0), 0, TimeSpan.FromMilliseconds(20)));

        Assert.InRange(MonotonicClock.Nanoseconds - start, 20_000_000, long.MaxValue);
        Assert.Equal(WaitResult.TimedOut, SharedFutex.Wait(_segment.UInt32(0), 0, TimeSpan.Zero));
        Assert.Equal(WaitResult.TimedOut, SharedFutex.WaitUntil(_segment.UInt32(0), 0, -5));
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedFutex.Wait(_segment.UInt32(0), 0, TimeSpan.FromSeconds(-3)));
    }

    [Fact]
    public void Wait_Cancelled_WakesAtAnyMoment() => Watchdog.Run(() =>
    {
        for (int i = 0; i < 300; i++)
        {
            using var source = new CancellationTokenSource();
            var canceller = new Thread(source.Cancel);
            canceller.Start();
            Assert.ThrowsAny<OperationCanceledException>(() => WaitForEver(source.Token));
            canceller.Join();
        }
    });

    [Fact]
    public void Wake_AcrossProcesses_LosesNoMessage() => Watchdog.Run(() =>
    {
        int rounds = Campaign.Count(3_000, 100_000);
        using PeerProcess peer = PeerProcess.StartPeer(
            "platform-futex-echo", "--segment", _name.Name, "--rounds", $"{rounds}");
        peer.ExpectLine("ready");
        SharedUInt32 ask = _segment.UInt32(0), answer = _segment.UInt32(128);
        for (uint i = 1; i <= rounds; i++)
        {
            ask.WriteRelease(i);
            SharedFutex.Wake(ask);
            while (answer.ReadAcquire() != i)
            {
                SharedFutex.Wait(answer, i - 1, Timeout.InfiniteTimeSpan);
            }
        }

        peer.ExpectLine("done");
        peer.ExpectExit();
    });

    [Fact]
    public void Wake_Nobody_IsZero()
    {
        Assert.Equal(0, SharedFutex.Wake(_segment.UInt32(0)));
        Assert.Equal(0, SharedFutex.WakeAll(_segment.UInt32(0)));
    }

    [Fact]
    public void Wake_CountOfSleepers_WakesThatMany() => Watchdog.Run(() =>
    {
        int woken = 0;
        Thread[] sleepers = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            SharedFutex.Wait(_segment.UInt32(0), 0, Timeout.InfiniteTimeSpan);
            Interlocked.Increment(ref woken);
        })).ToArray();
        Array.ForEach(sleepers, sleeper => sleeper.Start());
        int told = 0;
        while (told < 3)
        {
            told += SharedFutex.Wake(_segment.UInt32(0), 2);
            Thread.Yield();
        }

        Array.ForEach(sleepers, sleeper => sleeper.Join());
        Assert.Equal(3, told);
        Assert.Equal(3, woken);
    });

    [Fact]
    public void WaitAndWake_AllocateNothing()
    {
        using var source = new CancellationTokenSource();
        Run(10);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Run(2_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int count)
        {
            for (int i = 0; i < count; i++)
            {
                SharedFutex.Wait(_segment.UInt32(0), 1, Timeout.InfiniteTimeSpan);
                SharedFutex.Wait(_segment.UInt32(0), 0, TimeSpan.FromTicks(1));
                SharedFutex.Wait(_segment.UInt32(0), 0, TimeSpan.FromTicks(1), source.Token);
                SharedFutex.Wake(_segment.UInt32(0));
            }
        }
    }

    private void WaitForEver(CancellationToken token)
    {
        while (true)
        {
            SharedFutex.Wait(_segment.UInt32(0), 0, Timeout.InfiniteTimeSpan, token);
        }
    }
}
