namespace Plenum.ZeroIpc;

/// <summary>A broadcast that this process publishes from a source.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <remarks>
/// <para>The pump lives in the deriving process. When that process dies the derived broadcast stays open and keeps what
/// it holds; at most one value that the pump had taken is lost; whoever derives again under the same name goes on
/// (<see cref="SharedBroadcast{T}.HasPublisher"/> tells that nobody does).</para>
/// <para>Thread-safe.</para>
/// </remarks>
public sealed class DerivedBroadcast<T> : IAsyncDisposable, IDisposable
    where T : unmanaged
{
    private readonly StreamPump<T> _pump;

    internal DerivedBroadcast(SharedBroadcast<T> broadcast, StreamPump<T> pump)
    {
        Broadcast = broadcast;
        _pump = pump;
    }

    /// <summary>The derived broadcast.</summary>
    public SharedBroadcast<T> Broadcast { get; }

    /// <summary>Ends when the source has ended and the broadcast is closed, when a consumer closed it, or after
    /// <see cref="Dispose"/>. Fails with the exception of an operator's function; the derived broadcast is closed then
    /// too.</summary>
    public Task Completion => _pump.Completion;

    /// <summary>Values put into the derived broadcast by this pump.</summary>
    public long PumpedCount => _pump.PumpedCount;

    /// <summary>Stops the pump and waits until it has stopped; the derived broadcast stays open.</summary>
    public ValueTask DisposeAsync() => _pump.StopAsync();

    /// <summary>Stops the pump without waiting for it; the derived broadcast stays open.</summary>
    public void Dispose() => _pump.Dispose();
}
