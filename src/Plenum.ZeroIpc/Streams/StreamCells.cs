using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The ring of a stream: the bytes of <see cref="SharedRing{T}"/>, used by any number of emitters and
/// consumers.</summary>
/// <remarks>
/// A consumer copies the oldest element and then claims it by moving read_pos from where it saw it; if another one was
/// faster the copy is thrown away. An element is not overwritten before read_pos has passed it and positions never
/// repeat, so a claimed copy is whole. Nothing is half done when a consumer dies. Emitters take turns
/// (<see cref="StreamTurn"/>).
/// </remarks>
internal readonly struct StreamCells<T>
    where T : unmanaged
{
    private readonly SharedMemory _memory;
    private readonly SharedEntry _entry;
    private readonly SharedUInt64 _write;
    private readonly SharedUInt64 _read;
    private readonly SharedColumn<T> _data;
    private readonly uint _capacityBytes;
    private readonly ulong _mask;

    internal StreamCells(SharedMemory memory, in SharedEntry entry, uint capacityBytes)
    {
        _memory = memory;
        _entry = entry;
        _capacityBytes = capacityBytes;
        _mask = BitOperations.IsPow2(capacityBytes) ? capacityBytes - 1 : 0;
        SharedSegment segment = memory.Segment;
        _write = segment.UInt64(entry.Offset + RingHeader.WritePositionOffset);
        _read = segment.UInt64(entry.Offset + RingHeader.ReadPositionOffset);
        _data = segment.Column<T>(entry.Offset + RingHeader.DataOffset, capacityBytes / Size);
    }

    internal static uint Size => (uint)ShareableType.SizeOf<T>();

    internal int Capacity => (int)(_capacityBytes / Size);

    internal ulong Written => _write.ReadAcquire() / Size;

    internal ulong Taken => _read.ReadAcquire() / Size;

    internal int Count
    {
        get
        {
            ulong read = _read.ReadAcquire();
            return (int)(Math.Min(_write.ReadAcquire() - read, _capacityBytes) / Size);
        }
    }

    /// <summary>Finds and checks a ring of this element size.</summary>
    internal static StreamCells<T> Open(SharedMemory memory, string name)
    {
        SharedEntry entry = memory.OpenEntry("stream", name, RingHeader.SizeBytes);
        uint capacity = memory.Segment.ReadOnlyUInt32(entry.Offset + RingHeader.CapacityOffset).ReadAcquire();
        uint size = memory.Segment.ReadOnlyUInt32(entry.Offset + RingHeader.ElementSizeOffset).ReadAcquire();
        if (size != Size)
        {
            throw memory.WrongLayout("stream", entry, $"elem_size {Size}", $"elem_size {size}",
                RingHeader.ElementSizeOffset);
        }

        if (capacity < size || capacity > int.MaxValue || capacity % size != 0
            || entry.SizeBytes != RingHeader.SizeBytes + (long)capacity)
        {
            throw memory.WrongLayout(
                "stream",
                entry,
                "a ring whose capacity in bytes is a multiple of elem_size and fills the entry",
                $"capacity {capacity} in an entry of {entry.SizeBytes} bytes",
                RingHeader.CapacityOffset);
        }

        var cells = new StreamCells<T>(memory, entry, capacity);
        ulong used = cells._write.ReadAcquire() - cells._read.ReadAcquire();
        return used <= capacity && used % size == 0 ? cells : throw cells.Corrupted(used);
    }

    /// <summary>Adds an element. The caller has the turn, or is the only emitter.</summary>
    /// <param name="item">The element.</param>
    /// <param name="contradiction">What lies between the positions when that cannot be; for
    /// <see cref="ThrowIf"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryPut(T item, out ulong contradiction)
    {
        // PLAIN only who has the turn stores write_pos; the turn orders it.
        ulong write = _write.ReadOwned();

        // OBSERVE [stream-free] What was taken before was copied out.
        ulong used = write - _read.ReadAcquire();
        contradiction = 0;
        if (used >= _capacityBytes)
        {
            contradiction = used == _capacityBytes ? 0 : used;
            return false;
        }

        _data.Write(SlotOf(write), item);
        StepHook.At("stream-stored");

        // PUBLISH [stream-item] The element is visible before the position moves. Weaker: a consumer takes that of the
        //   lap before.
        _write.WriteRelease(write + Size);
        return true;
    }

    /// <summary>Adds as many elements as there is room for, published at once. As
    /// <see cref="TryPut(T, out ulong)"/>.</summary>
    internal int TryPut(ReadOnlySpan<T> items, out ulong contradiction)
    {
        ulong write = _write.ReadOwned();
        ulong used = write - _read.ReadAcquire();
        contradiction = used <= _capacityBytes ? 0 : used;
        int free = used <= _capacityBytes ? (int)((_capacityBytes - used) / Size) : 0;
        int count = Math.Min(free, items.Length);
        if (count > 0)
        {
            Span<T> data = _data.AsSpan();
            int slot = (int)SlotOf(write);
            int part = Math.Min(count, data.Length - slot);
            items[..part].CopyTo(data[slot..]);
            items[part..count].CopyTo(data);

            // PUBLISH [stream-item] All elements are visible before the position moves.
            _write.WriteRelease(write + ((ulong)count * Size));
        }

        return count;
    }

    /// <summary>Takes the oldest element; any number of consumers.</summary>
    internal bool TryTake(out T item)
    {
        ulong read = _read.ReadAcquire();
        while (true)
        {
            // OBSERVE [stream-item] Elements below write_pos are complete.
            ulong used = _write.ReadAcquire() - read;
            if (used == 0)
            {
                item = default;
                return false;
            }

            ulong found;
            if (used <= _capacityBytes)
            {
                item = _data.Read(SlotOf(read));
                StepHook.At("stream-take-copied");

                // CLAIM and PUBLISH [stream-free] in one: the full fence keeps the copy above the claim.
                found = _read.CompareExchange(read + Size, read);
                if (found == read)
                {
                    return true;
                }
            }
            else
            {
                // Others took and emitted between the two loads; only the same position again is a contradiction.
                found = _read.ReadAcquire();
                if (found == read)
                {
                    throw Corrupted(used);
                }
            }

            read = found;
        }
    }

    /// <summary>Takes the oldest element; the caller is the only consumer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryTakeAlone(out T item)
    {
        // PLAIN only this consumer stores read_pos.
        ulong read = _read.ReadOwned();
        ulong used = _write.ReadAcquire() - read;
        if (used - 1 >= _capacityBytes)
        {
            item = default;
            return used == 0 ? false : throw Corrupted(used);
        }

        item = _data.Read(SlotOf(read));

        // PUBLISH [stream-free] The element was copied out before the position moves. Weaker: an emitter overwrites it.
        _read.WriteRelease(read + Size);
        return true;
    }

    /// <summary>Takes the oldest elements with one claim; any number of consumers.</summary>
    internal int TryTake(Span<T> items)
    {
        ulong read = _read.ReadAcquire();
        while (true)
        {
            ulong used = _write.ReadAcquire() - read;
            int count = (int)Math.Min((ulong)items.Length, Math.Min(used, _capacityBytes) / Size);
            if (count == 0)
            {
                return 0;
            }

            ulong found = _read.ReadAcquire();
            if (used <= _capacityBytes)
            {
                Copy(read, items[..count]);
                found = _read.CompareExchange(read + ((ulong)count * Size), read);
                if (found == read)
                {
                    return count;
                }
            }
            else if (found == read)
            {
                throw Corrupted(used);
            }

            read = found;
        }
    }

    /// <summary>Copies the oldest elements without taking them; those taken meanwhile are left out.</summary>
    internal int Peek(Span<T> items)
    {
        ulong read = _read.ReadAcquire();
        ulong used = Math.Min(_write.ReadAcquire() - read, _capacityBytes);
        int count = (int)Math.Min((ulong)items.Length, used / Size);
        Copy(read, items[..count]);

        // FENCE loads of the elements, then the second load of the position: those above it were not overwritten.
        Volatile.ReadBarrier();
        int gone = (int)Math.Min((ulong)count, (_read.ReadAcquire() - read) / Size);
        items[gone..count].CopyTo(items);
        return count - gone;
    }

    /// <summary>Reports positions that contradict the capacity.</summary>
    internal void ThrowIf(ulong contradiction)
    {
        if (contradiction != 0)
        {
            throw Corrupted(contradiction);
        }
    }

    private void Copy(ulong read, Span<T> items)
    {
        ReadOnlySpan<T> data = _data.AsSpan();
        int slot = (int)SlotOf(read);
        int part = Math.Min(items.Length, data.Length - slot);
        data.Slice(slot, part).CopyTo(items);
        data[..(items.Length - part)].CopyTo(items[part..]);
    }

    private uint SlotOf(ulong position) =>
        (uint)(_mask != 0 ? position & _mask : position % _capacityBytes) / Size;

    private SegmentCorruptedException Corrupted(ulong used) => new(
        $"Could not use stream '{_entry.Name}' in segment '{_memory.Name}': write_pos - read_pos is {used}, the "
        + "capacity is "
        + $"{_capacityBytes} bytes of {Size}-byte elements. Peers that allow one emitter and one consumer were more, "
        + "or it was "
        + "overwritten.",
        "use stream", _memory.Name, "write_pos", used.ToString(CultureInfo.InvariantCulture));
}
