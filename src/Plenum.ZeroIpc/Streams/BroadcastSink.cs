namespace Plenum.ZeroIpc;

/// <summary>A publisher as the sink of a pump.</summary>
internal sealed class BroadcastSink<T>(BroadcastPublisher<T> publisher) : IStreamSink<T>
    where T : unmanaged
{
    public EmitOutcome TryPut(T value) => publisher.TryEmit(value);

    public ValueTask<EmitOutcome> PutAsync(T value, CancellationToken cancellationToken) =>
        publisher.EmitAsync(value, Timeout.InfiniteTimeSpan, cancellationToken);

    public void Complete() => publisher.Close();

    public void Leave() => publisher.Dispose();
}
