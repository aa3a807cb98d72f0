using Plenum.TestSupport;

namespace Plenum.Platform.Tests.Waiting;

[Trait("OS", "Linux")]
public sealed class NamedSemaphoreAsyncTests : IDisposable
{
    private readonly TempSegment _name = new("sema");
    private readonly NamedSemaphore _semaphore;

    public NamedSemaphoreAsyncTests() => _semaphore = NamedSemaphore.Create(SemaphoreName);

    public static TheoryData<string> Ways => ["lanes", "threads", "polled"];

    private string SemaphoreName => "sem-r-" + _name.Name;

    public void Dispose()
    {
        AwaitHub.LaneLimit = 8;
        AwaitThread.PollsWords = false;
        _semaphore.Dispose();
        _name.Dispose();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public Task WaitAsync_TokensOfTheCLibrary_TakenExactlyOnce(string way) => Watchdog.RunAsync(async () =>
    {
        Choose(way);
        const int count = 60;
        Task<bool>[] waits = Enumerable.Range(0, count)
            .Select(_ => _semaphore.WaitAsync(Timeout.InfiniteTimeSpan).AsTask()).ToArray();
        Assert.DoesNotContain(waits, wait => wait.IsCompleted);
        using PeerProcess peer = PeerProcess.StartPythonCode(
            """
            import ctypes, sys
            lib = ctypes.CDLL(None)
            lib.sem_open.restype = ctypes.c_void_p
            sem = ctypes.c_void_p(lib.sem_open(("/" + sys.argv[1]).encode(), 0))
            for i in range(int(sys.argv[2])): lib.sem_post(sem)
            """,
            SemaphoreName,
            $"{count}");

        bool[] taken = await Task.WhenAll(waits);

        Assert.All(taken, Assert.True);
        peer.ExpectExit();
        Assert.Equal(0, _semaphore.Count);
        Assert.Equal(0ul, Word());
    });

    [Fact]
    public async Task WaitAsync_TokenThere_CompletesAtOnce()
    {
        _semaphore.TryPost();

        ValueTask<bool> wait = _semaphore.WaitAsync(Timeout.InfiniteTimeSpan);

        Assert.True(wait.IsCompletedSuccessfully);
        Assert.True(await wait);
        Assert.False(await _semaphore.WaitAsync(TimeSpan.Zero));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public Task WaitAsync_NoToken_TimesOut(string way) => Watchdog.RunAsync(async () =>
    {
        Choose(way);
        long start = MonotonicClock.Nanoseconds;

        Assert.False(await _semaphore.WaitAsync(TimeSpan.FromMilliseconds(20)));

        Assert.InRange(MonotonicClock.Nanoseconds - start, 20_000_000, long.MaxValue);
        Assert.Equal(0ul, Word());
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public Task WaitAsync_ManyCancelledAmongOthers_NoTokenIsSleptBeside(string way) => Watchdog.RunAsync(async () =>
    {
        Choose(way);
        for (int i = 0; i < 200; i++)
        {
            using var source = new CancellationTokenSource();
            Task<bool> impatient = _semaphore.WaitAsync(Timeout.InfiniteTimeSpan, source.Token).AsTask();
            Task<bool> patient = _semaphore.WaitAsync(Timeout.InfiniteTimeSpan).AsTask();
            Task cancel = Task.Run(source.Cancel);
            _semaphore.TryPost();
            await cancel;
            bool took = await impatient.ContinueWith(task => task.IsCompletedSuccessfully, TaskScheduler.Default);
            if (took)
            {
                _semaphore.TryPost();
            }

            Assert.True(await patient);
            Assert.Equal(0ul, Word());
        }
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public Task Dispose_WhileAwaited_EndsTheWaits(string way) => Watchdog.RunAsync(async () =>
    {
        Choose(way);
        NamedSemaphore semaphore = NamedSemaphore.Open(SemaphoreName);
        Task<bool>[] waits = Enumerable.Range(0, 30)
            .Select(_ => semaphore.WaitAsync(Timeout.InfiniteTimeSpan).AsTask()).ToArray();

        semaphore.Dispose();

        foreach (Task<bool> wait in waits)
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(() => wait);
        }

        Assert.Equal(0ul, Word());
        Assert.True(_semaphore.TryPost());
        Assert.True(_semaphore.TryWait());
    });

    [Fact]
    public Task WaitAsync_AfterWarmUp_AllocatesNothing() => Watchdog.RunAsync(async () =>
    {
        using NamedSemaphore back = NamedSemaphore.Create("sem-w-" + _name.Name);
        await Exchange(back, 500);
        long before = GC.GetTotalAllocatedBytes(precise: true);

        await Exchange(back, 5_000);

        // One task per call of Exchange, and the runtime's own; one object per wait would be over 100,000 bytes.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 20_000);
    });

    private static void Choose(string way)
    {
        AwaitHub.LaneLimit = way == "lanes" ? 8 : 0;
        AwaitThread.PollsWords = way == "polled";
    }

    private async Task Exchange(NamedSemaphore back, int rounds)
    {
        Task echo = Echo(back, rounds);
        for (int i = 0; i < rounds; i++)
        {
            _semaphore.TryPost();
            Assert.True(await back.WaitAsync(Timeout.InfiniteTimeSpan));
        }

        await echo;
    }

    private async Task Echo(NamedSemaphore back, int rounds)
    {
        await Task.Yield();
        for (int i = 0; i < rounds; i++)
        {
            await _semaphore.WaitAsync(Timeout.InfiniteTimeSpan);
            back.TryPost();
        }
    }

    private ulong Word() => BitConverter.ToUInt64(File.ReadAllBytes("/dev/shm/sem." + SemaphoreName));
}
