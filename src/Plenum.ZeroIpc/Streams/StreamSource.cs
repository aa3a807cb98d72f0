namespace Plenum.ZeroIpc;

/// <summary>Something that values come from: a stream, a subscription, a generator, or operators over them.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <remarks>
/// <para>Nothing happens until somebody pulls: <c>await foreach</c>, <see cref="Subscribe"/>,
/// <see cref="StreamEndings.FoldAsync{T, TResult}"/>, or a derived stream
/// (<see cref="StreamEndings.Into{T}"/>). Each of these is a run of its own.</para>
/// <para>Operators run in the process that pulls. Over a stream two runs split its values, as two consumers do.</para>
/// <para>Thread-safe; a single run belongs to one caller at a time.</para>
/// </remarks>
public abstract class StreamSource<T> : IAsyncEnumerable<T>, IObservable<T>
{
    private protected StreamSource()
    {
    }

    /// <summary>What a derived stream's header says about its making; at most 31 bytes.</summary>
    internal virtual string TransformName => string.Empty;

    /// <summary>Starts a run.</summary>
    internal abstract StreamCursor<T> OpenCursor();

    /// <summary>Pulls the values one after another; ends with the source.</summary>
    /// <param name="cancellationToken">Ends the enumeration at once.</param>
    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        using var puller = new StreamPuller<T>(OpenCursor());
        while (await puller.NextAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return puller.Current;
        }
    }

    /// <summary>Pulls the values on this thread; ends with the source. Blocks where there is none yet.</summary>
    /// <param name="cancellationToken">Ends the enumeration at once.</param>
    public IEnumerable<T> AsEnumerable(CancellationToken cancellationToken = default)
    {
        using var puller = new StreamPuller<T>(OpenCursor());
        while (puller.Next(cancellationToken))
        {
            yield return puller.Current;
        }
    }

    /// <summary>Hands every value to an observer, from the thread pool, until the source ends or the subscription is
    /// disposed.</summary>
    /// <param name="observer">Receives the values one after another, then the end or the error.</param>
    /// <returns>Disposing it stops; it does not wait for a call that is under way.</returns>
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return new StreamObservation<T>(OpenCursor(), observer);
    }
}
