using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Plenum.Platform.Interop;

namespace Plenum.Platform;

/// <summary>Parks threads on a shared 32-bit word and wakes them, across processes (Linux futex, shared form).</summary>
/// <remarks>
/// <para>macOS: __ulock_wait in its shared form. Windows has nothing that wakes across processes: a wait there notices another process'
/// change after 1 to 10 ms, and <see cref="Wake"/> wakes only inside its process.</para>
/// <para>Thread-safe. A wait returns at once when the word does not hold the expected value, so a waker that changes the word
/// before it wakes is never missed. The caller keeps the segment referenced while it waits.</para>
/// <para>A full fence is needed between announcing a waiter and re-checking the condition, and on the waker's side between
/// publishing and looking for waiters; the futex call itself orders only the word.</para>
/// <para>A wait that ends by cancellation may have consumed a wake: where wakers wake one waiter at a time, whoever leaves without what it
/// waited for, and finds it there, wakes another one (as <see cref="NamedSemaphore"/> does).</para>
/// </remarks>
public static unsafe partial class SharedFutex
{
    [ThreadStatic]
    private static CancellationWake? t_wake;

    /// <summary>Parks the calling thread while the word holds a value.</summary>
    /// <param name="word">The word; its segment must stay mapped during the wait.</param>
    /// <param name="expected">The value to sleep on.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Wakes the thread at once, without polling.</param>
    /// <returns>Why the wait ended; <see cref="WaitResult.Woken"/> may be spurious.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative.</exception>
    public static WaitResult Wait(
        SharedUInt32 word, uint expected, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        WaitUntil(word, expected, MonotonicClock.Deadline(timeout), cancellationToken);

    /// <summary>Parks the calling thread while the word holds a value, until an absolute time.</summary>
    /// <param name="word">The word; its segment must stay mapped during the wait.</param>
    /// <param name="expected">The value to sleep on.</param>
    /// <param name="deadlineNanoseconds">Time on <see cref="MonotonicClock"/>; <see cref="long.MaxValue"/> for ever.</param>
    /// <param name="cancellationToken">Wakes the thread at once, without polling.</param>
    /// <returns>Why the wait ended; <see cref="WaitResult.Woken"/> may be spurious.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static WaitResult WaitUntil(
        SharedUInt32 word, uint expected, long deadlineNanoseconds, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!cancellationToken.CanBeCanceled)
        {
            return WaitCore(word, expected, deadlineNanoseconds);
        }

        CancellationWake wake = t_wake ??= new CancellationWake();
        using (cancellationToken.UnsafeRegister(static state => ((CancellationWake)state!).WakeUntilUp(), wake))
        {
            wake.Begin(word);
            WaitResult result = cancellationToken.IsCancellationRequested
                ? WaitResult.Woken
                : WaitCore(word, expected, deadlineNanoseconds);
            wake.End();
            cancellationToken.ThrowIfCancellationRequested();
            return result;
        }
    }

    /// <summary>Wakes waiters.</summary>
    /// <param name="word">The word they wait on.</param>
    /// <param name="count">How many at most.</param>
    /// <returns>How many were woken.</returns>
    public static int Wake(SharedUInt32 word, int count = 1)
    {
        if (OperatingSystem.IsLinux())
        {
            return (int)LinuxNative.Futex(
                LinuxConstants.SYS_futex, word.Address, LinuxConstants.FUTEX_WAKE, (uint)count, null, null, 0);
        }

        if (OperatingSystem.IsMacOS())
        {
            return WakeMacOS(word, count);
        }

        return OperatingSystem.IsWindows() ? WakeWindows(word, count) : throw Unsupported();
    }

    /// <summary>Wakes all waiters.</summary>
    /// <param name="word">The word they wait on.</param>
    /// <returns>How many were woken.</returns>
    public static int WakeAll(SharedUInt32 word) => Wake(word, int.MaxValue);

    private static WaitResult WaitCore(SharedUInt32 word, uint expected, long deadlineNanoseconds)
    {
        if (OperatingSystem.IsLinux())
        {
            return WaitLinux(word, expected, deadlineNanoseconds);
        }

        if (OperatingSystem.IsMacOS())
        {
            return WaitMacOS(word, expected, deadlineNanoseconds);
        }

        return OperatingSystem.IsWindows() ? WaitWindows(word, expected, deadlineNanoseconds) : throw Unsupported();
    }

    private static PlatformNotSupportedException Unsupported() => new("Waiting on shared words needs Linux, macOS or Windows.");

    [SupportedOSPlatform("linux")]
    private static WaitResult WaitLinux(SharedUInt32 word, uint expected, long deadlineNanoseconds)
    {
        var deadline = LinuxNative.TimeSpec.FromNanoseconds(Math.Max(0, deadlineNanoseconds));
        LinuxNative.TimeSpec* end = deadlineNanoseconds == long.MaxValue ? null : &deadline;

        // Not FUTEX_PRIVATE: the word is shared by processes. WAIT_BITSET takes an absolute monotonic time.
        long result = LinuxNative.Futex(
            LinuxConstants.SYS_futex,
            word.Address,
            LinuxConstants.FUTEX_WAIT_BITSET,
            expected,
            end,
            null,
            LinuxConstants.FUTEX_BITSET_MATCH_ANY);
        int errno = Marshal.GetLastPInvokeError();
        if (result == 0)
        {
            return WaitResult.Woken;
        }

        return errno switch
        {
            Errno.EAGAIN => WaitResult.ValueChanged,
            Errno.ETIMEDOUT => WaitResult.TimedOut,
            Errno.EINTR => WaitResult.Woken,
            _ => throw PosixErrors.ToException(errno, "wait on a word of", "shared memory"),
        };
    }

    /// <summary>
    /// Wakes the waiter of one cancellable wait. A wake that comes between the waiter's last look at its token and its sleep
    /// finds nobody, so the waking side repeats until the waiter says it is up. One object per thread: a thread waits on one
    /// word at a time, and disposing the registration waits for a running callback.
    /// </summary>
    private sealed class CancellationWake
    {
        private SharedUInt32 _word;
        private int _waiting;

        internal void Begin(SharedUInt32 word)
        {
            _word = word;

            // FENCE store _waiting, then load IsCancellationRequested; pairs with the fence in WakeUntilUp.
            //   Weaker: the callback sees nobody waiting while the waiter sees no cancellation, and sleeps.
            Interlocked.Exchange(ref _waiting, 1);
        }

        internal void End() => Volatile.Write(ref _waiting, 0);

        internal void WakeUntilUp()
        {
            // FENCE the token was marked cancelled before this callback; then load _waiting.
            Interlocked.MemoryBarrier();
            var spin = new SpinWait();
            while (Volatile.Read(ref _waiting) != 0)
            {
                _ = WakeAll(_word);
                spin.SpinOnce();
            }
        }
    }
}
