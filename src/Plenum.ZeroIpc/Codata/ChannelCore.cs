using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A channel as its waits see it; the layouts differ in how values travel.</summary>
internal abstract class ChannelCore<T> : IWaitWatch
    where T : unmanaged
{
    private readonly SharedByte _closed;
    private readonly WaitSite _ends;
    private readonly IWaitCondition _readable;
    private readonly IWaitCondition _writable;

    protected ChannelCore(SharedMemory memory, long closedOffset)
    {
        Memory = memory;
        Waits = memory.Waits();
        _closed = memory.Segment.Byte(closedOffset);
        _ends = Waits.Site(closedOffset);
        _readable = new Readable(this);
        _writable = new Writable(this);
    }

    /// <summary>Whether nothing can be sent any more.</summary>
    internal bool IsClosed
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]

        // OBSERVE [channel-close] What was sent before the close is visible to who sees it closed.
        get => _closed.ReadAcquire() != 0;
    }

    /// <summary>Number of values sent and not received.</summary>
    internal abstract int Count { get; }

    /// <summary>Where those sleep who wait for a value.</summary>
    internal abstract WaitSite Items { get; }

    /// <summary>Where those sleep who wait until <see cref="TrySend"/> can succeed.</summary>
    internal abstract WaitSite Room { get; }

    /// <summary>Whether a receive would find something now: a value or the end.</summary>
    internal abstract bool IsReadable { get; }

    /// <summary>Whether a <see cref="TrySend"/> would find something now: room, a receiver, or the end.</summary>
    internal abstract bool IsWritable { get; }

    /// <summary>Whether receivers raise a counter that peers read only when they are about to sleep.</summary>
    protected virtual bool SpinsFirst => false;

    protected SharedMemory Memory { get; }

    protected WaitTable Waits { get; }

    /// <summary>Takes a value if there is one; looks a little longer when one is on its way.</summary>
    internal abstract SelectState TryReceive(out T value);

    /// <summary>Gives a value away if somebody, or a place, is there for it.</summary>
    internal abstract SelectState TrySend(T value);

    /// <summary>Gives a value away; waits.</summary>
    internal abstract ChannelStatus Send(T value, long deadlineNanoseconds, CancellationToken cancellationToken);

    /// <summary>The same without holding a thread.</summary>
    internal abstract ValueTask<ChannelStatus> SendAsync(
        T value, long deadlineNanoseconds, CancellationToken cancellationToken);

    /// <summary>Raises the counter of waiting receivers that peers read, if there is one.</summary>
    internal virtual OwnerRecord? ArmReceiver() => null;

    /// <summary>Undoes <see cref="ArmReceiver"/>.</summary>
    internal virtual void DisarmReceiver(OwnerRecord? armed)
    {
        // Nothing was raised.
    }

    /// <inheritdoc/>
    public abstract void Look();

    /// <summary>Closes it and wakes everybody.</summary>
    /// <returns>False when it was closed before.</returns>
    internal bool Close()
    {
        // PUBLISH [channel-close] What was sent before is visible to who sees it closed.
        //   Weaker: a receiver finds it closed and empty and leaves a value behind.
        bool first = _closed.Exchange(1) == 0;
        StepHook.At("channel-closed");
        WakeEverybody();
        _ends.WakeAll();
        return first;
    }

    /// <summary>Takes a value; waits for one.</summary>
    internal ChannelStatus Receive(out T value, long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        SelectState state = TryReceive(out value);
        if (state != SelectState.Pending || deadlineNanoseconds == 0)
        {
            return StatusOf(state);
        }

        ThrowIfUnusable(cancellationToken);
        var condition = new Receiving(this);
        if (!SpinsFirst || !Spin(ref condition))
        {
            OwnerRecord? armed = ArmReceiver();
            try
            {
                _ = Items.Wait(ref condition, this, deadlineNanoseconds, cancellationToken);
            }
            finally
            {
                DisarmReceiver(armed);
            }
        }

        value = condition.Value;
        return StatusOf(condition.State);
    }

    /// <summary>Takes a value; waits for one without holding a thread.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<ChannelReceipt<T>> ReceiveAsync(
        long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        ThrowIfUnusable(cancellationToken);
        ReceiveBox box = ReceiveBox.Rent(this);
        OwnerRecord? armed = ArmReceiver();
        try
        {
            _ = await PooledWait.RunAsync(Items, box, this, deadlineNanoseconds, cancellationToken)
                .ConfigureAwait(false);
            return new ChannelReceipt<T>(StatusOf(box.Inner.State), box.Inner.Value);
        }
        finally
        {
            DisarmReceiver(armed);
            box.Return();
        }
    }

    /// <summary>Waits until a receive would find something.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal async ValueTask WaitReadableAsync(CancellationToken cancellationToken)
    {
        ThrowIfUnusable(cancellationToken);
        OwnerRecord? armed = ArmReceiver();
        try
        {
            _ = await PooledWait.RunAsync(Items, _readable, this, long.MaxValue, cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            DisarmReceiver(armed);
        }
    }

    /// <summary>Waits until a <see cref="TrySend"/> would find something.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal async ValueTask WaitWritableAsync(CancellationToken cancellationToken)
    {
        ThrowIfUnusable(cancellationToken);
        _ = await PooledWait.RunAsync(Room, _writable, this, long.MaxValue, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Waits until it is closed and drained.</summary>
    /// <remarks>At a site of its own: a wake-up for room or a value goes to one sleeper, which must not be this one.
    /// Receivers that find the end wake it; without any it notices by itself.</remarks>
    internal async ValueTask WaitDrainedAsync()
    {
        ThrowIfDisposed();
        _ = await _ends.WaitAsync(new Drained(this), this, long.MaxValue, CancellationToken.None).ConfigureAwait(false);
    }

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Waits.IsDisposed, Memory);

    internal static ChannelStatus StatusOf(SelectState state) => state switch
    {
        SelectState.Completed => ChannelStatus.Done,
        SelectState.Ended => ChannelStatus.Closed,
        _ => ChannelStatus.TimedOut,
    };

    /// <summary>What a receiver found that found nothing.</summary>
    protected SelectState EndOrPending(bool closed)
    {
        if (closed)
        {
            _ends.WakeAll();
        }

        return closed ? SelectState.Ended : SelectState.Pending;
    }

    protected abstract void WakeEverybody();

    protected void ThrowIfUnusable(CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
    }

    // Where peers read counters of waiting parties: a wait that ends while spinning leaves them alone.
    protected bool Spin<TCondition>(ref TCondition condition)
        where TCondition : IWaitCondition
    {
        SpinWaiter spin = Waits.Spin(long.MaxValue);
        do
        {
            if (condition.IsMet())
            {
                return true;
            }
        }
        while (spin.SpinOnce());

        return false;
    }

    private readonly struct Readable(ChannelCore<T> core) : IWaitCondition
    {
        public bool IsMet() => core.IsReadable;
    }

    private readonly struct Drained(ChannelCore<T> core) : IWaitCondition
    {
        public bool IsMet() => core.IsClosed && core.Count == 0;
    }

    private readonly struct Writable(ChannelCore<T> core) : IWaitCondition
    {
        public bool IsMet() => core.IsWritable;
    }

    private struct Receiving(ChannelCore<T> core) : IWaitCondition
    {
        private T _value;
        private SelectState _state;

        internal readonly T Value => _value;

        internal readonly SelectState State => _state;

        public bool IsMet()
        {
            // A value that was taken is never taken twice, however often the wait looks.
            if (_state == SelectState.Pending)
            {
                _state = core.TryReceive(out _value);
            }

            return _state != SelectState.Pending;
        }
    }

    // An asynchronous wait keeps its value on the heap; boxes are used again.
    private sealed class ReceiveBox : IWaitCondition
    {
        private static readonly Spares<ReceiveBox> s_spares = new();

        private Receiving _inner;

        internal Receiving Inner => _inner;

        public bool IsMet() => _inner.IsMet();

        internal static ReceiveBox Rent(ChannelCore<T> core)
        {
            ReceiveBox box = s_spares.Take() ?? new ReceiveBox();
            box._inner = new Receiving(core);
            return box;
        }

        internal void Return()
        {
            _inner = default;
            s_spares.Keep(this);
        }
    }
}
