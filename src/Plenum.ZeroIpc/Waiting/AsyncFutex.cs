using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Sleeps of asynchronous waits, with the waiting layer's absolute times.</summary>
internal static class AsyncFutex
{
    /// <summary>Completes when the word is woken, has another value, or the time is over. Holds no thread.</summary>
    internal static ValueTask<WaitResult> WaitUntilAsync(
        SharedSegment segment,
        SharedUInt32 word,
        uint expected,
        long untilNanoseconds,
        CancellationToken cancellationToken)
    {
        long left = Math.Max(0, untilNanoseconds - MonotonicClock.Nanoseconds);
        return SharedFutex.WaitAsync(segment, word, expected, TimeSpan.FromTicks((left + 99) / 100), cancellationToken);
    }
}
