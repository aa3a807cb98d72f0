using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Moves values from a source into a derived stream, in the process that derived it.</summary>
/// <remarks>One pump feeds a derived stream at a time: a kernel lock on the first byte of its entry, which ends with
/// the process.</remarks>
internal sealed class StreamPump<T> : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private long _pumped;

    private StreamPump(StreamCursor<T> cursor, IStreamSink<T> sink, Action release)
    {
        CancellationToken stop = _stop.Token;
        Completion = Task.Run(() => RunAsync(cursor, sink, release, stop), CancellationToken.None);
    }

    internal Task Completion { get; }

    internal long PumpedCount => Volatile.Read(ref _pumped);

    internal static StreamPump<T> Start(
        StreamSource<T> source, IStreamSink<T> sink, SharedMemory memory, SharedEntry output, bool isClosed)
    {
        SharedSegment segment = memory.Segment;
        bool taken = !isClosed && StreamRoles.TryTake(segment, output.Offset);
        if (!taken)
        {
            sink.Leave();
            throw isClosed
                ? new EntryExistsException(
                    $"Could not derive into '{output.Name}' in segment '{memory.Name}': it exists and is closed. "
                    + "Choose another name.",
                    "derive", memory.Name, output.Name)
                : new SegmentBusyException(
                    $"Could not derive into '{output.Name}' in segment '{memory.Name}': another living pump feeds it. "
                    + "Choose another "
                    + "name, or stop that one.",
                    "derive", memory.Name);
        }

        return new StreamPump<T>(source.OpenCursor(), sink, () => StreamRoles.Give(segment, output.Offset));
    }

    /// <summary>Asks it to stop; does not wait. Idempotent.</summary>
    public void Dispose()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Stopped before.
        }

        _stop.Dispose();
    }

    internal async ValueTask StopAsync()
    {
        Dispose();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync(StreamCursor<T> cursor, IStreamSink<T> sink, Action release, CancellationToken stop)
    {
        bool ended = false;
        try
        {
            using var puller = new StreamPuller<T>(cursor);
            ended = await MoveAsync(puller, sink, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped: the derived stream stays open for another pump.
        }
        catch
        {
            ended = true;
            throw;
        }
        finally
        {
            if (ended)
            {
                sink.Complete();
            }

            sink.Leave();
            release();
        }
    }

    // True when the source ended; false when somebody closed the derived stream.
    private async Task<bool> MoveAsync(StreamPuller<T> puller, IStreamSink<T> sink, CancellationToken stop)
    {
        while (await puller.NextAsync(stop).ConfigureAwait(false))
        {
            EmitOutcome outcome = sink.TryPut(puller.Current);
            if (outcome == EmitOutcome.Full)
            {
                outcome = await sink.PutAsync(puller.Current, stop).ConfigureAwait(false);
            }

            if (outcome == EmitOutcome.Closed)
            {
                return false;
            }

            Volatile.Write(ref _pumped, _pumped + 1);
            stop.ThrowIfCancellationRequested();
        }

        return true;
    }
}
