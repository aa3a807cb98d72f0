using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Plenum.Platform.Interop;

namespace Plenum.Platform;

/// <content>Waiting for the first of several words.</content>
public static unsafe partial class SharedFutex
{
    /// <summary>How many words <see cref="WaitAny"/> takes at most: the limit of futex_waitv.</summary>
    public const int MaxWords = 128;

    // Where the kernel cannot wait for several words (before 5.16, other systems): how long a thread sleeps on the
    // first one only.
    private const long BlindNanoseconds = 1_000_000;

    /// <summary>Parks the calling thread while every word holds its value, until an absolute time.</summary>
    /// <param name="words">1 to <see cref="MaxWords"/> words; their segments must stay mapped during the wait.</param>
    /// <param name="expected">The value to sleep on, for each word.</param>
    /// <param name="deadlineNanoseconds">Time on <see cref="MonotonicClock"/>; <see cref="long.MaxValue"/> for
    /// ever.</param>
    /// <param name="cancellationToken">Wakes the thread at once, without polling.</param>
    /// <returns>Why the wait ended; <see cref="WaitResult.Woken"/> may be spurious, and is after 1 ms at the latest on
    /// systems without futex_waitv.</returns>
    /// <remarks>A wake of one waiter that ends this wait may be meant for another waiter of the same word: whoever
    /// leaves without what that word promised wakes the next one.</remarks>
    /// <exception cref="ArgumentException">No words, too many, or not a value for each.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static WaitResult WaitAny(
        ReadOnlySpan<SharedUInt32> words,
        ReadOnlySpan<uint> expected,
        long deadlineNanoseconds,
        CancellationToken cancellationToken = default)
    {
        if (words.Length is 0 or > MaxWords || expected.Length != words.Length)
        {
            throw new ArgumentException(
                $"Could not wait for {words.Length} words with {expected.Length} values: 1 to {MaxWords} words with a "
                + "value each.",
                nameof(words));
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (!cancellationToken.CanBeCanceled)
        {
            return WaitAnyCore(words, expected, deadlineNanoseconds);
        }

        CancellationWake wake = t_wake ??= new CancellationWake();
        using (cancellationToken.UnsafeRegister(static state => ((CancellationWake)state!).WakeUntilUp(), wake))
        {
            wake.Begin(words[0]);
            WaitResult result = cancellationToken.IsCancellationRequested
                ? WaitResult.Woken
                : WaitAnyCore(words, expected, deadlineNanoseconds);
            wake.End();
            cancellationToken.ThrowIfCancellationRequested();
            return result;
        }
    }

    private static WaitResult WaitAnyCore(
        ReadOnlySpan<SharedUInt32> words, ReadOnlySpan<uint> expected, long deadlineNanoseconds)
    {
        if (words.Length == 1)
        {
            return WaitCore(words[0], expected[0], deadlineNanoseconds);
        }

        return OperatingSystem.IsLinux() && !AwaitThread.PollsWords
            ? WaitAnyLinux(words, expected, deadlineNanoseconds)
            : WaitAnyBlind(words, expected, deadlineNanoseconds);
    }

    private static WaitResult WaitAnyBlind(
        ReadOnlySpan<SharedUInt32> words, ReadOnlySpan<uint> expected, long deadlineNanoseconds)
    {
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i].ReadAcquire() != expected[i])
            {
                return WaitResult.ValueChanged;
            }
        }

        long now = MonotonicClock.Nanoseconds;
        if (now >= deadlineNanoseconds)
        {
            return WaitResult.TimedOut;
        }

        _ = WaitCore(words[0], expected[0], Math.Min(deadlineNanoseconds, now + BlindNanoseconds));
        return WaitResult.Woken;
    }

    [SupportedOSPlatform("linux")]
    private static WaitResult WaitAnyLinux(
        ReadOnlySpan<SharedUInt32> words, ReadOnlySpan<uint> expected, long deadlineNanoseconds)
    {
        // SAFETY: MaxWords entries of 24 bytes; the count was checked by the caller.
        LinuxNative.FutexWaitEntry* slots = stackalloc LinuxNative.FutexWaitEntry[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            slots[i] = new LinuxNative.FutexWaitEntry
            {
                Address = (ulong)words[i].Address,
                Value = expected[i],
                Flags = LinuxConstants.FUTEX2_SIZE_U32,
            };
        }

        var deadline = LinuxNative.TimeSpec.FromNanoseconds(Math.Max(0, deadlineNanoseconds));
        LinuxNative.TimeSpec* end = deadlineNanoseconds == long.MaxValue ? null : &deadline;
        long result = LinuxNative.FutexWaitV(
            LinuxConstants.SYS_futex_waitv, slots, (uint)words.Length, 0, end, LinuxConstants.CLOCK_MONOTONIC);
        int errno = Marshal.GetLastPInvokeError();
        if (result >= 0)
        {
            return WaitResult.Woken;
        }

        switch (errno)
        {
            case Errno.EAGAIN:
                return WaitResult.ValueChanged;
            case Errno.ETIMEDOUT:
                return WaitResult.TimedOut;
            case Errno.EINTR:
                return WaitResult.Woken;
            case Errno.ENOSYS or Errno.EPERM:
                AwaitThread.PollsWords = true;
                return WaitAnyBlind(words, expected, deadlineNanoseconds);
            default:
                throw PosixErrors.ToException(errno, "wait on words of", "shared memory");
        }
    }
}
