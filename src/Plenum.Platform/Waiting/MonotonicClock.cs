using System.Diagnostics;

namespace Plenum.Platform;

/// <summary>Nanoseconds of the monotonic clock, comparable between processes of one boot (Linux:
/// CLOCK_MONOTONIC).</summary>
/// <remarks>Thread-safe.</remarks>
public static class MonotonicClock
{
    // Stopwatch counts nanoseconds on Linux and macOS; elsewhere its frequency is scaled.
    private static readonly double s_scale = 1_000_000_000.0 / Stopwatch.Frequency;

    /// <summary>The present time in nanoseconds.</summary>
    public static long Nanoseconds => Stopwatch.Frequency == 1_000_000_000
        ? Stopwatch.GetTimestamp()
        : (long)(Stopwatch.GetTimestamp() * s_scale);

    /// <summary>The time a timeout ends, in nanoseconds; <see cref="long.MaxValue"/> for no end.</summary>
    /// <param name="timeout">Zero or positive; <see cref="Timeout.InfiniteTimeSpan"/> for no end.</param>
    /// <exception cref="ArgumentOutOfRangeException">Negative and not infinite.</exception>
    public static long Deadline(TimeSpan timeout)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            return long.MaxValue;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        long now = Nanoseconds;
        return timeout.Ticks > (long.MaxValue - now) / 100 ? long.MaxValue : now + (timeout.Ticks * 100);
    }
}
