using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.VoidShm.Reading;

/// <summary>One sleep of a reader that waits for a frame: until the writer wakes it, or until it is time to look
/// again.</summary>
/// <param name="Link">The way to be woken, referenced for this sleep; null for a segment that is missing, foreign or
/// not writable.</param>
/// <param name="Wake">Value of the wake word when there was nothing new.</param>
/// <param name="PollMilliseconds">When to look again without a link.</param>
/// <param name="Until">End of the sleep, on <see cref="MonotonicClock"/>.</param>
internal readonly record struct FrameWait(ReaderLink? Link, uint Wake, int PollMilliseconds, long Until)
{
    private const long LongestSleepNanoseconds = 100_000_000;

    /// <summary>How long to wait before the name is tried again, in milliseconds.</summary>
    internal static int NextMissing(bool attached, int missing) => attached ? 0 : Math.Min(missing + 10, 50);

    /// <summary>The end of a sleep that begins now.</summary>
    internal static long End(long now, long deadline) =>
        deadline - now > LongestSleepNanoseconds ? now + LongestSleepNanoseconds : deadline;

    internal void Sleep(ManualResetEventSlim closed, CancellationToken cancellationToken)
    {
        if (Link is null)
        {
            _ = closed.Wait(Pause(), cancellationToken);
            return;
        }

        try
        {
            Link.Sleep(Wake, Until, cancellationToken);
        }
        finally
        {
            Link.ReleaseReference();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal async ValueTask SleepAsync(CancellationToken cancellationToken)
    {
        if (Link is null)
        {
            await Task.Delay(Pause(), cancellationToken).ConfigureAwait(false);
            return;
        }

        try
        {
            _ = await Link.SleepAsync(Wake, Until, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Link.ReleaseReference();
        }
    }

    private int Pause()
    {
        long left = Math.Max(1, (Until - MonotonicClock.Nanoseconds + 999_999) / 1_000_000);
        return (int)Math.Min(left, Math.Max(1, PollMilliseconds));
    }
}
