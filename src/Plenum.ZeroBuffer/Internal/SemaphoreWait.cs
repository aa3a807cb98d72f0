using Plenum.Platform;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>One slice of an asynchronous wait.</summary>
internal static class SemaphoreWait
{
    /// <summary>Takes a token, waiting on a thread of the pool.</summary>
    internal static async ValueTask<bool> WaitAsync(
        NamedSemaphore semaphore, TimeSpan slice, CancellationToken cancellationToken) =>
        semaphore.TryWait() || await Task.Run(
            () => semaphore.Wait(slice, WaitStrategy.PowerSaving, cancellationToken),
            cancellationToken).ConfigureAwait(false);
}
