using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>What ends a chain of operators: a result, or a stream of its own in a segment.</summary>
/// <remarks>Thread-safe.</remarks>
public static class StreamEndings
{
    /// <summary>Combines all values into one result, which is there when the source ends (LINQ: Aggregate).</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="seed">The result before the first value.</param>
    /// <param name="step">The next result from the one before and a value.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the values taken so far are gone.</exception>
    public static async ValueTask<TResult> FoldAsync<T, TResult>(
        this StreamSource<T> source,
        TResult seed,
        Func<TResult, T, TResult> step,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(step);
        TResult result = seed;
        using var puller = new StreamPuller<T>(source.OpenCursor());
        while (await puller.NextAsync(cancellationToken).ConfigureAwait(false))
        {
            result = step(result, puller.Current);
        }

        return result;
    }

    /// <inheritdoc cref="FoldAsync"/>
    public static ValueTask<TResult> AggregateAsync<T, TResult>(
        this StreamSource<T> source,
        TResult seed,
        Func<TResult, T, TResult> step,
        CancellationToken cancellationToken = default) => source.FoldAsync(seed, step, cancellationToken);

    /// <summary>
    /// Starts a pump in this process that puts the values into a stream of its own under a name in the segment, where
    /// any process can take them. The derived stream closes when the source ends. It waits where the derived stream is
    /// full.
    /// </summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Name of the derived stream; created, or taken over from a pump that is gone.</param>
    /// <param name="capacity">Room for values if it is created.</param>
    /// <exception cref="SegmentBusyException">Another living pump feeds a stream of this name.</exception>
    /// <exception cref="SegmentFormatException">The name is taken by another structure.</exception>
    /// <inheritdoc cref="SharedStream{T}.CreateOrOpen(SharedMemory, string, int, StreamOptions?)" path="/exception"/>
    public static DerivedStream<T> Into<T>(this StreamSource<T> source, SharedMemory memory, string name,
        int capacity = 1024)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(source);
        SharedStream<T> output = SharedStream<T>.CreateOrOpen(
            memory, name, capacity, StreamOptions.Default, source.TransformName);
        return new DerivedStream<T>(output, StreamPump<T>.Start(source, output.Core, memory, output.Entry,
            output.IsClosed));
    }

    /// <summary>The same into a broadcast, where every subscriber sees every value.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Name of the derived broadcast; created, or taken over from a publisher that is gone.</param>
    /// <param name="options">Capacity and subscribers if it is created; null for the defaults.</param>
    /// <exception cref="SegmentBusyException">Another living process publishes there.</exception>
    /// <exception cref="SegmentFormatException">The name is taken by another structure.</exception>
    /// <inheritdoc cref="SharedBroadcast{T}.CreateOrOpen(SharedMemory, string, BroadcastOptions?)" path="/exception"/>
    public static DerivedBroadcast<T> IntoBroadcast<T>(
        this StreamSource<T> source, SharedMemory memory, string name, BroadcastOptions? options = null)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(source);
        SharedBroadcast<T> output = SharedBroadcast<T>.CreateOrOpen(memory, name, options, source.TransformName);
        BroadcastPublisher<T> publisher = output.OpenPublisher();
        return new DerivedBroadcast<T>(
            output, StreamPump<T>.Start(source, publisher.AsSink(), memory, output.Entry, output.IsClosed));
    }
}
