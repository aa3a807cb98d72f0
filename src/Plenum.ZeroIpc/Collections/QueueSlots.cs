using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The counters, sequences and elements of a queue (spec zeroipc 2.2), for a queue and for structures that
/// contain one.</summary>
/// <remarks>
/// <para>A slot's sequence is t when it is free for ticket t, t + 1 when it holds the element of ticket t, and t +
/// capacity when that was taken, which is the next lap's free. Counters and sequences run freely over 2^32.</para>
/// <para>Polling looks at the slot at the remembered counter only, so that it does not disturb the other side's
/// counter: a slot that is exactly "free for t" proves that the head cannot have passed t, whatever time went by since
/// t was read.</para>
/// <para>Every claim is stated in an owner record before and after it is made, so that a ticket whose claimant died can
/// be finished by others. Thread-safe; the hints may be stored by any thread, because each is a value that the counter
/// once had.</para>
/// </remarks>
internal partial struct QueueSlots<T>
    where T : unmanaged
{
    private const uint StreamLength = 32;
    private const int StreamPauses = 100;

    private readonly SharedMemory _memory;
    private readonly SharedUInt32 _head;
    private readonly SharedUInt32 _tail;
    private readonly SharedColumn<T> _data;
    private readonly SharedLap<T> _lap;
    private readonly SharedUInt32Lap _sequences;
    private readonly uint _capacity;
    private readonly uint _mask;
    private readonly StepClaims _adding;
    private readonly StepClaims _taking;
    private NearStep _near;
    private QueueHints _hints;

    internal QueueSlots(SharedMemory memory, long offset, uint capacity)
    {
        _memory = memory;
        _capacity = capacity;
        _mask = capacity - 1;
        SharedSegment segment = memory.Segment;
        _head = segment.UInt32(offset + QueueHeader.HeadOffset);
        _tail = segment.UInt32(offset + QueueHeader.TailOffset);
        _data = segment.Column<T>(offset + QueueHeader.DataOffset, capacity);
        _lap = segment.Lap<T>(offset + QueueHeader.DataOffset, capacity);
        _sequences = segment.UInt32Lap(
            offset + QueueHeader.SlotWordsOffset(capacity, ShareableType.SizeOf<T>()), capacity);
        _near = new NearStep(memory.Waits().Owners);
        _adding = new StepClaims(ClaimKind.QueueProducer, offset);
        _taking = new StepClaims(ClaimKind.QueueConsumer, offset);
        _hints = default;
        _hints.Head = _head.ReadAcquire();
        _hints.Tail = _tail.ReadAcquire();
    }

    internal readonly uint Capacity => _capacity;

    internal readonly uint Count
    {
        get
        {
            // The head first: the tail only grows, so the difference is never negative.
            uint head = _head.ReadAcquire();
            return Math.Min(_tail.ReadAcquire() - head, _capacity);
        }
    }

    /// <summary>Adds an element: the usual case, in which the remembered tail is the tail and its slot free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryEnqueue(T item)
    {
        SharedUInt64Pair step = _near.Cells();
        uint tail = _hints.Tail;
        SharedUInt32 sequence = _sequences[tail];

        // OBSERVE [queue-free] The consumer of the lap before has copied its element out.
        if (sequence.ReadAcquire() == tail)
        {
            _adding.Begin(step, tail);
            StepHook.At("queue-add-stated");

            // CLAIM ticket 'tail'.
            if (_tail.CompareExchange(tail + 1, tail) == tail)
            {
                Publish(sequence, tail, item, step);
                return true;
            }

            StepClaims.End(step);
        }

        return TryEnqueue(item, out _);
    }

    /// <summary>Adds an element and tells its ticket, for <see cref="TryTakeBack"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal bool TryEnqueue(T item, out uint ticket)
    {
        uint tail = _hints.Tail;
        while (true)
        {
            SharedUInt32 sequence = _sequences[tail];

            // OBSERVE [queue-free] The consumer of the lap before has copied its element out.
            uint seen = sequence.ReadAcquire();
            if (seen == tail)
            {
                SharedUInt64Pair step = _adding.Begin(ref _near, tail);
                StepHook.At("queue-add-stated");

                // CLAIM ticket 'tail'.
                uint found = _tail.CompareExchange(tail + 1, tail);
                if (found == tail)
                {
                    Publish(sequence, tail, item, step);
                    ticket = tail;
                    return true;
                }

                StepClaims.End(step);
                tail = found;
            }
            else if (!IsWorthARetry(adding: true, seen, ref tail))
            {
                ticket = tail;
                return false;
            }
        }
    }

    /// <summary>Takes an element: the usual case, in which the remembered head is the head and its slot
    /// filled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryDequeue(out T item)
    {
        SharedUInt64Pair step = _near.Cells();
        uint head = _hints.Head;
        SharedUInt32 sequence = _sequences[head];

        // OBSERVE [queue-item] The element is complete.
        if (sequence.ReadAcquire() == head + 1)
        {
            _taking.Begin(step, head);
            StepHook.At("queue-take-stated");

            // CLAIM ticket 'head'.
            if (_head.CompareExchange(head + 1, head) == head)
            {
                item = Free(sequence, head, step);
                return true;
            }

            StepClaims.End(step);
        }

        // A local of its own: one whose address is passed on stays in memory.
        bool found = TryDequeueSlow(out T late);
        item = late;
        return found;
    }

    /// <summary>Takes the element of a ticket back if it is the oldest one now.</summary>
    /// <param name="ticket">What <see cref="TryEnqueue(T, out uint)"/> told.</param>
    /// <param name="passed">Whether the head is behind the ticket: somebody has taken the element.</param>
    internal bool TryTakeBack(uint ticket, out bool passed)
    {
        uint head = _head.ReadAcquire();
        passed = (int)(head - ticket) > 0;
        if (head != ticket)
        {
            return false;
        }

        SharedUInt64Pair step = _taking.Begin(ref _near, ticket);

        // CLAIM the ticket as a consumer.
        uint found = _head.CompareExchange(ticket + 1, ticket);
        if (found == ticket)
        {
            _taking.Hold(step);
            _sequences[ticket].WriteRelease(ticket + _capacity);
        }

        passed = found != ticket;
        StepClaims.End(step);
        return !passed;
    }

    internal readonly bool TryPeek(out T item)
    {
        uint head = _head.ReadAcquire();
        while (true)
        {
            SharedUInt32 sequence = _sequences[head];
            item = default;
            if (sequence.ReadAcquire() == head + 1)
            {
                item = _lap.Read(head);

                // FENCE load of the element, then the second load of the head: only an element that is still the oldest
                //   one was copied whole.
                Volatile.ReadBarrier();
            }

            uint again = _head.ReadAcquire();
            if (again == head)
            {
                return sequence.ReadAcquire() == head + 1;
            }

            head = again;
        }
    }

    /// <summary>The element at a distance from the oldest one, if it is there now.</summary>
    internal readonly bool TryPeekAt(uint head, uint distance, out T item)
    {
        uint ticket = head + distance;
        SharedUInt32 sequence = _sequences[ticket];
        if (sequence.ReadAcquire() == ticket + 1)
        {
            item = _lap.Read(ticket);
            Volatile.ReadBarrier();
            return sequence.ReadAcquire() == ticket + 1;
        }

        item = default;
        return false;
    }

    internal readonly uint Head => _head.ReadAcquire();

    /// <summary>For a wait that begins: if many elements passed without one, the two sides stream, and this one has
    /// caught up. It lets the other side get ahead for a moment, so that the two do not take the line of the counters
    /// from each other for every element.</summary>
    /// <remarks>Worth: see "Between two processes" in docs/performance.md. A queue that is used in turns (one element,
    /// one wait) does not pause.</remarks>
    internal void PauseIfStreaming(bool taking)
    {
        uint at = taking ? _hints.Head : _hints.Tail;
        uint before = taking ? _hints.HeadAtWait : _hints.TailAtWait;
        if (taking)
        {
            _hints.HeadAtWait = at;
        }
        else
        {
            _hints.TailAtWait = at;
        }

        for (int i = 0; at - before >= StreamLength && SpinWaiter.CanSpin && i < StreamPauses; i++)
        {
            SpinWaiter.Pause();
        }
    }

    /// <summary>Whether an operation has moved its counter and not yet published its slot (or died so).</summary>
    internal readonly bool IsInMotion(bool taking)
    {
        uint head = _head.ReadAcquire();
        uint tail = _tail.ReadAcquire();
        return taking ? tail != head : tail - head < _capacity;
    }

    /// <summary>Finishes the tickets of dead claimants that stand in the way of consumers and producers.</summary>
    /// <returns>True when anything was finished.</returns>
    /// <remarks>Every wait asks before it sleeps: without a record of a dead process nothing is allocated, and no slot
    /// is looked at.</remarks>
    internal readonly bool Settle(WaitTable waits) =>
        (waits.Recovery.HasDead(_adding.Kind, _adding.Offset) || waits.Recovery.HasDead(_taking.Kind, _taking.Offset))
        && new QueueRepair(_head, _tail, _sequences, _adding, _taking).Settle(waits);

    /// <summary>Fills the bytes of an empty queue.</summary>
    internal static void Initialize(SharedSegment segment, long offset, uint capacity, int elementSize)
    {
        // PLAIN nobody can find the entry yet.
        segment.UInt32(offset + QueueHeader.CapacityOffset).WriteOwned(capacity);
        segment.UInt32(offset + QueueHeader.ElementSizeOffset).WriteOwned((uint)elementSize);
        SharedUInt32Column sequences = segment.UInt32Column(
            offset + QueueHeader.SlotWordsOffset(capacity, elementSize), 4, capacity);
        for (uint i = 0; i < capacity; i++)
        {
            sequences[i].WriteOwned(i);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryDequeueSlow(out T item)
    {
        uint head = _hints.Head;
        while (true)
        {
            SharedUInt32 sequence = _sequences[head];

            // OBSERVE [queue-item] The element is complete.
            uint seen = sequence.ReadAcquire();
            if (seen == head + 1)
            {
                SharedUInt64Pair step = _taking.Begin(ref _near, head);
                StepHook.At("queue-take-stated");

                // CLAIM ticket 'head'.
                uint found = _head.CompareExchange(head + 1, head);
                if (found == head)
                {
                    item = Free(sequence, head, step);
                    return true;
                }

                StepClaims.End(step);
                head = found;
            }
            else if (!IsWorthARetry(adding: false, seen, ref head))
            {
                item = default;
                return false;
            }
        }
    }

    // The tail's ticket is claimed: stores its element.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Publish(SharedUInt32 sequence, uint tail, T item, SharedUInt64Pair step)
    {
        StepHook.At("queue-add-claimed");
        _adding.Hold(step);
        _hints.Tail = tail + 1;
        StepHook.At("queue-add-held");
        _lap.Write(tail, item);
        StepHook.At("queue-add-stored");

        // PUBLISH [queue-item] The element is visible before its sequence says so. Weaker: a consumer takes the element
        //   of the lap before.
        sequence.WriteRelease(tail + 1);
        StepHook.At("queue-add-published");
        StepClaims.End(step);
    }

    // The head's ticket is claimed: takes its element and frees the slot.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T Free(SharedUInt32 sequence, uint head, SharedUInt64Pair step)
    {
        StepHook.At("queue-take-claimed");
        _taking.Hold(step);
        _hints.Head = head + 1;
        StepHook.At("queue-take-held");
        T item = _lap.Read(head);

        // PUBLISH [queue-free] The element was copied out before the slot is free. Weaker: a producer of the next lap
        //   overwrites what is being copied.
        sequence.WriteRelease(head + _capacity);
        StepHook.At("queue-take-freed");
        StepClaims.End(step);
        return item;
    }

    // Whether the slot of a ticket that is in another state than the operation needs is worth another look, because the
    // counter has moved on meanwhile.
    private readonly bool IsWorthARetry(bool adding, uint seen, ref uint ticket)
    {
        // The element of the lap before is still there (or being added): the tail cannot have moved past the ticket. Or
        // the ticket was never published: the head cannot have.
        bool last = adding ? seen - ticket + _capacity <= 1 : seen == ticket;
        return !last && TryRefresh(adding ? _tail : _head, ref ticket, adding ? seen : seen - 1);
    }

    // The hint was old, or the slot is in no state that this ticket can meet: look at the counter itself.
    private readonly bool TryRefresh(SharedUInt32 counter, ref uint ticket, uint seen)
    {
        uint fresh = counter.ReadAcquire();
        if (fresh != ticket)
        {
            ticket = fresh;
            return true;
        }

        return (int)(seen - ticket) < 0 ? false : throw Corrupted(ticket & _mask, seen);
    }

    private readonly SegmentCorruptedException Corrupted(uint slot, uint seen)
    {
        string name = _memory.Table.NameAt(_adding.Offset);
        return new SegmentCorruptedException(
            $"Could not use queue '{name}' in segment '{_memory.Name}': the sequence of slot {slot} is ahead of the "
            + "counter. A peer with capacity 1 or another program overwrote it; create the queue anew.",
            "use queue", _memory.Name, "seq", seen.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
