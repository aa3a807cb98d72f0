using System.Collections;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A hash map with a fixed number of slots (spec zeroipc 2.4), wire compatible with the C++ map, or with the
/// Python one when asked for (<see cref="HashLayout"/>).</summary>
/// <typeparam name="TKey">The key type: without padding, because its bytes are hashed.</typeparam>
/// <typeparam name="TValue">The value type, at most 8 bytes.</typeparam>
/// <remarks>
/// <para>Thread-safe except for <see cref="Clear"/>. Operations wait only for a slot that another thread is just
/// writing, at most 10,000 yields.</para>
/// <para>Integers of any kind hash as C++ integers; everything else by its bytes as libstdc++ does it. Floating-point
/// keys compare as numbers: 0.0 and -0.0 are equal but hash apart, NaN is never found.</para>
/// </remarks>
public sealed class SharedMap<TKey, TValue> : IReadOnlyCollection<KeyValuePair<TKey, TValue>>
    where TKey : unmanaged
    where TValue : unmanaged
{
    private const int MaxValueBytes = 8;

    private readonly SharedMemory _memory;
    private HashSlots<TKey, TValue> _slots;

    private SharedMap(SharedMemory memory, in SharedEntry entry, uint capacity, HashLayout layout)
    {
        _memory = memory;
        Entry = entry;
        SlotLayout slot = SlotOf(layout);
        _slots = new HashSlots<TKey, TValue>(memory, entry.Offset, slot, capacity, layout);
    }

    /// <summary>Its entry in the table.</summary>
    public SharedEntry Entry { get; }

    /// <summary>The segment it lies in.</summary>
    public SharedMemory Memory => _memory;

    /// <summary>Number of slots.</summary>
    public int Capacity => (int)_slots.Capacity;

    /// <summary>Which peers it is laid out for.</summary>
    public HashLayout Layout => _slots.Layout;

    /// <summary>Number of keys, as the header counts them.</summary>
    public int Count
    {
        get
        {
            int count = (int)_slots.Count;
            GC.KeepAlive(this);
            return count;
        }
    }

    /// <summary>The value of a key.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="KeyNotFoundException">Reading a key that is not there.</exception>
    /// <exception cref="InvalidOperationException">Storing a new key when no slot is free.</exception>
    public TValue this[TKey key]
    {
        get => TryGetValue(key, out TValue value)
            ? value
            : throw new KeyNotFoundException($"Map '{Entry.Name}' in segment '{_memory.Name}' has no key {key}.");
        set
        {
            if (!TrySet(key, value))
            {
                throw new InvalidOperationException(
                    $"Could not store key {key} in map '{Entry.Name}' of segment '{_memory.Name}': all {Capacity} "
                    + "slots are taken. Use TrySet where that is expected, or create the map with more slots.");
            }
        }
    }

    /// <summary>Creates an empty map.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Its name, at most 31 bytes in UTF-8.</param>
    /// <param name="capacity">Number of slots, at least 1; lookups stay short while at most three quarters are
    /// used.</param>
    /// <param name="layout">Which peers it is laid out for.</param>
    /// <exception cref="NotSupportedException">A type cannot be shared, the key has padding, or the value more than 8
    /// bytes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is less than 1.</exception>
    /// <inheritdoc cref="NameTable.Register" path="/exception"/>
    public static SharedMap<TKey, TValue> Create(
        SharedMemory memory, string name, int capacity, HashLayout layout = HashLayout.Native)
    {
        ArgumentNullException.ThrowIfNull(memory);
        CheckTypes();
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        SharedEntry[] entries = memory.Allocate(new EntryRequest(
            name, SlotOf(layout).TotalBytes(capacity), (segment, offset) =>
            Initialize(segment, offset, (uint)capacity)));
        return new SharedMap<TKey, TValue>(memory, entries[0], (uint)capacity, layout);
    }

    /// <summary>Opens a map.</summary>
    /// <param name="memory">The segment, mapped read-write.</param>
    /// <param name="name">Its name.</param>
    /// <param name="layout">Which peers it is laid out for; the format records it nowhere.</param>
    /// <exception cref="NotSupportedException">A type cannot be shared, the key has padding, or the value more than 8
    /// bytes.</exception>
    /// <exception cref="EntryNotFoundException">No such entry.</exception>
    /// <exception cref="SegmentFormatException">
    /// The entry is no map of these types in this layout; the message says so when it fits the other layout.
    /// </exception>
    /// <exception cref="SegmentCorruptedException">The entry lies outside the segment.</exception>
    /// <exception cref="InvalidOperationException">The segment is mapped read-only.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public static SharedMap<TKey, TValue> Open(SharedMemory memory, string name, HashLayout layout = HashLayout.Native)
    {
        ArgumentNullException.ThrowIfNull(memory);
        CheckTypes();
        var opening = new MapOpening(memory, "map", name);
        opening.RequireSizes((uint)ShareableType.SizeOf<TKey>(), (uint)ShareableType.SizeOf<TValue>());
        HashLayout other = layout == HashLayout.Native ? HashLayout.Python : HashLayout.Native;
        opening.RequireLayout(SlotOf(layout), layout, SlotOf(other));
        opening.RequirePlaces<TKey>(SlotOf(layout), layout, SlotOf(other));
        return new SharedMap<TKey, TValue>(memory, opening.Entry, opening.Capacity, layout);
    }

    /// <summary>Opens a map, or creates it if there is none.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Its name.</param>
    /// <param name="capacity">Number of slots if it is created; an existing map keeps its own.</param>
    /// <param name="layout">Which peers it is laid out for.</param>
    /// <inheritdoc cref="Create" path="/exception"/>
    /// <exception cref="SegmentFormatException">The entry is no map of these types.</exception>
    public static SharedMap<TKey, TValue> CreateOrOpen(
        SharedMemory memory, string name, int capacity, HashLayout layout = HashLayout.Native) =>
        StructureSize.OpenOrCreate(
            memory, name, () => Open(memory, name, layout), () => Create(memory, name, capacity, layout));

    /// <summary>Looks for a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value.</param>
    /// <returns>False when it is not there.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGetValue(TKey key, out TValue value)
    {
        if (_slots.TryGetAtHome(key, out value))
        {
            GC.KeepAlive(this);
            return true;
        }

        // A local of its own: one whose address is passed on stays in memory.
        bool found = TryGetValueSlow(key, out TValue late);
        value = late;
        return found;
    }

    /// <summary>Whether a key is there.</summary>
    /// <param name="key">The key.</param>
    public bool ContainsKey(TKey key) => TryGetValue(key, out _);

    /// <summary>Stores a value for a key, new or not.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <returns>False when the key is new and no slot is free.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TrySet(TKey key, TValue value)
    {
        if (_slots.TrySetAtHome(key, value))
        {
            GC.KeepAlive(this);
            return true;
        }

        return TrySetSlow(key, value);
    }

    /// <summary>Stores a value for a key that is not there yet.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <returns>False when the key is there already, or no slot is free.</returns>
    public bool TryAdd(TKey key, TValue value) => Add(key, value) == SlotClaim.Claimed;

    /// <summary>Replaces the value of a key that is there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The new value.</param>
    /// <param name="comparand">The value it must have, byte by byte.</param>
    /// <returns>False when the key is not there or has another value.</returns>
    public bool TryUpdate(TKey key, TValue value, TValue comparand)
    {
        bool replaced = false;
        if (_slots.TryLock(key, _slots.Hash(key), out uint index, out SharedUInt64Pair step))
        {
            TValue present = _slots[index].ReadValue();
            replaced = ShareableType.BytesOf(in present).SequenceEqual(ShareableType.BytesOf(in comparand));
            if (replaced)
            {
                _slots[index].WriteValue(value);
            }

            _slots.Release(index, MapHeader.Occupied, step);
        }

        GC.KeepAlive(this);
        return replaced;
    }

    /// <summary>The value of a key; stores one if the key is not there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value for a new key.</param>
    /// <returns>The value that is there afterwards.</returns>
    /// <exception cref="InvalidOperationException">The key is new and no slot is free.</exception>
    public TValue GetOrAdd(TKey key, TValue value)
    {
        while (true)
        {
            if (TryGetValue(key, out TValue present))
            {
                return present;
            }

            switch (Add(key, value))
            {
                case SlotClaim.Claimed:
                    return value;
                case SlotClaim.Full:
                    throw new InvalidOperationException(
                        $"Could not add key {key} to map '{Entry.Name}' of segment '{_memory.Name}': all {Capacity} "
                        + "slots are taken.");
                default:
                    continue;
            }
        }
    }

    /// <summary>Removes a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its last value.</param>
    /// <returns>False when it was not there.</returns>
    public bool TryRemove(TKey key, out TValue value)
    {
        bool found = _slots.TryLock(key, _slots.Hash(key), out uint index, out SharedUInt64Pair step);
        value = found ? _slots[index].ReadValue() : default;
        if (found)
        {
            _slots.Remove(index, step);
        }

        GC.KeepAlive(this);
        return found;
    }

    /// <summary>Removes a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>False when it was not there.</returns>
    public bool TryRemove(TKey key) => TryRemove(key, out _);

    /// <summary>Removes everything, tombstones included. Nobody else may use the map meanwhile.</summary>
    public void Clear()
    {
        _slots.Clear();
        GC.KeepAlive(this);
    }

    /// <summary>Keys and values in the order of the slots; those stored or removed meanwhile may or may not be among
    /// them.</summary>
    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator()
    {
        for (uint i = 0; i < _slots.Capacity; i++)
        {
            if (!_slots.IsOccupied(i))
            {
                continue;
            }

            TKey key = _slots[i].ReadKey();
            TValue value = _slots[i].ReadValue();
            Volatile.ReadBarrier();
            if (_slots.IsOccupied(i))
            {
                yield return new KeyValuePair<TKey, TValue>(key, value);
            }
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static SlotLayout SlotOf(HashLayout layout) => layout == HashLayout.Native
        ? SlotLayout.Native(
            ShareableType.SizeOf<TKey>(),
            ShareableType.AlignmentOf<TKey>(),
            ShareableType.SizeOf<TValue>(),
            ShareableType.AlignmentOf<TValue>())
        : SlotLayout.Packed(ShareableType.SizeOf<TKey>(), ShareableType.SizeOf<TValue>());

    private static void CheckTypes()
    {
        ShareableType.CheckWithoutPadding<TKey>();
        ShareableType.Check<TValue>();
        if (ShareableType.SizeOf<TValue>() > MaxValueBytes)
        {
            throw new NotSupportedException(
                $"{typeof(TValue)} has {ShareableType.SizeOf<TValue>()} bytes; a map's values have at most "
                + $"{MaxValueBytes} (the C++ peer "
                + "refuses more). Store an index into a pool or array.");
        }
    }

    private static void Initialize(SharedSegment segment, long offset, uint capacity)
    {
        // PLAIN nobody can find the entry yet.
        segment.UInt32(offset + MapHeader.CapacityOffset).WriteOwned(capacity);
        segment.UInt32(offset + MapHeader.KeySizeOffset).WriteOwned((uint)ShareableType.SizeOf<TKey>());
        segment.UInt32(offset + MapHeader.ValueSizeOffset).WriteOwned((uint)ShareableType.SizeOf<TValue>());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryGetValueSlow(TKey key, out TValue value)
    {
        ulong hash = _slots.Hash(key);
        uint place = 0;
        while (_slots.TryFind(key, hash, ref place, out uint index))
        {
            SharedRow<TKey, TValue> row = _slots[index];
            value = row.ReadValue();
            Volatile.ReadBarrier();
            if (HashSlots<TKey, TValue>.Holds(row, key))
            {
                GC.KeepAlive(this);
                return true;
            }
        }

        value = default;
        GC.KeepAlive(this);
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TrySetSlow(TKey key, TValue value)
    {
        SlotClaim claim = _slots.Claim(key, _slots.Hash(key), lockPresent: true, out uint index,
            out SharedUInt64Pair step);
        if (claim == SlotClaim.Locked)
        {
            _slots[index].WriteValue(value);
            _slots.Release(index, MapHeader.Occupied, step);
        }
        else if (claim == SlotClaim.Claimed)
        {
            _slots[index].WriteValue(value);
            _slots.Commit(index, key, step);
        }

        GC.KeepAlive(this);
        return claim != SlotClaim.Full;
    }

    private SlotClaim Add(TKey key, TValue value)
    {
        SlotClaim claim = _slots.Claim(key, _slots.Hash(key), lockPresent: false, out uint index,
            out SharedUInt64Pair step);
        if (claim == SlotClaim.Claimed)
        {
            _slots[index].WriteValue(value);
            _slots.Commit(index, key, step);
        }

        GC.KeepAlive(this);
        return claim;
    }
}
