using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A channel over a queue: the C++ layout's <c>NAME_buffer</c>, or the Python layout's bare name.</summary>
/// <remarks>
/// A send that meets a close: the sender looks at the flag again after it has claimed its place, with a full fence
/// between. If it still reads "open", every receiver that sees "closed" sees the place taken too and goes on until the
/// value is there. If it reads "closed", it takes the value back, unless a receiver was faster; so "refused" means that
/// nobody has the value.
/// </remarks>
internal sealed class BufferedChannel<T> : ChannelCore<T>
    where T : unmanaged
{
    // About two microseconds: far longer than a store stays invisible, far shorter than a sleep.
    private const int MotionLooks = 48;

    private readonly SharedQueue<T> _queue;
    private readonly WaitSite _items;
    private readonly WaitSite _room;
    private QueueSlots<T> _slots;

    internal BufferedChannel(SharedMemory memory, long closedOffset, SharedQueue<T> queue)
        : base(memory, closedOffset)
    {
        _queue = queue;
        _slots = new QueueSlots<T>(memory, queue.Entry.Offset, (uint)queue.Capacity);
        ITransfer<T> transfer = queue;
        _items = transfer.Items;
        _room = transfer.Room;
    }

    /// <inheritdoc/>
    internal override int Count => (int)_slots.Count;

    /// <inheritdoc/>
    internal override WaitSite Items => _items;

    /// <inheritdoc/>
    internal override WaitSite Room => _room;

    /// <inheritdoc/>
    internal override bool IsReadable => _slots.TryPeek(out _) || (IsClosed && _slots.Count == 0);

    /// <inheritdoc/>
    internal override bool IsWritable => _slots.Count < _slots.Capacity || IsClosed;

    /// <summary>One attempt, without looking longer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryReceiveNow(out T value)
    {
        bool taken = _slots.TryDequeue(out value);
        if (taken)
        {
            StepHook.At("channel-received");
            _room.WakeOne();
        }

        return taken;
    }

    /// <summary>One attempt, without looking longer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TrySendNow(T value)
    {
        if (IsClosed || !_slots.TryEnqueue(value, out uint ticket))
        {
            return false;
        }

        StepHook.At("channel-sent");
        if (IsClosed && !TryKeep(ticket))
        {
            return false;
        }

        _items.WakeOne();
        return true;
    }

    internal int TryReceive(Span<T> values)
    {
        int taken = _slots.TryDequeue(values);
        if (taken > 0)
        {
            _room.Wake((uint)taken);
        }

        return taken;
    }

    internal int TrySend(ReadOnlySpan<T> values)
    {
        // A batch claims its places with one exchange, so it cannot be taken back one by one: a close that comes
        // between finds it sent.
        int sent = IsClosed ? 0 : _slots.TryEnqueue(values);
        if (sent > 0)
        {
            _items.Wake((uint)sent);
        }

        return sent;
    }

    /// <inheritdoc/>
    internal override SelectState TryReceive(out T value)
    {
        for (int i = 0; ; i++)
        {
            // The flag first: what is found empty after it stays empty.
            bool closed = IsClosed;
            if (TryReceiveNow(out value))
            {
                return SelectState.Completed;
            }

            if (!_slots.IsInMotion(taking: true))
            {
                return EndOrPending(closed);
            }

            if (i == MotionLooks)
            {
                return SelectState.Pending;
            }

            SpinWaiter.Pause();
        }
    }

    /// <inheritdoc/>
    internal override SelectState TrySend(T value)
    {
        for (int i = 0; ; i++)
        {
            if (IsClosed)
            {
                return SelectState.Ended;
            }

            if (TrySendNow(value))
            {
                return SelectState.Completed;
            }

            if (!IsClosed && (i == MotionLooks || !_slots.IsInMotion(taking: false)))
            {
                return SelectState.Pending;
            }

            SpinWaiter.Pause();
        }
    }

    /// <inheritdoc/>
    internal override ChannelStatus Send(T value, long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        var condition = new Sending(this, value);
        if (!condition.IsMet() && deadlineNanoseconds != 0)
        {
            ThrowIfUnusable(cancellationToken);
            _ = _room.Wait(ref condition, this, deadlineNanoseconds, cancellationToken);
        }

        return StatusOf(condition.State);
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal override async ValueTask<ChannelStatus> SendAsync(
        T value, long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        ThrowIfUnusable(cancellationToken);
        SendBox box = SendBox.Rent(new Sending(this, value));
        try
        {
            _ = await PooledWait.RunAsync(_room, box, this, deadlineNanoseconds, cancellationToken)
                .ConfigureAwait(false);
            return StatusOf(box.State);
        }
        finally
        {
            box.Return();
        }
    }

    /// <inheritdoc/>
    public override void Look()
    {
        _ = Waits.Recovery.SettleSite(_items);
        _ = Waits.Recovery.SettleSite(_room);
        _ = _queue.Recover();
    }

    protected override void WakeEverybody()
    {
        _items.WakeAll();
        _room.WakeAll();
    }

    // Sent while somebody closed: kept if a receiver has it, or will have it because it is not the oldest one and
    // others wait for those before it.
    private bool TryKeep(uint ticket)
    {
        var wait = default(SlotWait);
        do
        {
            if (_slots.TryTakeBack(ticket, out bool passed))
            {
                _room.WakeOne();
                return false;
            }

            if (passed)
            {
                return true;
            }
        }
        while (wait.Next());

        return true;
    }

    private struct Sending(BufferedChannel<T> channel, T value) : IWaitCondition
    {
        internal SelectState State { get; private set; }

        public bool IsMet()
        {
            if (State == SelectState.Pending)
            {
                State = channel.TrySend(value);
            }

            return State != SelectState.Pending;
        }
    }

    private sealed class SendBox : IWaitCondition
    {
        private static readonly Spares<SendBox> s_spares = new();

        private Sending _inner;

        internal SelectState State => _inner.State;

        public bool IsMet() => _inner.IsMet();

        internal static SendBox Rent(Sending inner)
        {
            SendBox box = s_spares.Take() ?? new SendBox();
            box._inner = inner;
            return box;
        }

        internal void Return()
        {
            _inner = default;
            s_spares.Keep(this);
        }
    }
}
