using System.Collections;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A hash set with a fixed number of slots (spec zeroipc 2.5), wire compatible with the C++ set, or with the
/// Python one when asked for (<see cref="HashLayout"/>).</summary>
/// <typeparam name="T">The type of a value: without padding, because its bytes are hashed.</typeparam>
/// <remarks>Thread-safe except for <see cref="Clear"/>; waits and hashes as
/// <see cref="SharedMap{TKey, TValue}"/>.</remarks>
public sealed class SharedSet<T> : IReadOnlyCollection<T>
    where T : unmanaged
{
    private readonly SharedMemory _memory;
    private HashSlots<T, byte> _slots;

    private SharedSet(SharedMemory memory, in SharedEntry entry, uint capacity, HashLayout layout)
    {
        _memory = memory;
        Entry = entry;
        SlotLayout slot = SlotOf(layout);
        _slots = new HashSlots<T, byte>(memory, entry.Offset, slot, capacity, layout);
    }

    /// <summary>Its entry in the table.</summary>
    public SharedEntry Entry { get; }

    /// <summary>The segment it lies in.</summary>
    public SharedMemory Memory => _memory;

    /// <summary>Number of slots.</summary>
    public int Capacity => (int)_slots.Capacity;

    /// <summary>Which peers it is laid out for.</summary>
    public HashLayout Layout => _slots.Layout;

    /// <summary>Number of values, as the header counts them.</summary>
    public int Count
    {
        get
        {
            int count = (int)_slots.Count;
            GC.KeepAlive(this);
            return count;
        }
    }

    /// <summary>Creates an empty set.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Its name, at most 31 bytes in UTF-8.</param>
    /// <param name="capacity">Number of slots, at least 1.</param>
    /// <param name="layout">Which peers it is laid out for.</param>
    /// <exception cref="NotSupportedException">The type cannot be shared or has padding.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is less than 1.</exception>
    /// <inheritdoc cref="NameTable.Register" path="/exception"/>
    public static SharedSet<T> Create(SharedMemory memory, string name, int capacity,
        HashLayout layout = HashLayout.Native)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ShareableType.CheckWithoutPadding<T>();
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        SharedEntry[] entries = memory.Allocate(new EntryRequest(
            name,
            SlotOf(layout).TotalBytes(capacity),
            (segment, offset) => Initialize(segment, offset, (uint)capacity, ValueSize(layout))));
        return new SharedSet<T>(memory, entries[0], (uint)capacity, layout);
    }

    /// <summary>Opens a set.</summary>
    /// <param name="memory">The segment, mapped read-write.</param>
    /// <param name="name">Its name.</param>
    /// <param name="layout">Which peers it is laid out for.</param>
    /// <exception cref="NotSupportedException">The type cannot be shared or has padding.</exception>
    /// <exception cref="EntryNotFoundException">No such entry.</exception>
    /// <exception cref="SegmentFormatException">The entry is no set of this type in this layout; the message says which
    /// it is.</exception>
    /// <exception cref="SegmentCorruptedException">The entry lies outside the segment.</exception>
    /// <exception cref="InvalidOperationException">The segment is mapped read-only.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public static SharedSet<T> Open(SharedMemory memory, string name, HashLayout layout = HashLayout.Native)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ShareableType.CheckWithoutPadding<T>();
        var opening = new MapOpening(memory, "set", name);
        opening.RequireSizes((uint)ShareableType.SizeOf<T>(), ValueSize(layout));
        HashLayout other = layout == HashLayout.Native ? HashLayout.Python : HashLayout.Native;
        opening.RequireLayout(SlotOf(layout), layout, SlotOf(other));
        opening.RequirePlaces<T>(SlotOf(layout), layout, SlotOf(other));
        return new SharedSet<T>(memory, opening.Entry, opening.Capacity, layout);
    }

    /// <summary>Opens a set, or creates it if there is none.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Its name.</param>
    /// <param name="capacity">Number of slots if it is created; an existing set keeps its own.</param>
    /// <param name="layout">Which peers it is laid out for.</param>
    /// <inheritdoc cref="Create" path="/exception"/>
    /// <exception cref="SegmentFormatException">The entry is no set of this type.</exception>
    public static SharedSet<T> CreateOrOpen(
        SharedMemory memory, string name, int capacity, HashLayout layout = HashLayout.Native) =>
        StructureSize.OpenOrCreate(
            memory, name, () => Open(memory, name, layout), () => Create(memory, name, capacity, layout));

    /// <summary>Whether a value is in the set.</summary>
    /// <param name="value">The value.</param>
    public bool Contains(T value)
    {
        uint place = 0;
        bool found = _slots.TryFind(value, _slots.Hash(value), ref place, out _);
        GC.KeepAlive(this);
        return found;
    }

    /// <summary>Adds a value.</summary>
    /// <param name="value">The value.</param>
    public SetAddition Add(T value)
    {
        SlotClaim claim = _slots.Claim(value, _slots.Hash(value), lockPresent: false, out uint index,
            out SharedUInt64Pair step);
        if (claim == SlotClaim.Claimed)
        {
            if (_slots.Layout == HashLayout.Python)
            {
                _slots[index].WriteValue(1);
            }

            _slots.Commit(index, value, step);
        }

        GC.KeepAlive(this);
        return claim switch
        {
            SlotClaim.Claimed => SetAddition.Added,
            SlotClaim.Full => SetAddition.Full,
            _ => SetAddition.AlreadyPresent,
        };
    }

    /// <summary>Adds a value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>False when it was there already or no slot is free, as the C++ peer answers.</returns>
    public bool TryAdd(T value) => Add(value) == SetAddition.Added;

    /// <summary>Removes a value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>False when it was not there.</returns>
    public bool TryRemove(T value)
    {
        bool found = _slots.TryLock(value, _slots.Hash(value), out uint index, out SharedUInt64Pair step);
        if (found)
        {
            _slots.Remove(index, step);
        }

        GC.KeepAlive(this);
        return found;
    }

    /// <summary>Removes everything, tombstones included. Nobody else may use the set meanwhile.</summary>
    public void Clear()
    {
        _slots.Clear();
        GC.KeepAlive(this);
    }

    /// <summary>The values in the order of the slots; those added or removed meanwhile may or may not be among
    /// them.</summary>
    public IEnumerator<T> GetEnumerator()
    {
        for (uint i = 0; i < _slots.Capacity; i++)
        {
            if (!_slots.IsOccupied(i))
            {
                continue;
            }

            T value = _slots[i].ReadKey();
            Volatile.ReadBarrier();
            if (_slots.IsOccupied(i))
            {
                yield return value;
            }
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static SlotLayout SlotOf(HashLayout layout)
    {
        int size = ShareableType.SizeOf<T>();
        return layout == HashLayout.Native
            ? SlotLayout.Native(size, ShareableType.AlignmentOf<T>(), 0, 1)
            : SlotLayout.Packed(size, 1);
    }

    private static uint ValueSize(HashLayout layout) => layout == HashLayout.Native ? 0u : 1u;

    private static void Initialize(SharedSegment segment, long offset, uint capacity, uint valueSize)
    {
        // PLAIN nobody can find the entry yet.
        segment.UInt32(offset + MapHeader.CapacityOffset).WriteOwned(capacity);
        segment.UInt32(offset + MapHeader.KeySizeOffset).WriteOwned((uint)ShareableType.SizeOf<T>());
        segment.UInt32(offset + MapHeader.ValueSizeOffset).WriteOwned(valueSize);
    }
}
