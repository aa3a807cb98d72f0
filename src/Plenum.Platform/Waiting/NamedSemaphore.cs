using System.Diagnostics.CodeAnalysis;

namespace Plenum.Platform;

/// <summary>A named counting semaphore that other languages' processes share (POSIX on Unix, a kernel object on
/// Windows).</summary>
/// <remarks>
/// <para>On Linux with glibc the count is a word of a shared file, <c>/dev/shm/sem.NAME</c>: taking and posting are one
/// interlocked instruction each, without a call into the C library, and a sleeper raises the waiter word that the
/// peers' <c>sem_post</c> looks at before it wakes. With another C library the library's own functions are
/// called.</para>
/// <para>Thread-safe, <see cref="Dispose"/> included: an operation in progress keeps the memory.</para>
/// </remarks>
public sealed partial class NamedSemaphore : IDisposable
{
    /// <summary>The largest count (SEM_VALUE_MAX).</summary>
    public const int MaxCount = int.MaxValue;

    private bool _disposed;

    /// <summary>The semaphore's name without a leading slash.</summary>
    public string Name { get; }

    /// <summary>Whether this system tells the number of tokens (<see cref="Count"/>): only Linux does.</summary>
    public static bool TellsCount => OperatingSystem.IsLinux();

    /// <summary>The present number of tokens; a snapshot. Peers that wait do not make it negative.</summary>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux: the other systems do not tell.</exception>
    public int Count
    {
        get
        {
            ThrowIfDisposed();
            return OperatingSystem.IsLinux()
                ? CountLinux()
                : throw new PlatformNotSupportedException("Only Linux tells the number of tokens of a semaphore.");
        }
    }

    /// <summary>Creates a semaphore exclusively.</summary>
    /// <param name="name">The name, with or without a leading slash; at most 251 bytes on Linux.</param>
    /// <param name="initialCount">Tokens at first, 0 or more.</param>
    /// <param name="permission">Who may open it; the process' umask does not narrow it.</param>
    /// <exception cref="SegmentExistsException">The name is taken.</exception>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    /// <exception cref="SharedMemoryException">The system refused.</exception>
    public static NamedSemaphore Create(
        string name, int initialCount = 0, SegmentPermission permission = SegmentPermission.SameUser)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(initialCount);
        string bare = SegmentName.Parse(name).Value;
        if (OperatingSystem.IsLinux())
        {
            return CreateLinux(bare, initialCount, permission);
        }

        if (OperatingSystem.IsMacOS())
        {
            return CreateMacOS(bare, initialCount, permission);
        }

        return OperatingSystem.IsWindows() ? CreateWindows(bare, initialCount) : throw Unsupported();
    }

    /// <summary>Opens an existing semaphore.</summary>
    /// <param name="name">The name, with or without a leading slash.</param>
    /// <exception cref="SegmentNotFoundException">No such semaphore.</exception>
    /// <exception cref="SharedMemoryException">The system refused.</exception>
    public static NamedSemaphore Open(string name) =>
        TryOpen(name, out NamedSemaphore? semaphore)
            ? semaphore
            : throw new SegmentNotFoundException(
                $"Could not open semaphore '{name}': it does not exist. Start the process that creates it, or check "
                + "the name.",
                "open semaphore",
                name);

    /// <summary>Opens an existing semaphore, or reports that there is none.</summary>
    /// <param name="name">The name, with or without a leading slash.</param>
    /// <param name="semaphore">The semaphore.</param>
    /// <returns>False when no semaphore of that name exists.</returns>
    /// <exception cref="SharedMemoryException">The system refused.</exception>
    public static bool TryOpen(string name, [NotNullWhen(true)] out NamedSemaphore? semaphore)
    {
        string bare = SegmentName.Parse(name).Value;
        if (OperatingSystem.IsLinux())
        {
            semaphore = OpenLinux(bare);
        }
        else if (OperatingSystem.IsMacOS())
        {
            semaphore = OpenMacOS(bare);
        }
        else
        {
            semaphore = OperatingSystem.IsWindows() ? OpenWindows(bare) : throw Unsupported();
        }

        return semaphore is not null;
    }

    /// <summary>Removes a semaphore's name; processes that have it open keep it.</summary>
    /// <param name="name">The name, with or without a leading slash.</param>
    /// <returns>False when no semaphore of that name exists.</returns>
    /// <exception cref="SharedMemoryException">The system refused.</exception>
    public static bool Remove(string name)
    {
        string bare = SegmentName.Parse(name).Value;
        if (OperatingSystem.IsLinux())
        {
            return RemoveLinux(bare);
        }

        // Windows: a semaphore ends with its last handle; there is no name to remove before.
        return OperatingSystem.IsMacOS() && RemoveMacOS(bare);
    }

    /// <summary>Adds tokens and wakes as many waiters. Never blocks. Full fence: what was stored before is visible to
    /// the taker.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <returns>False when the count would exceed <see cref="MaxCount"/>; nothing is added then (EOVERFLOW).</returns>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed.</exception>
    public bool TryPost(int count = 1)
    {
        ThrowIfDisposed();
        if (OperatingSystem.IsLinux())
        {
            return PostLinux(count);
        }

        if (OperatingSystem.IsMacOS())
        {
            return PostMacOS(count);
        }

        return OperatingSystem.IsWindows() ? PostWindows(count) : throw Unsupported();
    }

    /// <summary>Takes one token if there is one. Never blocks. Full fence when it succeeds.</summary>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed.</exception>
    public bool TryWait()
    {
        ThrowIfDisposed();
        return TakeCore(1) == 1;
    }

    /// <summary>Takes up to <paramref name="maximum"/> tokens with one instruction. Never blocks.</summary>
    /// <param name="maximum">How many at most, at least 1.</param>
    /// <returns>How many were taken; 0 when there was none.</returns>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed.</exception>
    public int TryWaitMany(int maximum)
    {
        ThrowIfDisposed();
        return TakeCore(maximum);
    }

    /// <summary>Takes one token: spins, then sleeps until one comes or the time is over (monotonic clock).</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever; zero tries
    /// once.</param>
    /// <param name="strategy">How long to spin first; null for <see cref="WaitStrategy.Balanced"/>.</param>
    /// <param name="cancellationToken">Wakes the thread at once, without polling.</param>
    /// <returns>False when the time was over first.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed.</exception>
    public bool Wait(TimeSpan timeout, WaitStrategy? strategy = null, CancellationToken cancellationToken = default) =>
        WaitCore(timeout, strategy, endsOnWake: false, cancellationToken);

    /// <summary>As <see cref="Wait"/>, and ends without a token when any process calls
    /// <see cref="WakeWaiters"/>.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever; zero tries
    /// once.</param>
    /// <param name="strategy">How long to spin first; null for <see cref="WaitStrategy.Balanced"/>.</param>
    /// <param name="cancellationToken">Wakes the thread at once, without polling.</param>
    /// <returns>False when the time was over, or when the caller should look at what it waits for besides the token;
    /// that may be for nothing.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed.</exception>
    public bool WaitOnce(TimeSpan timeout, WaitStrategy? strategy = null,
        CancellationToken cancellationToken = default) =>
        WaitCore(timeout, strategy, endsOnWake: true, cancellationToken);

    /// <summary>
    /// Wakes everybody who is asleep on this semaphore, in any process, without a token: <see cref="WaitOnce"/> ends
    /// with false, other waits and those of the C library go on.
    /// </summary>
    /// <remarks>Never blocks. Reaches who is asleep, not who is about to sleep, so it is a hint beside a bounded wait.
    /// Does nothing outside Linux, and with a C library other than glibc.</remarks>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed.</exception>
    public void WakeWaiters()
    {
        ThrowIfDisposed();
        if (OperatingSystem.IsLinux())
        {
            WakeSleepersLinux();
        }
    }

    /// <summary>
    /// Stops handing out tokens through this object and ends its waits with <see cref="ObjectDisposedException"/>; the
    /// semaphore itself stays. Idempotent.
    /// </summary>
    public void Dispose()
    {
        // The few bytes stay mapped until the object is collected, so that a concurrent operation never touches
        // unmapped memory.
        // FENCE store _disposed, then load _sleepers; a sleeper counts itself, then looks at _disposed.
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        var spin = new SpinWait();
        while (Volatile.Read(ref _sleepers) != 0)
        {
            // A wake that comes between a sleeper's last look and its sleep finds nobody: repeat until all are gone.
            WakeSleepers();
            spin.SpinOnce();
        }
    }

    private bool WaitCore(
        TimeSpan timeout, WaitStrategy? strategy, bool endsOnWake, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        if (TryWait())
        {
            return true;
        }

        if (timeout == TimeSpan.Zero)
        {
            return false;
        }

        long deadline = MonotonicClock.Deadline(timeout);
        WaitStrategy used = strategy ?? WaitStrategy.Balanced;

        // Never longer than the whole wait.
        long limit = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : timeout.Ticks * 100;
        var spin = new SpinWaiter(used, (int)Math.Min(used.SpinNanoseconds, limit));
        while (spin.SpinOnce())
        {
            if ((!OperatingSystem.IsLinux() || CountLinux() > 0) && TryWait())
            {
                return true;
            }

            cancellationToken.ThrowIfCancellationRequested();
        }

        if (OperatingSystem.IsLinux())
        {
            return ParkLinux(deadline, endsOnWake, cancellationToken);
        }

        // macOS has no timed wait: the await's polling thread looks for a token every 0.1 to 10 ms.
        return OperatingSystem.IsWindows()
            ? ParkWindows(deadline, cancellationToken)
            : ParkAsync(deadline, endsOnWake, cancellationToken).AsTask().GetAwaiter().GetResult();
    }

    private int TakeCore(int maximum)
    {
        if (OperatingSystem.IsLinux())
        {
            return TakeLinux(maximum);
        }

        if (OperatingSystem.IsMacOS())
        {
            return TakeMacOS(maximum);
        }

        return OperatingSystem.IsWindows() ? TakeWindows(maximum) : throw Unsupported();
    }

    private void WakeSleepers()
    {
        AwaitHub.SignalAll();
        if (OperatingSystem.IsLinux())
        {
            WakeSleepersLinux();
        }
    }

    private static PlatformNotSupportedException Unsupported() =>
        new("Named semaphores need Linux, macOS or Windows.");

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
}
