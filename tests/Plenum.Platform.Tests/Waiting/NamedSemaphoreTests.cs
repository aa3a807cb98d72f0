using Plenum.TestSupport;

namespace Plenum.Platform.Tests.Waiting;

[Trait("OS", "Linux")]
public sealed class NamedSemaphoreTests : IDisposable
{
    private const string CLibrary = """
        import ctypes, sys
        lib = ctypes.CDLL(None, use_errno=True)
        lib.sem_open.restype = ctypes.c_void_p
        lib.sem_open.argtypes = [ctypes.c_char_p, ctypes.c_int]
        sem = ctypes.c_void_p(lib.sem_open(("/" + sys.argv[1]).encode(), 0))
        value = ctypes.c_int()
        print("open", flush=True)
        for line in sys.stdin:
            verb = line.strip()
            if verb == "value":
                lib.sem_getvalue(sem, ctypes.byref(value))
                print("value", value.value, flush=True)
            elif verb == "wait": print("taken" if lib.sem_wait(sem) == 0 else "failed", flush=True)
            elif verb == "trywait": print("taken" if lib.sem_trywait(sem) == 0 else "none", flush=True)
            elif verb == "post": print("posted" if lib.sem_post(sem) == 0 else "errno %d" % ctypes.get_errno(),
                flush=True)
        """;

    private readonly TempSegment _name = new("sem");
    private readonly NamedSemaphore _semaphore;

    public NamedSemaphoreTests() => _semaphore = NamedSemaphore.Create(SemaphoreName);

    private string SemaphoreName => "sem-w-" + _name.Name;

    public void Dispose()
    {
        _semaphore.Dispose();
        _name.Dispose();
    }

    [Fact]
    public void Create_TakenName_Throws_AndOpenFindsTheSame()
    {
        Assert.Throws<SegmentExistsException>(() => NamedSemaphore.Create("/" + SemaphoreName));
        using NamedSemaphore second = NamedSemaphore.Open("/" + SemaphoreName);

        Assert.True(second.TryPost(3));

        Assert.Equal(3, _semaphore.Count);
        Assert.Equal(2, _semaphore.TryWaitMany(2));
        Assert.Equal(1, second.TryWaitMany(100));
        Assert.False(_semaphore.TryWait());
    }

    [Fact]
    public void Open_NoSuchName_ThrowsOrReportsFalse()
    {
        Assert.False(NamedSemaphore.TryOpen(SemaphoreName + "x", out _));
        Assert.Throws<SegmentNotFoundException>(() => NamedSemaphore.Open(SemaphoreName + "x"));
        Assert.False(NamedSemaphore.Remove(SemaphoreName + "x"));
        Assert.True(NamedSemaphore.Remove(SemaphoreName));
    }

    [Fact]
    public void PostAndTake_AgainstTheCLibrary_AgreeOnEveryToken() => Watchdog.Run(() =>
    {
        using PeerProcess peer = PeerProcess.StartPythonCode(CLibrary, SemaphoreName);
        peer.ExpectLine("open");

        Assert.True(_semaphore.TryPost(2));
        Assert.Equal("value 2", Ask(peer, "value"));
        Assert.Equal("taken", Ask(peer, "wait"));
        Assert.Equal("taken", Ask(peer, "trywait"));
        Assert.Equal("none", Ask(peer, "trywait"));
        Assert.Equal("posted", Ask(peer, "post"));
        Assert.Equal(1, _semaphore.Count);
        Assert.True(_semaphore.TryWait());
        Assert.Equal("value 0", Ask(peer, "value"));
    });

    [Fact]
    public void Wait_AsleepWhenTheCLibraryPosts_IsWoken() => Watchdog.Run(() =>
    {
        using PeerProcess peer = PeerProcess.StartPythonCode(CLibrary, SemaphoreName);
        peer.ExpectLine("open");
        for (int i = 0; i < 200; i++)
        {
            peer.WriteLine("post");
            Assert.True(_semaphore.Wait(Timeout.InfiniteTimeSpan, WaitStrategy.PowerSaving));
            peer.ExpectLine("posted");
        }

        Assert.Equal(0, _semaphore.Count);
    });

    [Fact]
    public void TryPost_CLibraryAsleep_WakesIt() => Watchdog.Run(() =>
    {
        using PeerProcess peer = PeerProcess.StartPythonCode(CLibrary, SemaphoreName);
        peer.ExpectLine("open");
        for (int i = 0; i < 200; i++)
        {
            peer.WriteLine("wait");
            Assert.True(_semaphore.TryPost());
            peer.ExpectLine("taken");
        }

        Assert.Equal(0, _semaphore.Count);
    });

    [Fact]
    public void TryPost_BeyondTheMaximum_AddsNothing() => Watchdog.Run(() =>
    {
        using PeerProcess peer = PeerProcess.StartPythonCode(CLibrary, SemaphoreName);
        peer.ExpectLine("open");
        Assert.True(_semaphore.TryPost(NamedSemaphore.MaxCount));

        Assert.False(_semaphore.TryPost());
        Assert.False(_semaphore.TryPost(NamedSemaphore.MaxCount));

        Assert.Equal("errno 75", Ask(peer, "post"));
        Assert.Equal(NamedSemaphore.MaxCount, _semaphore.Count);
        Assert.Equal(NamedSemaphore.MaxCount, _semaphore.TryWaitMany(NamedSemaphore.MaxCount));
        Assert.Throws<ArgumentOutOfRangeException>(() => _semaphore.TryPost(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _semaphore.TryWaitMany(0));
    });

    [Fact]
    public void Wait_NoToken_TimesOutNotBeforeItsTimeOnTheMonotonicClock()
    {
        long start = MonotonicClock.Nanoseconds;

        Assert.False(_semaphore.Wait(TimeSpan.Zero));
        Assert.False(_semaphore.Wait(TimeSpan.FromMilliseconds(30)));

        Assert.InRange(MonotonicClock.Nanoseconds - start, 30_000_000, long.MaxValue);
        Assert.Equal(0ul, Word() >> 32);
    }

    [Fact]
    public void Wait_Cancelled_WakesAtOnceAndWithdrawsItsWaiterWord() => Watchdog.Run(() =>
    {
        for (int i = 0; i < 100; i++)
        {
            using var source = new CancellationTokenSource();
            var canceller = new Thread(source.Cancel);
            canceller.Start();

            Assert.ThrowsAny<OperationCanceledException>(
                () => _semaphore.Wait(Timeout.InfiniteTimeSpan, WaitStrategy.PowerSaving, source.Token));

            canceller.Join();
        }

        Assert.Equal(0ul, Word());
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WakeWaiters_WithoutAToken_EndsWaitOnceAndNothingElse(bool awaited) => Watchdog.Run(() =>
    {
        using PeerProcess library = PeerProcess.StartPythonCode(CLibrary, SemaphoreName);
        library.ExpectLine("open");
        library.WriteLine("wait");
        var patient = new Thread(() => _semaphore.Wait(Timeout.InfiniteTimeSpan, WaitStrategy.PowerSaving));
        patient.Start();
        using NamedSemaphore other = NamedSemaphore.Open(SemaphoreName);
        bool? token = null;
        var once = new Thread(() => token = awaited
            ? other.WaitOnceAsync(Timeout.InfiniteTimeSpan).AsTask().GetAwaiter().GetResult()
            : other.WaitOnce(Timeout.InfiniteTimeSpan, WaitStrategy.PowerSaving));
        once.Start();

        // It reaches who is asleep, not who is about to sleep.
        while (!once.Join(TimeSpan.FromMilliseconds(1)))
        {
            _semaphore.WakeWaiters();
        }

        Assert.False(token);
        Assert.True(patient.IsAlive);
        Assert.Equal(0, _semaphore.Count);
        Assert.True(_semaphore.TryPost(2));
        patient.Join();
        library.ExpectLine("taken");
        Assert.Equal(0ul, Word());
    });

    [Fact]
    public void WaitOnce_TokensAmongBareWakes_NoneIsLost() => Watchdog.Run(() =>
    {
        using NamedSemaphore other = NamedSemaphore.Open(SemaphoreName);
        int rounds = Campaign.Count(2_000, 200_000);
        var poster = new Thread(() =>
        {
            for (int i = 0; i < rounds; i++)
            {
                other.WakeWaiters();
                Assert.True(other.TryPost());
                other.WakeWaiters();
            }
        });
        poster.Start();
        int taken = 0;
        while (taken < rounds)
        {
            taken += _semaphore.WaitOnce(Timeout.InfiniteTimeSpan, WaitStrategy.PowerSaving) ? 1 : 0;
        }

        poster.Join();
        Assert.Equal(0ul, Word());
    });

    [Fact]
    public void Wait_ManyCancelledAmongOthers_NoTokenIsSleptBeside() => Watchdog.Run(() =>
    {
        // One patient and one impatient waiter, one token: whoever consumes the wake and leaves passes it on.
        for (int i = 0; i < Campaign.Count(300, 20_000); i++)
        {
            using var source = new CancellationTokenSource();
            bool impatientTook = false;
            var impatient = new Thread(() =>
            {
                try
                {
                    impatientTook = _semaphore.Wait(Timeout.InfiniteTimeSpan, WaitStrategy.PowerSaving, source.Token);
                }
                catch (OperationCanceledException)
                {
                    // The usual end.
                }
            });
            var patient = new Thread(() => _semaphore.Wait(Timeout.InfiniteTimeSpan, WaitStrategy.PowerSaving));
            impatient.Start();
            patient.Start();
            var canceller = new Thread(source.Cancel);
            canceller.Start();
            Assert.True(_semaphore.TryPost());
            canceller.Join();
            impatient.Join();
            if (impatientTook)
            {
                Assert.True(_semaphore.TryPost());
            }

            patient.Join();
            Assert.Equal(0ul, Word());
        }
    });

    [Fact]
    public void Dispose_WhileWaiting_EndsTheWait() => Watchdog.Run(() =>
    {
        for (int i = 0; i < 50; i++)
        {
            NamedSemaphore semaphore = NamedSemaphore.Open(SemaphoreName);
            using var entered = new ManualResetEventSlim();
            var waiter = new Thread(() =>
            {
                entered.Set();
                Assert.Throws<ObjectDisposedException>(() =>
                    semaphore.Wait(Timeout.InfiniteTimeSpan, WaitStrategy.PowerSaving));
            });
            waiter.Start();
            entered.Wait();

            semaphore.Dispose();

            waiter.Join();
            Assert.Throws<ObjectDisposedException>(() => semaphore.TryPost());
            Assert.Throws<ObjectDisposedException>(() => semaphore.TryWait());
            Assert.Throws<ObjectDisposedException>(() => semaphore.Count);
        }

        Assert.Equal(0ul, Word());
    });

    [Fact]
    public void Wait_AKilledWaiterLeftItsWaiterWord_OthersStillExchangeTokens() => Watchdog.Run(() =>
    {
        using (PeerProcess peer = PeerProcess.StartPythonCode(CLibrary, SemaphoreName))
        {
            peer.ExpectLine("open");
            peer.WriteLine("wait");
            var spin = new SpinWait();
            while (Word() >> 32 == 0)
            {
                spin.SpinOnce();
            }

            peer.Kill();
        }

        Assert.Equal(1ul, Word() >> 32);
        for (int i = 0; i < 100; i++)
        {
            Assert.True(_semaphore.TryPost());
            Assert.True(_semaphore.Wait(TimeSpan.FromSeconds(10), WaitStrategy.PowerSaving));
        }

        Assert.Equal(0, _semaphore.Count);
    });

    [Fact]
    public void PostAndTake_AllocateNothing()
    {
        Exchange(100);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Exchange(10_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Exchange(int count)
        {
            for (int i = 0; i < count; i++)
            {
                _semaphore.TryPost(2);
                _semaphore.TryWait();
                _semaphore.Wait(Timeout.InfiniteTimeSpan);
                _semaphore.TryWaitMany(4);
                _ = _semaphore.Count;
            }
        }
    }

    private static string Ask(PeerProcess peer, string verb)
    {
        peer.WriteLine(verb);
        return peer.ReadLine();
    }

    // The C library's own view: sem_t of 64-bit glibc is one 64-bit word, value low, waiters high.
    private ulong Word() => BitConverter.ToUInt64(File.ReadAllBytes("/dev/shm/sem." + SemaphoreName));
}
