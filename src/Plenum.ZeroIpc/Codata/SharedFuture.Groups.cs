namespace Plenum.ZeroIpc;

/// <summary>Waiting for several futures at once, of any segments.</summary>
public static class SharedFuture
{
    /// <summary>Waits for all.</summary>
    /// <typeparam name="T">The value type.</typeparam>
    /// <param name="futures">The futures.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The values in the order of the futures.</returns>
    /// <exception cref="FutureFailedException">One of them failed; thrown when all are completed.</exception>
    /// <exception cref="OperationCanceledException">One of them, or this wait, was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">A segment was disposed.</exception>
    public static async ValueTask<T[]> WhenAll<T>(
        IEnumerable<SharedFuture<T>> futures, CancellationToken cancellationToken = default)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(futures);
        Task<T>[] waits = [.. futures.Select(future => future.GetAsync(cancellationToken).AsTask())];
        return await Task.WhenAll(waits).ConfigureAwait(false);
    }

    /// <summary>Waits for the first to be completed, with a value or an error.</summary>
    /// <typeparam name="T">The value type.</typeparam>
    /// <param name="futures">The futures, at least one.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>A future that is completed.</returns>
    /// <exception cref="ArgumentException">No futures.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">A segment was disposed.</exception>
    public static async ValueTask<SharedFuture<T>> WhenAny<T>(
        IEnumerable<SharedFuture<T>> futures, CancellationToken cancellationToken = default)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(futures);
        SharedFuture<T>[] all = [.. futures];
        SelectCase[] cases = [.. all.Select(SelectCase (future) => future.Completing())];
        int first = await SharedSelect.WaitAsync(cases, SelectOrder.Fair, cancellationToken).ConfigureAwait(false);
        return all[first];
    }
}
