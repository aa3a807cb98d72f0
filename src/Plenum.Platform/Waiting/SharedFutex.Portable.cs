using System.Runtime.Versioning;
using Plenum.Platform.Interop;

namespace Plenum.Platform;

/// <content>macOS and Windows. Compiled, not run.</content>
public static unsafe partial class SharedFutex
{
    // The longest time after which a change by another process is noticed where the kernel cannot wake across processes.
    private const uint LongestSliceMilliseconds = 10;

    // __ulock_wait takes 32 bits of microseconds; longer waits return early and the caller looks again.
    private const long LongestULockMicroseconds = 1_000_000_000;

    [SupportedOSPlatform("macos")]
    private static WaitResult WaitMacOS(SharedUInt32 word, uint expected, long deadlineNanoseconds)
    {
        uint timeout = 0;
        if (deadlineNanoseconds != long.MaxValue)
        {
            long left = (deadlineNanoseconds - MonotonicClock.Nanoseconds + 999) / 1000;
            if (left <= 0)
            {
                return word.ReadAcquire() == expected ? WaitResult.TimedOut : WaitResult.ValueChanged;
            }

            timeout = (uint)Math.Min(left, LongestULockMicroseconds);
        }

        int result = MacNative.ULockWait(
            MacConstants.UL_COMPARE_AND_WAIT_SHARED | MacConstants.ULF_NO_ERRNO, word.Address, expected, timeout);
        if (word.ReadAcquire() != expected)
        {
            return WaitResult.ValueChanged;
        }

        bool isOver = result == -MacConstants.ETIMEDOUT && MonotonicClock.Nanoseconds >= deadlineNanoseconds;
        return isOver ? WaitResult.TimedOut : WaitResult.Woken;
    }

    [SupportedOSPlatform("macos")]
    private static int WakeMacOS(SharedUInt32 word, int count)
    {
        const uint operation = MacConstants.UL_COMPARE_AND_WAIT_SHARED | MacConstants.ULF_NO_ERRNO;
        if (count != 1)
        {
            return MacNative.ULockWake(operation | MacConstants.ULF_WAKE_ALL, word.Address, 0) >= 0 ? 1 : 0;
        }

        return MacNative.ULockWake(operation, word.Address, 0) >= 0 ? 1 : 0;
    }

    // WaitOnAddress wakes only inside its process, so the wait is cut into slices that double while nothing happens.
    [SupportedOSPlatform("windows")]
    private static WaitResult WaitWindows(SharedUInt32 word, uint expected, long deadlineNanoseconds)
    {
        uint slice = 1;
        while (word.ReadAcquire() == expected)
        {
            long left = deadlineNanoseconds == long.MaxValue
                ? long.MaxValue
                : (deadlineNanoseconds - MonotonicClock.Nanoseconds + 999_999) / 1_000_000;
            if (left <= 0)
            {
                return WaitResult.TimedOut;
            }

            uint compare = expected;
            if (WindowsNative.WaitOnAddress(word.Address, &compare, sizeof(uint), (uint)Math.Min(slice, left)) != 0)
            {
                return WaitResult.Woken;
            }

            slice = Math.Min(slice * 2, LongestSliceMilliseconds);
        }

        return WaitResult.ValueChanged;
    }

    [SupportedOSPlatform("windows")]
    private static int WakeWindows(SharedUInt32 word, int count)
    {
        if (count == 1)
        {
            WindowsNative.WakeByAddressSingle(word.Address);
        }
        else
        {
            WindowsNative.WakeByAddressAll(word.Address);
        }

        return 0;
    }
}
