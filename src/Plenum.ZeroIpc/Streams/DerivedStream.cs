namespace Plenum.ZeroIpc;

/// <summary>A stream that this process feeds from a source.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <remarks>
/// <para>The pump lives in the deriving process. When that process dies the derived stream stays open and keeps what it
/// holds; at most one value that the pump had taken is lost; whoever derives again under the same name goes on
/// (<see cref="HasPump"/> tells that nobody does).</para>
/// <para>Thread-safe.</para>
/// </remarks>
public sealed class DerivedStream<T> : IAsyncDisposable, IDisposable
    where T : unmanaged
{
    private readonly StreamPump<T> _pump;

    internal DerivedStream(SharedStream<T> stream, StreamPump<T> pump)
    {
        Stream = stream;
        _pump = pump;
    }

    /// <summary>The derived stream.</summary>
    public SharedStream<T> Stream { get; }

    /// <summary>Ends when the source has ended and the stream is closed, when a consumer closed it, or after
    /// <see cref="Dispose"/>. Fails with the exception of an operator's function; the derived stream is closed then
    /// too.</summary>
    public Task Completion => _pump.Completion;

    /// <summary>Values put into the derived stream by this pump.</summary>
    public long PumpedCount => _pump.PumpedCount;

    /// <summary>Whether a living process feeds a derived stream.</summary>
    /// <param name="stream">A stream that some process derived.</param>
    public static bool HasPump(SharedStream<T> stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return StreamRoles.IsTaken(stream.Memory.Segment, stream.Entry.Offset);
    }

    /// <summary>Stops the pump and waits until it has stopped; the derived stream stays open.</summary>
    public ValueTask DisposeAsync() => _pump.StopAsync();

    /// <summary>Stops the pump without waiting for it; the derived stream stays open.</summary>
    public void Dispose() => _pump.Dispose();
}
