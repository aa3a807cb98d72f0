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
internal struct QueueSlots<T>
    where T : unmanaged
{
    private readonly SharedMemory _memory;
    private readonly SharedUInt32 _head;
    private readonly SharedUInt32 _tail;
    private readonly SharedColumn<T> _data;
    private readonly SharedUInt32Column _sequences;
    private readonly uint _capacity;
    private readonly uint _mask;
    private readonly OwnerTable _owners;
    private readonly StepClaims _adding;
    private readonly StepClaims _taking;
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
        _sequences = segment.UInt32Column(
            offset + QueueHeader.SlotWordsOffset(capacity, ShareableType.SizeOf<T>()), 4, capacity);
        _owners = memory.Waits().Owners;
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

    internal bool TryEnqueue(T item)
    {
        uint tail = _hints.Tail;
        while (true)
        {
            uint slot = tail & _mask;
            SharedUInt32 sequence = _sequences[slot];

            // OBSERVE [queue-free] The consumer of the lap before has copied its element out.
            uint seen = sequence.ReadAcquire();
            if (seen == tail)
            {
                OwnerRecord record = _adding.Begin(_owners, tail);

                // CLAIM ticket 'tail'.
                uint found = _tail.CompareExchange(tail + 1, tail);
                if (found == tail)
                {
                    _adding.Hold(record);
                    _hints.Tail = tail + 1;
                    _data.Write(slot, item);

                    // PUBLISH [queue-item] The element is visible before its sequence says so.
                    //   Weaker: a consumer takes the element of the lap before.
                    sequence.WriteRelease(tail + 1);
                    StepClaims.End(record);
                    return true;
                }

                StepClaims.End(record);
                tail = found;
            }
            else if (seen - tail + _capacity <= 1 || !TryRefresh(_tail, ref tail, seen))
            {
                // The element of the lap before is still there (or being added): the tail cannot have moved past it.
                return false;
            }
        }
    }

    internal bool TryDequeue(out T item)
    {
        uint head = _hints.Head;
        while (true)
        {
            uint slot = head & _mask;
            SharedUInt32 sequence = _sequences[slot];

            // OBSERVE [queue-item] The element is complete.
            uint seen = sequence.ReadAcquire();
            if (seen == head + 1)
            {
                OwnerRecord record = _taking.Begin(_owners, head);

                // CLAIM ticket 'head'.
                uint found = _head.CompareExchange(head + 1, head);
                if (found == head)
                {
                    _taking.Hold(record);
                    _hints.Head = head + 1;
                    item = _data.Read(slot);

                    // PUBLISH [queue-free] The element was copied out before the slot is free.
                    //   Weaker: a producer of the next lap overwrites what is being copied.
                    sequence.WriteRelease(head + _capacity);
                    StepClaims.End(record);
                    return true;
                }

                StepClaims.End(record);
                head = found;
            }
            else if (seen == head || !TryRefresh(_head, ref head, seen - 1))
            {
                // Ticket 'head' was never published: the head cannot have moved past it.
                item = default;
                return false;
            }
        }
    }

    internal int TryEnqueue(ReadOnlySpan<T> items)
    {
        int wanted = (int)Math.Min((uint)items.Length, _capacity);
        uint tail = _tail.ReadAcquire();
        while (true)
        {
            int free = Run(tail, tail, wanted);
            if (free == 0)
            {
                uint fresh = _tail.ReadAcquire();
                if (fresh == tail)
                {
                    return 0;
                }

                tail = fresh;
                continue;
            }

            OwnerRecord record = _adding.Begin(_owners, tail, (uint)free - 1);

            // CLAIM 'free' tickets from 'tail' on.
            uint found = _tail.CompareExchange(tail + (uint)free, tail);
            if (found == tail)
            {
                _adding.Hold(record);
                CopyIn(tail, items[..free]);
                StepClaims.End(record);
                return free;
            }

            StepClaims.End(record);
            tail = found;
        }
    }

    internal int TryDequeue(Span<T> items)
    {
        int wanted = (int)Math.Min((uint)items.Length, _capacity);
        uint head = _head.ReadAcquire();
        while (true)
        {
            int ready = Run(head, head + 1, wanted);
            if (ready == 0)
            {
                uint fresh = _head.ReadAcquire();
                if (fresh == head)
                {
                    return 0;
                }

                head = fresh;
                continue;
            }

            OwnerRecord record = _taking.Begin(_owners, head, (uint)ready - 1);

            // CLAIM 'ready' tickets from 'head' on.
            uint found = _head.CompareExchange(head + (uint)ready, head);
            if (found == head)
            {
                _taking.Hold(record);
                CopyOut(head, items[..ready]);
                StepClaims.End(record);
                return ready;
            }

            StepClaims.End(record);
            head = found;
        }
    }

    internal readonly bool TryPeek(out T item)
    {
        uint head = _head.ReadAcquire();
        while (true)
        {
            SharedUInt32 sequence = _sequences[head & _mask];
            item = default;
            if (sequence.ReadAcquire() == head + 1)
            {
                item = _data.Read(head & _mask);

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
        SharedUInt32 sequence = _sequences[ticket & _mask];
        if (sequence.ReadAcquire() == ticket + 1)
        {
            item = _data.Read(ticket & _mask);
            Volatile.ReadBarrier();
            return sequence.ReadAcquire() == ticket + 1;
        }

        item = default;
        return false;
    }

    internal readonly uint Head => _head.ReadAcquire();

    /// <summary>Whether an operation has moved its counter and not yet published its slot (or died so).</summary>
    internal readonly bool IsInMotion(bool taking)
    {
        uint head = _head.ReadAcquire();
        uint tail = _tail.ReadAcquire();
        return taking ? tail != head : tail - head < _capacity;
    }

    /// <summary>Finishes the tickets of dead claimants that stand in the way of consumers and producers.</summary>
    /// <returns>True when anything was finished.</returns>
    internal readonly bool Settle(WaitTable waits) =>
        new QueueRepair(_head, _tail, _sequences, _adding, _taking).Settle(waits);

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

    private readonly void CopyOut(uint head, Span<T> items)
    {
        ReadOnlySpan<T> data = _data.AsSpan();
        int first = (int)(head & _mask);
        int part = Math.Min(items.Length, (int)_capacity - first);
        data.Slice(first, part).CopyTo(items);
        data[..(items.Length - part)].CopyTo(items[part..]);
        for (uint i = 0; i < (uint)items.Length; i++)
        {
            // PUBLISH [queue-free] All elements were copied out before the first slot is free.
            _sequences[(head + i) & _mask].WriteRelease(head + i + _capacity);
        }
    }

    private readonly void CopyIn(uint tail, ReadOnlySpan<T> items)
    {
        Span<T> data = _data.AsSpan();
        int first = (int)(tail & _mask);
        int part = Math.Min(items.Length, (int)_capacity - first);
        items[..part].CopyTo(data[first..]);
        items[part..].CopyTo(data);
        for (uint i = 0; i < (uint)items.Length; i++)
        {
            // PUBLISH [queue-item] All elements were stored before the first sequence.
            _sequences[(tail + i) & _mask].WriteRelease(tail + i + 1);
        }
    }

    // How many sequences in a row, from a ticket on, have the expected value.
    private readonly int Run(uint ticket, uint expected, int wanted)
    {
        int run = 0;
        while (run < wanted && _sequences[(ticket + (uint)run) & _mask].ReadAcquire() == expected + (uint)run)
        {
            run++;
        }

        return run;
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
