using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The rendezvous of the Python layout: a sender waits for a waiting receiver, pushes its value into the
/// queue, and waits until the queue is empty.</summary>
internal sealed class QueueRendezvous<T> : RendezvousChannel<T>
    where T : unmanaged
{
    private const int TriesBetweenLooks = 64;

    private readonly SharedQueue<T> _queue;
    private readonly ITransfer<T> _transfer;
    private QueueSlots<T> _slots;
    private uint _ticket;

    internal QueueRendezvous(SharedMemory memory, SharedQueue<T> queue, long sync)
        : base(
            memory,
            sync + PythonChannelSync.ClosedOffset,
            sync + PythonChannelSync.SendersOffset,
            sync + PythonChannelSync.ReceiversOffset,
            sync + PythonChannelSync.CapacityOffset)
    {
        _queue = queue;
        _transfer = queue;
        _slots = new QueueSlots<T>(memory, queue.Entry.Offset, (uint)queue.Capacity);
    }

    /// <inheritdoc/>
    internal override int Count => (int)_slots.Count;

    /// <inheritdoc/>
    internal override WaitSite Items => _transfer.Items;

    /// <inheritdoc/>
    internal override bool IsReadable => _slots.TryPeek(out _) || (IsClosed && _slots.Count == 0);

    protected override WaitSite Taken => _transfer.Room;

    protected override WaitSite Offerable => Room;

    protected override bool CanOffer => WaitingReceivers > 0 && _slots.Count == 0;

    protected override bool IsTaken => _slots.Count == 0;

    protected override bool IsSettled => true;

    /// <inheritdoc/>
    internal override SelectState TryReceive(out T value)
    {
        bool closed = IsClosed;
        if (_slots.TryDequeue(out value))
        {
            _transfer.Room.WakeAll();
            return SelectState.Completed;
        }

        return EndOrPending(closed && _slots.Count == 0);
    }

    /// <inheritdoc/>
    public override void Look()
    {
        base.Look();
        _ = _queue.Recover();
    }

    protected override void Offer(T value)
    {
        // Only the sender whose turn it is comes here, and the queue was empty: there is room.
        for (int tries = 1; !_slots.TryEnqueue(value, out _ticket); tries++)
        {
            SpinWaiter.Pause();
            if (tries % TriesBetweenLooks == 0)
            {
                // A receiver that died has taken its value and not freed the place.
                _ = _queue.Recover();
                Thread.Yield();
            }
        }

        _transfer.Items.WakeOne();
    }

    protected override bool TryRetract() => _slots.TryTakeBack(_ticket, out _);

    protected override bool TryClear()
    {
        _ = _slots.TryDequeue(out _);
        return true;
    }

    protected override void OfferAgain()
    {
        // A receiver that dies with a ticket took the value with it: the queue cannot give it again.
    }
}
