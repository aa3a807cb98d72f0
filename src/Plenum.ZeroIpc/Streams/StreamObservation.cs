namespace Plenum.ZeroIpc;

/// <summary>One observer's run through a source.</summary>
internal sealed class StreamObservation<T> : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    internal StreamObservation(StreamCursor<T> cursor, IObserver<T> observer)
    {
        CancellationToken stop = _stop.Token;
        _ = Task.Run(() => RunAsync(cursor, observer, stop), CancellationToken.None);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private static async Task RunAsync(StreamCursor<T> cursor, IObserver<T> observer, CancellationToken stop)
    {
        using var puller = new StreamPuller<T>(cursor);
        try
        {
            while (await puller.NextAsync(stop).ConfigureAwait(false) && !stop.IsCancellationRequested)
            {
                observer.OnNext(puller.Current);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            observer.OnError(e);
            return;
        }

        if (!stop.IsCancellationRequested)
        {
            observer.OnCompleted();
        }
    }
}
