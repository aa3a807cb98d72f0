namespace Plenum.ZeroIpc;

/// <summary>The waiting forms of streams and subscriptions.</summary>
internal static class StreamWaits
{
    internal static NextOutcome Take<T>(
        StreamCore<T> stream, out T value, long deadline, CancellationToken cancellationToken)
        where T : unmanaged
    {
        cancellationToken.ThrowIfCancellationRequested();
        var condition = new Taking<T>(stream);
        if (deadline != 0)
        {
            _ = stream.Items.Wait(ref condition, stream, deadline, cancellationToken);
        }

        value = condition.Value;
        return condition.Outcome;
    }

    internal static async ValueTask<StreamNext<T>> TakeAsync<T>(
        StreamCore<T> stream, long deadline, CancellationToken cancellationToken)
        where T : unmanaged
    {
        cancellationToken.ThrowIfCancellationRequested();
        var condition = new TakeBox<T>(stream);
        if (deadline != 0)
        {
            _ = await stream.Items.WaitAsync(condition, stream, deadline, cancellationToken).ConfigureAwait(false);
        }

        return new StreamNext<T>(condition.Outcome, condition.Value);
    }

    internal static EmitOutcome Put<T>(
        WaitSite site, IStreamSink<T> sink, IWaitWatch watch, T value, long deadline,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var condition = new Putting<T>(sink, value);
        if (deadline != 0)
        {
            _ = site.Wait(ref condition, watch, deadline, cancellationToken);
        }

        return condition.Outcome;
    }

    internal static async ValueTask<EmitOutcome> PutAsync<T>(
        WaitSite site, IStreamSink<T> sink, IWaitWatch watch, T value, long deadline,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var condition = new PutBox<T>(sink, value);
        if (deadline != 0)
        {
            _ = await site.WaitAsync(condition, watch, deadline, cancellationToken).ConfigureAwait(false);
        }

        return condition.Outcome;
    }

    private struct Taking<T>(StreamCore<T> stream) : IWaitCondition
        where T : unmanaged
    {
        private T _value;

        internal readonly T Value => _value;

        internal NextOutcome Outcome { get; private set; }

        public bool IsMet() => (Outcome = stream.Poll(out _value)) != NextOutcome.TimedOut;
    }

    private struct Putting<T>(IStreamSink<T> sink, T value) : IWaitCondition
    {
        internal EmitOutcome Outcome { get; private set; }

        public bool IsMet() => (Outcome = sink.TryPut(value)) != EmitOutcome.Full;
    }

    // Asynchronous waits keep their condition on the heap.
    private sealed class TakeBox<T>(StreamCore<T> stream) : IWaitCondition
        where T : unmanaged
    {
        private T _value;

        internal T Value => _value;

        internal NextOutcome Outcome { get; private set; }

        public bool IsMet() => (Outcome = stream.Poll(out _value)) != NextOutcome.TimedOut;
    }

    private sealed class PutBox<T>(IStreamSink<T> sink, T value) : IWaitCondition
    {
        internal EmitOutcome Outcome { get; private set; }

        public bool IsMet() => (Outcome = sink.TryPut(value)) != EmitOutcome.Full;
    }
}
