namespace Plenum.ZeroIpc;

/// <summary>The right, and the duty, to complete a future; see <see cref="SharedFuture{T}.TryBegin"/>.</summary>
/// <typeparam name="T">The value type.</typeparam>
/// <remarks>
/// Not thread-safe; may be used on another thread than the one that began. Disposing it without a result gives the
/// future back: another one may begin. If this process dies, that happens by itself.
/// </remarks>
public sealed class FutureSetter<T> : IDisposable
    where T : unmanaged
{
    private OwnerRecord? _record;

    internal FutureSetter(SharedFuture<T> future, OwnerRecord record)
    {
        Future = future;
        _record = record;
    }

    /// <summary>The future to complete.</summary>
    public SharedFuture<T> Future { get; }

    /// <summary>Completes the future with a value.</summary>
    /// <param name="value">The value.</param>
    /// <exception cref="InvalidOperationException">It was completed or given back already.</exception>
    public void Set(T value)
    {
        OwnerRecord record = Take();
        Future.Complete(record, value);
        record.Release();
    }

    /// <summary>Completes the future with an error.</summary>
    /// <param name="error">What went wrong; cut after 255 bytes of UTF-8.</param>
    /// <exception cref="InvalidOperationException">It was completed or given back already.</exception>
    public void Fail(string error)
    {
        ArgumentNullException.ThrowIfNull(error);
        OwnerRecord record = Take();
        Future.Complete(record, error);
        record.Release();
    }

    /// <summary>Completes the future as cancelled: who waits for it gets an
    /// <see cref="OperationCanceledException"/>.</summary>
    /// <exception cref="InvalidOperationException">It was completed or given back already.</exception>
    public void Cancel() => Fail(ErrorField.Canceled);

    /// <summary>Gives the future back unless it was completed.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _record, null) is { } record)
        {
            Future.Core.GiveBack(record);
            record.Release();
        }
    }

    private OwnerRecord Take() => Interlocked.Exchange(ref _record, null)
        ?? throw new InvalidOperationException("The future was completed or given back by this setter already.");
}
