using System.Collections;
using System.Numerics;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A bounded first-in-first-out queue for any number of producers and consumers in any number of processes
/// (spec zeroipc 2.2), wire compatible with the C++, Python, Go and C queues.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <remarks>
/// <para>Thread-safe. The Try operations never wait; each takes or adds with one exchange of a counter. An element is visible in the
/// order of the tickets, so one producer's elements come out in their order.</para>
/// <para>Capacity is rounded up to a power of two, at least 2: with 1 the format cannot tell full from empty, and no peer works.</para>
/// </remarks>
public sealed class SharedQueue<T> : IReadOnlyCollection<T>
    where T : unmanaged
{
    private const int MaxCapacity = 1 << 30;

    private readonly SharedMemory _memory;
    private readonly SharedUInt32 _head;
    private readonly SharedUInt32 _tail;
    private readonly SharedColumn<T> _data;
    private readonly SharedUInt32Column _sequences;
    private readonly uint _capacity;
    private readonly uint _mask;
    private QueueHints _hints;

    private SharedQueue(SharedMemory memory, in SharedEntry entry, uint capacity)
    {
        _memory = memory;
        Entry = entry;
        _capacity = capacity;
        _mask = capacity - 1;
        SharedSegment segment = memory.Segment;
        _head = segment.UInt32(entry.Offset + QueueHeader.HeadOffset);
        _tail = segment.UInt32(entry.Offset + QueueHeader.TailOffset);
        _data = segment.Column<T>(entry.Offset + QueueHeader.DataOffset, capacity);
        _sequences = segment.UInt32Column(
            entry.Offset + QueueHeader.SlotWordsOffset(capacity, ShareableType.SizeOf<T>()), 4, capacity);
        _hints.Head = _head.ReadAcquire();
        _hints.Tail = _tail.ReadAcquire();
    }

    /// <summary>Its entry in the table.</summary>
    public SharedEntry Entry { get; }

    /// <summary>The segment it lies in.</summary>
    public SharedMemory Memory => _memory;

    /// <summary>Number of slots.</summary>
    public int Capacity => (int)_capacity;

    /// <summary>Number of elements now, those being added or taken included.</summary>
    public int Count
    {
        get
        {
            // The head first: the tail only grows, so the difference is never negative.
            uint head = _head.ReadAcquire();
            uint count = _tail.ReadAcquire() - head;
            GC.KeepAlive(this);
            return (int)Math.Min(count, _capacity);
        }
    }

    /// <summary>Whether no element is in the queue or being added.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>Creates an empty queue.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Its name, at most 31 bytes in UTF-8.</param>
    /// <param name="capacity">Number of slots, 1 to 1,073,741,824; rounded up to a power of two, at least 2.</param>
    /// <exception cref="NotSupportedException">The element type cannot be shared.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is out of range.</exception>
    /// <inheritdoc cref="NameTable.Register" path="/exception"/>
    public static SharedQueue<T> Create(SharedMemory memory, string name, int capacity)
    {
        ArgumentNullException.ThrowIfNull(memory);
        int size = StructureSize.OfElement<T>();
        uint slots = RoundCapacity(capacity);
        SharedEntry[] entries = memory.Allocate(new EntryRequest(
            name, QueueHeader.TotalBytes(slots, size), (segment, offset) => Initialize(segment, offset, slots, size)));
        return new SharedQueue<T>(memory, entries[0], slots);
    }

    /// <summary>Opens a queue that a program of any language created.</summary>
    /// <param name="memory">The segment, mapped read-write.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="NotSupportedException">The element type cannot be shared.</exception>
    /// <exception cref="EntryNotFoundException">No such entry.</exception>
    /// <exception cref="SegmentFormatException">The entry is no queue of this element size, or the segment is of version 1.</exception>
    /// <exception cref="SegmentCorruptedException">The entry lies outside the segment.</exception>
    /// <exception cref="InvalidOperationException">The segment is mapped read-only.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public static SharedQueue<T> Open(SharedMemory memory, string name)
    {
        ArgumentNullException.ThrowIfNull(memory);
        int size = StructureSize.OfElement<T>();
        SharedEntry entry = memory.OpenEntry("queue", name, QueueHeader.SizeBytes);
        uint capacity = memory.Segment.ReadOnlyUInt32(entry.Offset + QueueHeader.CapacityOffset).ReadAcquire();
        uint elementSize = memory.Segment.ReadOnlyUInt32(entry.Offset + QueueHeader.ElementSizeOffset).ReadAcquire();
        if (elementSize != size)
        {
            throw memory.WrongLayout(
                "queue", entry, $"elem_size {size}", $"elem_size {elementSize}", QueueHeader.ElementSizeOffset);
        }

        if (capacity < 2 || !BitOperations.IsPow2(capacity))
        {
            string found = capacity == 1
                ? "capacity 1, with which the format cannot tell full from empty"
                : $"capacity {capacity}, which is not a power of two";
            throw memory.WrongLayout(
                "queue", entry, "a capacity that is a power of two, at least 2", found, QueueHeader.CapacityOffset);
        }

        long total = QueueHeader.TotalBytes(capacity, size);
        return entry.SizeBytes == total
            ? new SharedQueue<T>(memory, entry, capacity)
            : throw memory.WrongLayout(
                "queue", entry, $"{total} bytes for {capacity} slots", $"{entry.SizeBytes} bytes", -1);
    }

    /// <summary>Opens a queue, or creates it if there is none.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Its name.</param>
    /// <param name="capacity">Number of slots if it is created; an existing queue keeps its own.</param>
    /// <inheritdoc cref="Create" path="/exception"/>
    /// <exception cref="SegmentFormatException">The entry is no queue of this element size.</exception>
    public static SharedQueue<T> CreateOrOpen(SharedMemory memory, string name, int capacity) =>
        StructureSize.OpenOrCreate(memory, name, () => Open(memory, name), () => Create(memory, name, capacity));

    /// <summary>Adds an element if there is room. Does not wait.</summary>
    /// <param name="item">The element.</param>
    /// <returns>False when the queue is full.</returns>
    /// <exception cref="SegmentCorruptedException">A slot's sequence is ahead of the counter.</exception>
    public bool TryEnqueue(T item)
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
                // CLAIM ticket 'tail'.
                uint found = _tail.CompareExchange(tail + 1, tail);
                if (found == tail)
                {
                    _hints.Tail = tail + 1;
                    _data.Write(slot, item);

                    // PUBLISH [queue-item] The element is visible before its sequence says so.
                    //   Weaker: a consumer takes the element of the lap before.
                    sequence.WriteRelease(tail + 1);
                    GC.KeepAlive(this);
                    return true;
                }

                tail = found;
            }
            else if (seen - tail + _capacity <= 1)
            {
                // The element of the lap before is still there (or being added): the tail cannot have moved past it.
                GC.KeepAlive(this);
                return false;
            }
            else if (!TryRefresh(_tail, ref tail, seen))
            {
                return false;
            }
        }
    }

    /// <summary>Takes the oldest element if there is one. Does not wait.</summary>
    /// <param name="item">The element.</param>
    /// <returns>False when the queue is empty, or when its oldest element is still being added.</returns>
    /// <exception cref="SegmentCorruptedException">A slot's sequence is ahead of the counter.</exception>
    public bool TryDequeue(out T item)
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
                // CLAIM ticket 'head'.
                uint found = _head.CompareExchange(head + 1, head);
                if (found == head)
                {
                    _hints.Head = head + 1;
                    item = _data.Read(slot);

                    // PUBLISH [queue-free] The element was copied out before the slot is free.
                    //   Weaker: a producer of the next lap overwrites what is being copied.
                    sequence.WriteRelease(head + _capacity);
                    GC.KeepAlive(this);
                    return true;
                }

                head = found;
            }
            else if (seen == head)
            {
                // Ticket 'head' was never published: the head cannot have moved past it.
                break;
            }
            else if (!TryRefresh(_head, ref head, seen - 1))
            {
                break;
            }
        }

        item = default;
        GC.KeepAlive(this);
        return false;
    }

    /// <summary>Adds as many elements as there is room for, with one claim. Does not wait.</summary>
    /// <param name="items">The elements, in order.</param>
    /// <returns>How many were added, from the start of <paramref name="items"/>: they lie next to each other in the queue.</returns>
    public int TryEnqueue(ReadOnlySpan<T> items)
    {
        int wanted = (int)Math.Min((uint)items.Length, _capacity);
        uint tail = _tail.ReadAcquire();
        int free;
        while (true)
        {
            free = Run(tail, tail, wanted);
            uint found = free > 0 ? _tail.CompareExchange(tail + (uint)free, tail) : _tail.ReadAcquire();
            if (found == tail)
            {
                break;
            }

            tail = found;
        }

        if (free > 0)
        {
            _hints.Tail = tail + (uint)free;
            Span<T> data = _data.AsSpan();
            int first = (int)(tail & _mask);
            int part = Math.Min(free, (int)_capacity - first);
            items[..part].CopyTo(data[first..]);
            items[part..free].CopyTo(data);
            for (uint i = 0; i < (uint)free; i++)
            {
                // PUBLISH [queue-item] All elements were stored before the first sequence.
                _sequences[(tail + i) & _mask].WriteRelease(tail + i + 1);
            }
        }

        GC.KeepAlive(this);
        return free;
    }

    /// <summary>Takes as many elements as there are, with one claim. Does not wait.</summary>
    /// <param name="items">Receives the elements, oldest first.</param>
    /// <returns>How many were taken.</returns>
    public int TryDequeue(Span<T> items)
    {
        int wanted = (int)Math.Min((uint)items.Length, _capacity);
        uint head = _head.ReadAcquire();
        int ready;
        while (true)
        {
            ready = Run(head, head + 1, wanted);
            uint found = ready > 0 ? _head.CompareExchange(head + (uint)ready, head) : _head.ReadAcquire();
            if (found == head)
            {
                break;
            }

            head = found;
        }

        if (ready > 0)
        {
            _hints.Head = head + (uint)ready;
            Span<T> data = _data.AsSpan();
            int first = (int)(head & _mask);
            int part = Math.Min(ready, (int)_capacity - first);
            data.Slice(first, part).CopyTo(items);
            data[..(ready - part)].CopyTo(items[part..]);
            for (uint i = 0; i < (uint)ready; i++)
            {
                // PUBLISH [queue-free] All elements were copied out before the first slot is free.
                _sequences[(head + i) & _mask].WriteRelease(head + i + _capacity);
            }
        }

        GC.KeepAlive(this);
        return ready;
    }

    /// <summary>Copies the oldest element without taking it. Does not wait.</summary>
    /// <param name="item">The element.</param>
    /// <returns>False when the queue is empty.</returns>
    public bool TryPeek(out T item)
    {
        uint head = _head.ReadAcquire();
        while (true)
        {
            SharedUInt32 sequence = _sequences[head & _mask];
            if (sequence.ReadAcquire() == head + 1)
            {
                item = _data.Read(head & _mask);

                // FENCE load of the element, then the second load of the head: only an element that is still the oldest one was
                //   copied whole.
                Volatile.ReadBarrier();
            }
            else
            {
                item = default;
            }

            uint again = _head.ReadAcquire();
            if (again == head)
            {
                bool found = sequence.ReadAcquire() == head + 1;
                GC.KeepAlive(this);
                return found;
            }

            head = again;
        }
    }

    /// <summary>The elements from the oldest to the newest, without taking them; those taken meanwhile are left out.</summary>
    public IEnumerator<T> GetEnumerator()
    {
        uint head = _head.ReadAcquire();
        uint count = Math.Min(_tail.ReadAcquire() - head, _capacity);
        for (uint i = 0; i < count; i++)
        {
            uint ticket = head + i;
            if (_sequences[ticket & _mask].ReadAcquire() != ticket + 1)
            {
                continue;
            }

            T item = _data.Read(ticket & _mask);
            Volatile.ReadBarrier();
            if (_sequences[ticket & _mask].ReadAcquire() == ticket + 1)
            {
                yield return item;
            }
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static uint RoundCapacity(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, MaxCapacity);
        return Math.Max(2, BitOperations.RoundUpToPowerOf2((uint)capacity));
    }

    /// <summary>Fills the bytes of an empty queue; also for structures that contain one.</summary>
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

    // How many sequences in a row, from a ticket on, have the expected value.
    private int Run(uint ticket, uint expected, int wanted)
    {
        int run = 0;
        while (run < wanted && _sequences[(ticket + (uint)run) & _mask].ReadAcquire() == expected + (uint)run)
        {
            run++;
        }

        return run;
    }

    // The hint was old, or the slot is in no state that this ticket can meet: look at the counter itself.
    private bool TryRefresh(SharedUInt32 counter, ref uint ticket, uint seen)
    {
        uint fresh = counter.ReadAcquire();
        if (fresh != ticket)
        {
            ticket = fresh;
            return true;
        }

        if ((int)(seen - ticket) < 0)
        {
            return false;
        }

        throw new SegmentCorruptedException(
            $"Could not use queue '{Entry.Name}' in segment '{_memory.Name}': the sequence of slot {ticket & _mask} is ahead of the "
            + "counter. A peer with capacity 1 or another program overwrote it; create the queue anew.",
            "use queue", _memory.Name, "seq", seen.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
