using System.Numerics;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A ring for exactly one producer and one consumer at a time (spec zeroipc 2.7), wire compatible with the C++
/// and Python rings.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <remarks>
/// <para>One thread of one process may write and one thread of one process may read at a time; hand the role on only
/// after the other has stopped. The Try operations never wait and never overwrite.</para>
/// <para>A single operation stores its position without a fence, which would cost more than the operation. A sleeping
/// peer may therefore, rarely, see it only at its next look (1 to 10 ms; else 50 to 200 ms).</para>
/// <para>A process that dies in the middle of an operation leaves nothing half done: positions move last.</para>
/// </remarks>
public sealed partial class SharedRing<T> : ITransfer<T>
    where T : unmanaged
{
    private readonly SharedMemory _memory;
    private readonly SharedUInt64Pair _positions;
    private readonly SharedUInt32 _itemsWaiters;
    private readonly SharedUInt32 _roomWaiters;
    private readonly SharedByteLap<T> _lap;
    private readonly uint _lapBytes;
    private readonly uint _capacityBytes;
    private readonly uint _slots;
    private readonly SharedColumn<T> _data;
    private readonly WaitSite _items;
    private readonly WaitSite _room;
    private ulong _writerPosition;
    private uint _writerSlot;
    private ulong _readerPosition;
    private uint _readerSlot;

    private SharedRing(SharedMemory memory, in SharedEntry entry, uint capacityBytes)
    {
        _memory = memory;
        Entry = entry;
        _capacityBytes = capacityBytes;
        _slots = capacityBytes / ElementSize;
        SharedSegment segment = memory.Segment;
        _positions = segment.UInt64Pair(entry.Offset + RingHeader.WritePositionOffset);
        _data = segment.Column<T>(entry.Offset + RingHeader.DataOffset, _slots);
        if (BitOperations.IsPow2(_slots) && BitOperations.IsPow2(ElementSize))
        {
            _lap = segment.ByteLap<T>(entry.Offset + RingHeader.DataOffset, _slots);
            _lapBytes = capacityBytes;
        }

        _items = memory.Waits().Site(entry.Offset + RingHeader.WritePositionOffset);
        _room = memory.Waits().Site(entry.Offset + RingHeader.ReadPositionOffset);
        _itemsWaiters = _items.WaitersCell;
        _roomWaiters = _room.WaitersCell;
    }

    /// <summary>Its entry in the table.</summary>
    public SharedEntry Entry { get; }

    /// <summary>The segment it lies in.</summary>
    public SharedMemory Memory => _memory;

    /// <summary>Room for elements.</summary>
    public int Capacity => (int)_slots;

    /// <summary>Room in bytes, as the header has it.</summary>
    public long CapacityBytes => _capacityBytes;

    /// <summary>Elements ever written.</summary>
    public long TotalWritten => (long)(WritePosition.ReadAcquire() / ElementSize);

    /// <summary>Elements ever read.</summary>
    public long TotalRead => (long)(ReadPosition.ReadAcquire() / ElementSize);

    /// <summary>Number of elements now.</summary>
    public int Count
    {
        get
        {
            ulong read = ReadPosition.ReadAcquire();
            ulong used = WritePosition.ReadAcquire() - read;
            GC.KeepAlive(this);
            return (int)(Math.Min(used, _capacityBytes) / ElementSize);
        }
    }

    private SharedUInt64 WritePosition => _positions.First;

    private SharedUInt64 ReadPosition => _positions.Second;

    private static uint ElementSize => (uint)ShareableType.SizeOf<T>();

    /// <summary>Creates an empty ring.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Its name, at most 31 bytes in UTF-8.</param>
    /// <param name="capacity">Room for elements, at least 1; at most 2 GiB of data.</param>
    /// <exception cref="NotSupportedException">The element type cannot be shared.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is out of range.</exception>
    /// <inheritdoc cref="NameTable.Register" path="/exception"/>
    public static SharedRing<T> Create(SharedMemory memory, string name, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return CreateBytes(memory, name, (long)capacity * StructureSize.OfElement<T>());
    }

    /// <summary>Creates an empty ring as the C++ peer does, by bytes.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Its name, at most 31 bytes in UTF-8.</param>
    /// <param name="capacityBytes">Room in bytes, rounded down to whole elements, at least one; at most 2 GiB.</param>
    /// <inheritdoc cref="Create" path="/exception"/>
    public static SharedRing<T> CreateBytes(SharedMemory memory, string name, long capacityBytes)
    {
        ArgumentNullException.ThrowIfNull(memory);
        int size = StructureSize.OfElement<T>();
        ArgumentOutOfRangeException.ThrowIfLessThan(capacityBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacityBytes, int.MaxValue);
        uint bytes = (uint)Math.Max(size, capacityBytes / size * size);
        SharedEntry[] entries = memory.Allocate(new EntryRequest(
            name, RingHeader.SizeBytes + (long)bytes, (segment, offset) => Initialize(segment, offset, bytes, size)));
        return new SharedRing<T>(memory, entries[0], bytes);
    }

    /// <summary>Opens a ring that a C++, Python or C# program created.</summary>
    /// <param name="memory">The segment, mapped read-write.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="NotSupportedException">The element type cannot be shared.</exception>
    /// <exception cref="EntryNotFoundException">No such entry.</exception>
    /// <exception cref="SegmentFormatException">The entry is no ring of this element size, or the segment is of version
    /// 1.</exception>
    /// <exception cref="SegmentCorruptedException">The entry lies outside the segment, or its positions contradict its
    /// capacity.</exception>
    /// <exception cref="InvalidOperationException">The segment is mapped read-only.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public static SharedRing<T> Open(SharedMemory memory, string name)
    {
        ArgumentNullException.ThrowIfNull(memory);
        int size = StructureSize.OfElement<T>();
        SharedEntry entry = memory.OpenEntry("ring", name, RingHeader.SizeBytes);
        uint capacity = memory.Segment.ReadOnlyUInt32(entry.Offset + RingHeader.CapacityOffset).ReadAcquire();
        uint elementSize = memory.Segment.ReadOnlyUInt32(entry.Offset + RingHeader.ElementSizeOffset).ReadAcquire();
        if (elementSize != size)
        {
            throw memory.WrongLayout("ring", entry, $"elem_size {size}", $"elem_size {elementSize}",
                RingHeader.ElementSizeOffset);
        }

        if (capacity < size || capacity > int.MaxValue || capacity % size != 0
            || entry.SizeBytes != RingHeader.SizeBytes + (long)capacity)
        {
            throw memory.WrongLayout(
                "ring", entry, "a capacity in bytes that is a multiple of elem_size and fills the entry",
                $"capacity {capacity} in an entry of {entry.SizeBytes} bytes", RingHeader.CapacityOffset);
        }

        var ring = new SharedRing<T>(memory, entry, capacity);
        _ = ring.Used(ring.WritePosition.ReadAcquire(), ring.ReadPosition.ReadAcquire());
        return ring;
    }

    /// <summary>Opens a ring, or creates it if there is none.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Its name.</param>
    /// <param name="capacity">Room for elements if it is created; an existing ring keeps its own.</param>
    /// <inheritdoc cref="Create" path="/exception"/>
    /// <exception cref="SegmentFormatException">The entry is no ring of this element size.</exception>
    public static SharedRing<T> CreateOrOpen(SharedMemory memory, string name, int capacity) =>
        StructureSize.OpenOrCreate(memory, name, () => Open(memory, name), () => Create(memory, name, capacity));

    /// <inheritdoc/>
    WaitSite ITransfer<T>.Items => _items;

    /// <inheritdoc/>
    WaitSite ITransfer<T>.Room => _room;

    /// <summary>Writes an element if there is room. Producer only; does not wait.</summary>
    /// <param name="item">The element.</param>
    /// <returns>False when the ring is full.</returns>
    /// <exception cref="SegmentCorruptedException">The positions contradict the capacity.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWrite(T item)
    {
        SharedUInt64Pair positions = _positions;

        // PLAIN only the producer stores write_pos.
        ulong write = positions.First.ReadOwned();

        // OBSERVE [ring-free] What the consumer read before is copied out.
        if (write - positions.Second.ReadAcquire() >= _lapBytes)
        {
            return TryWriteSlow(item);
        }

        _lap.Write(write, item);
        StepHook.At("ring-write-stored");

        // PUBLISH [ring-item] The element is visible before the position moves. Weaker: it reads the lap before.
        positions.First.WriteRelease(write + ElementSize);

        // PLAIN see the remarks: without a fence.
        if (_itemsWaiters.ReadOwned() != 0)
        {
            _items.WakeOne();
        }

        GC.KeepAlive(this);
        return true;
    }

    /// <summary>Reads the oldest element if there is one. Consumer only; does not wait.</summary>
    /// <param name="item">The element.</param>
    /// <returns>False when the ring is empty.</returns>
    /// <exception cref="SegmentCorruptedException">The positions contradict the capacity.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead(out T item)
    {
        SharedUInt64Pair positions = _positions;

        // PLAIN only the consumer stores read_pos.
        ulong read = positions.Second.ReadOwned();

        // OBSERVE [ring-item] Elements below write_pos are complete.
        if (positions.First.ReadAcquire() - read - 1 >= _lapBytes)
        {
            // A local of its own: one whose address is passed on stays in memory.
            bool found = TryReadSlow(out T late);
            item = late;
            return found;
        }

        item = _lap.Read(read);
        StepHook.At("ring-read-copied");

        // PUBLISH [ring-free] The element was copied out before the position moves. Weaker: the producer overwrites it.
        positions.Second.WriteRelease(read + ElementSize);

        // PLAIN see the remarks: without a fence.
        if (_roomWaiters.ReadOwned() != 0)
        {
            _room.WakeOne();
        }

        GC.KeepAlive(this);
        return true;
    }

    /// <summary>Writes an element; waits for room. Producer only.</summary>
    /// <param name="item">The element.</param>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try once.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over and the ring full.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was written.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed during the wait.</exception>
    public bool Write(T item, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TryWrite(item) || Transfers.Put(this, item, timeout, cancellationToken);

    /// <summary>Reads the oldest element; waits for one. Consumer only.</summary>
    /// <param name="item">The element.</param>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try once.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over and the ring empty.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was read.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed during the wait.</exception>
    public bool Read(out T item, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TryRead(out item) || Transfers.Take(this, out item, timeout, cancellationToken);

    /// <summary>Writes an element; waits for room without holding a thread. Producer only.</summary>
    /// <inheritdoc cref="Write" path="/param"/>
    /// <inheritdoc cref="Write" path="/returns"/>
    /// <inheritdoc cref="Write" path="/exception"/>
    public ValueTask<bool> WriteAsync(T item, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TryWrite(item) ? new ValueTask<bool>(true) : Transfers.PutAsync(this, item, timeout, cancellationToken);

    /// <summary>Reads the oldest element; waits for one without holding a thread. Consumer only.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try once.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The element; null when the time was over and the ring empty.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was read.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed during the wait.</exception>
    public ValueTask<T?> ReadAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TryRead(out T item) ? new ValueTask<T?>(item) : Transfers.TakeAsync(this, timeout, cancellationToken);

    /// <summary>Writes as many elements as there is room for, published at once. Producer only; never waits.</summary>
    /// <param name="items">The elements, in order.</param>
    /// <returns>How many were written, from the start of <paramref name="items"/>.</returns>
    /// <exception cref="SegmentCorruptedException">The positions contradict the capacity.</exception>
    public int TryWrite(ReadOnlySpan<T> items)
    {
        ulong write = WritePosition.ReadOwned();
        int free = (int)_slots - Used(write, ReadPosition.ReadAcquire());
        int count = Math.Min(free, items.Length);
        if (count > 0)
        {
            Span<T> data = _data.AsSpan();
            int slot = (int)SlotOf(write);
            int part = Math.Min(count, (int)_slots - slot);
            items[..part].CopyTo(data[slot..]);
            items[part..count].CopyTo(data);

            // PUBLISH [ring-item] All elements are visible before the position moves.
            WritePosition.WriteRelease(write + ((ulong)count * ElementSize));
            _items.FenceAndWakeAll();
        }

        GC.KeepAlive(this);
        return count;
    }

    /// <summary>Reads as many elements as there are, freed at once. Consumer only; does not wait.</summary>
    /// <param name="items">Receives the elements, oldest first.</param>
    /// <returns>How many were read.</returns>
    /// <exception cref="SegmentCorruptedException">The positions contradict the capacity.</exception>
    public int TryRead(Span<T> items)
    {
        ulong read = ReadPosition.ReadOwned();
        int count = CopyOut(read, items);
        if (count != 0)
        {
            // PUBLISH [ring-free] All elements were copied out before the position moves.
            ReadPosition.WriteRelease(read + ((ulong)count * ElementSize));
            _room.FenceAndWakeAll();
        }

        GC.KeepAlive(this);
        return count;
    }

    /// <summary>Copies the oldest elements without taking them. Exact for the consumer only.</summary>
    /// <param name="items">Receives the elements, oldest first.</param>
    /// <returns>How many were copied.</returns>
    /// <exception cref="SegmentCorruptedException">The positions contradict the capacity.</exception>
    public int Peek(Span<T> items)
    {
        int count = CopyOut(ReadPosition.ReadAcquire(), items);
        GC.KeepAlive(this);
        return count;
    }

    /// <inheritdoc/>
    bool ITransfer<T>.TryTake(out T item) => TryRead(out item);

    /// <inheritdoc/>
    bool ITransfer<T>.TryPut(T item) => TryWrite(item);

    /// <inheritdoc/>
    bool ITransfer<T>.IsInMotion(bool taking) => true;

    /// <inheritdoc/>
    bool IWaitWatch.ReadsRecordsOnly => true;

    /// <inheritdoc/>
    void IWaitWatch.Look()
    {
        // Positions move last: the dead leave nothing here.
    }

    internal static void Initialize(SharedSegment segment, long offset, uint capacityBytes, int elementSize)
    {
        // PLAIN nobody can find the entry yet.
        segment.UInt32(offset + RingHeader.CapacityOffset).WriteOwned(capacityBytes);
        segment.UInt32(offset + RingHeader.ElementSizeOffset).WriteOwned((uint)elementSize);
    }
}
