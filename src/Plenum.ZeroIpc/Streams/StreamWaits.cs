using System.Runtime.CompilerServices;

namespace Plenum.ZeroIpc;

/// <summary>The waiting forms of streams and subscriptions.</summary>
internal static class StreamWaits
{
    /// <summary>What an outcome is for a select: everything but a value and "not yet" ends the alternative.</summary>
    internal static SelectState StateOf(NextOutcome outcome) => outcome switch
    {
        NextOutcome.Value => SelectState.Completed,
        NextOutcome.TimedOut => SelectState.Pending,
        _ => SelectState.Ended,
    };

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

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal static async ValueTask<StreamNext<T>> TakeAsync<T>(
        StreamCore<T> stream, long deadline, CancellationToken cancellationToken)
        where T : unmanaged
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (deadline == 0)
        {
            return default;
        }

        TakeBox<T> box = TakeBox<T>.Rent(stream);
        try
        {
            _ = await PooledWait.RunAsync(stream.Items, box, stream, deadline, cancellationToken)
                .ConfigureAwait(false);
            return new StreamNext<T>(box.Outcome, box.Value);
        }
        finally
        {
            box.Return();
        }
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

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal static async ValueTask<EmitOutcome> PutAsync<T>(
        WaitSite site, IStreamSink<T> sink, IWaitWatch watch, T value, long deadline,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (deadline == 0)
        {
            return default;
        }

        PutBox<T> box = PutBox<T>.Rent(sink, value);
        try
        {
            _ = await PooledWait.RunAsync(site, box, watch, deadline, cancellationToken).ConfigureAwait(false);
            return box.Outcome;
        }
        finally
        {
            box.Return();
        }
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

    // Asynchronous waits keep their condition on the heap; boxes are used again.
    private sealed class TakeBox<T> : IWaitCondition
        where T : unmanaged
    {
        private static readonly Spares<TakeBox<T>> s_spares = new();

        private Taking<T> _inner;

        internal T Value => _inner.Value;

        internal NextOutcome Outcome => _inner.Outcome;

        public bool IsMet() => _inner.IsMet();

        internal static TakeBox<T> Rent(StreamCore<T> stream)
        {
            TakeBox<T> box = s_spares.Take() ?? new TakeBox<T>();
            box._inner = new Taking<T>(stream);
            return box;
        }

        internal void Return()
        {
            _inner = default;
            s_spares.Keep(this);
        }
    }

    private sealed class PutBox<T> : IWaitCondition
    {
        private static readonly Spares<PutBox<T>> s_spares = new();

        private Putting<T> _inner;

        internal EmitOutcome Outcome => _inner.Outcome;

        public bool IsMet() => _inner.IsMet();

        internal static PutBox<T> Rent(IStreamSink<T> sink, T value)
        {
            PutBox<T> box = s_spares.Take() ?? new PutBox<T>();
            box._inner = new Putting<T>(sink, value);
            return box;
        }

        internal void Return()
        {
            _inner = default;
            s_spares.Keep(this);
        }
    }
}
