using System.Runtime.CompilerServices;
using Plenum.Platform;
using Plenum.VoidShm.Reading;

namespace Plenum.VoidShm;

/// <summary>Waiting for frames without blocking a thread.</summary>
public static class VoidAsyncReading
{
    /// <summary>Waits until there is a frame that this reader has not read: a new one, or the present one of a new
    /// segment.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether there is a new frame.</returns>
    /// <remarks>
    /// Does not spin. A writer of this library wakes the reader with its next write; a foreign one is looked at every
    /// half of its observed period, at least 1 ms apart. While the segment is missing the name is tried every 10 to
    /// 50 ms. Any number of readers may wait at once; they share a few threads.
    /// <example><code>
    /// while (await reader.WaitForNextAsync(TimeSpan.FromSeconds(1)) == VoidWaitResult.NewFrame)
    /// {
    ///     reader.TryRead(values, out VoidSnapshot snapshot);
    /// }
    /// </code></example>
    /// </remarks>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The reader was disposed, before or during the wait.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<VoidWaitResult> WaitForNextAsync(
        this VoidAttachedReader reader, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        long deadline = MonotonicClock.Deadline(timeout);
        int missing = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader.LookForFrame(out uint wake, out bool attached))
            {
                return VoidWaitResult.NewFrame;
            }

            long now = MonotonicClock.Nanoseconds;
            if (now >= deadline)
            {
                return VoidWaitResult.TimedOut;
            }

            missing = FrameWait.NextMissing(attached, missing);
            await reader.NextWait(wake, missing, now, deadline).SleepAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
