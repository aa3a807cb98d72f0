using System.Numerics;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The slots of a map or set: open addressing with a state word each (spec zeroipc 2.4).</summary>
/// <remarks>
/// <para>EMPTY 0, OCCUPIED 1, DELETED 2, INSERTING 3. A slot in INSERTING belongs to one thread; the others wait for
/// it, at most 10,000 yields, and then pass over it.</para>
/// <para>Two additions to the peers' algorithm keep our own processes from disturbing each other, without changing a
/// byte: after claiming a free slot the chain is searched again, so that two inserters of one key never both succeed;
/// and after locking an occupied slot its key is compared again, so that a slot reused in between is not updated or
/// removed for another key.</para>
/// </remarks>
internal partial struct HashSlots<TKey, TValue>
    where TKey : unmanaged
    where TValue : unmanaged
{
    private const int MaxTries = 10_000;

    private readonly SharedUInt32 _count;
    private readonly SharedRows<TKey, TValue> _rows;
    private readonly SharedRowLap<TKey, TValue> _home;
    private readonly uint _capacity;
    private readonly uint _mask;
    private readonly HashLayout _layout;
    private readonly WaitTable? _waits;
    private readonly StepClaims _inserting;
    private readonly StepClaims _updating;
    private NearStep _near;

    internal HashSlots(SharedMemory memory, long offset, SlotLayout slot, uint capacity, HashLayout layout)
        : this(memory.Segment, offset, slot, capacity, layout)
    {
        _waits = memory.Waits();
        _near = new NearStep(_waits.Owners);
    }

    /// <summary>Slots that are only looked at.</summary>
    internal HashSlots(SharedSegment segment, long offset, SlotLayout slot, uint capacity, HashLayout layout)
    {
        _inserting = new StepClaims(ClaimKind.SlotInsert, offset);
        _updating = new StepClaims(ClaimKind.SlotUpdate, offset);
        _count = segment.UInt32(offset + MapHeader.SizeOffset);
        long slots = offset + MapHeader.SlotsOffset;

        // A set of the C++ layout has no values; then nobody reads or stores any.
        bool valued = slot.ValueOffset + ShareableType.SizeOf<TValue>() <= slot.Stride;
        _rows = segment.Rows<TKey, TValue>(
            slots, slot.Stride, slot.KeyOffset, valued ? slot.ValueOffset : slot.KeyOffset, capacity);
        _capacity = capacity;
        _mask = BitOperations.IsPow2(capacity) ? capacity - 1 : 0;
        if (valued && layout == HashLayout.Native)
        {
            _home = segment.RowLap<TKey, TValue>(slots, slot.Stride, slot.KeyOffset, slot.ValueOffset, capacity);
        }

        _layout = layout;
    }

    internal readonly uint Capacity => _capacity;

    internal readonly HashLayout Layout => _layout;

    // Peers count an insertion after others can find it, so that the word falls below zero for a moment when one is
    // removed at once.
    internal readonly uint Count => Math.Min((uint)Math.Max((int)_count.ReadAcquire(), 0), _capacity);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly ulong Hash(TKey key) => KeyTraits<TKey>.Hash(key, _layout);

    /// <summary>The value of a key that lies in the first slot of its chain, as most do.</summary>
    /// <returns>False when it does not lie there, or when the table is not of the common form.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly bool TryGetAtHome(TKey key, out TValue value)
    {
        SharedRowLap<TKey, TValue> home = _home;
        if (!home.IsDefault)
        {
            SharedRow<TKey, TValue> row = home[(uint)KeyTraits<TKey>.NativeHash(key)];
            if (Holds(row, key))
            {
                value = row.ReadValue();

                // FENCE load of the value, then the second look at the slot: a value is only believed if its key still
                //   is.
                Volatile.ReadBarrier();
                if (Holds(row, key))
                {
                    return true;
                }
            }
        }

        value = default;
        return false;
    }

    /// <summary>Stores the value of a key that lies in the first slot of its chain.</summary>
    /// <inheritdoc cref="TryGetAtHome" path="/returns"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TrySetAtHome(TKey key, TValue value)
    {
        SharedUInt64Pair step = _near.Cells();
        SharedRowLap<TKey, TValue> home = _home;
        if (!home.IsDefault)
        {
            uint index = home.IndexOf((uint)KeyTraits<TKey>.NativeHash(key));
            SharedRow<TKey, TValue> row = home[index];
            if (Holds(row, key) && TryLockSlot(index, row, key, step))
            {
                row.WriteValue(value);
                Release(row, MapHeader.Occupied, step);
                return true;
            }
        }

        return false;
    }

    /// <summary>One slot.</summary>
    internal readonly SharedRow<TKey, TValue> this[uint index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _rows[index];
    }

    /// <summary>Whether a slot holds a key now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Holds(in SharedRow<TKey, TValue> row, TKey key) =>

        // OBSERVE [map-slot] Key and value are complete.
        row.State.ReadAcquire() == MapHeader.Occupied && KeyTraits<TKey>.AreEqual(row.ReadKey(), key);

    internal readonly bool IsOccupied(uint index) => _rows[index].State.ReadAcquire() == MapHeader.Occupied;

    /// <summary>Finds the slot that holds a key, from the i-th place of its chain on.</summary>
    internal readonly bool TryFind(TKey key, ulong hash, ref uint place, out uint index)
    {
        for (; place < _capacity; place++)
        {
            index = Probe(hash, place);
            uint state = Settled(index);
            if (state == MapHeader.Empty)
            {
                break;
            }

            if (state == MapHeader.Occupied && KeyTraits<TKey>.AreEqual(_rows[index].ReadKey(), key))
            {
                return true;
            }
        }

        index = 0;
        return false;
    }

    /// <summary>Finds the slot that holds a key and takes hold of it.</summary>
    internal bool TryLock(TKey key, ulong hash, out uint index, out SharedUInt64Pair step)
    {
        uint place = 0;
        step = _near.Cells();
        while (TryFind(key, hash, ref place, out index))
        {
            if (TryLockSlot(index, _rows[index], key, step))
            {
                return true;
            }
        }

        step = default;
        return false;
    }

    /// <summary>Finds the slot of a key, or takes hold of a free one for it.</summary>
    internal SlotClaim Claim(TKey key, ulong hash, bool lockPresent, out uint index, out SharedUInt64Pair step)
    {
        for (int attempt = 0; attempt < MaxTries; attempt++)
        {
            SlotClaim found = Search(key, hash, lockPresent, out index, out FreeSlot free, out step);
            if (found != SlotClaim.Claimed)
            {
                return found;
            }

            step = _inserting.Begin(ref _near, index);
            StepHook.At("map-insert-stated");

            // CLAIM the free slot.
            if (_rows[index].State.CompareExchange(MapHeader.Inserting, free.State) != free.State)
            {
                StepClaims.End(step);
                continue;
            }

            StepHook.At("map-insert-claimed");
            _inserting.Hold(step);
            StepHook.At("map-insert-held");
            if (IsOnly(key, hash, free))
            {
                return SlotClaim.Claimed;
            }

            Release(_rows[index], MapHeader.Deleted, step);
        }

        index = 0;
        step = default;
        return SlotClaim.Full;
    }

    /// <summary>Completes a claimed slot, whose value is stored already.</summary>
    internal readonly void Commit(uint index, TKey key, SharedUInt64Pair step)
    {
        SharedRow<TKey, TValue> row = _rows[index];
        row.WriteKey(key);
        StepHook.At("map-insert-stored");

        // Counted before the key can be found: whoever removes it at once finds it counted.
        _ = _count.Increment();
        StepHook.At("map-insert-counted");
        Release(row, MapHeader.Occupied, step);
        StepHook.At("map-insert-published");
    }

    /// <summary>Empties a locked slot.</summary>
    internal readonly void Remove(uint index, SharedUInt64Pair step)
    {
        Release(_rows[index], MapHeader.Deleted, step);
        StepHook.At("map-remove-published");
        _ = _count.Decrement();
    }

    /// <summary>Lets a held slot go.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Release(in SharedRow<TKey, TValue> row, uint state, SharedUInt64Pair step)
    {
        // PUBLISH [map-slot] Key and value are visible before the state says so. Weaker: a finder copies old bytes.
        row.State.WriteRelease(state);
        StepClaims.End(step);
    }

    internal readonly void Release(uint index, uint state, SharedUInt64Pair step) =>
        Release(_rows[index], state, step);

    /// <summary>Empties everything; nobody else may use the structure meanwhile.</summary>
    internal readonly void Clear()
    {
        for (uint i = 0; i < _capacity; i++)
        {
            _rows[i].State.WriteRelease(MapHeader.Empty);
        }

        _count.WriteRelease(0);
    }

    // Locks a slot if it still holds the key.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool TryLockSlot(uint index, in SharedRow<TKey, TValue> row, TKey key, SharedUInt64Pair step)
    {
        _updating.Begin(step, index);
        StepHook.At("map-update-stated");

        // CLAIM the slot.
        if (row.State.CompareExchange(MapHeader.Inserting, MapHeader.Occupied) == MapHeader.Occupied)
        {
            StepHook.At("map-update-claimed");
            _updating.Hold(step);
            StepHook.At("map-update-held");
            if (KeyTraits<TKey>.AreEqual(row.ReadKey(), key))
            {
                return true;
            }

            row.State.WriteRelease(MapHeader.Occupied);
        }

        StepClaims.End(step);
        return false;
    }

    private SlotClaim Search(
        TKey key, ulong hash, bool lockPresent, out uint index, out FreeSlot free, out SharedUInt64Pair step)
    {
        free = new FreeSlot(0, uint.MaxValue, MapHeader.Empty, false);
        step = default;
        bool stuck = false;
        for (uint i = 0; i < _capacity; i++)
        {
            index = Probe(hash, i);
            uint state = Settled(index);
            stuck |= state == MapHeader.Inserting;
            while (state == MapHeader.Occupied && KeyTraits<TKey>.AreEqual(_rows[index].ReadKey(), key))
            {
                if (!lockPresent)
                {
                    return SlotClaim.Present;
                }

                step = _near.Cells();
                if (TryLockSlot(index, _rows[index], key, step))
                {
                    return SlotClaim.Locked;
                }

                state = Settled(index);
            }

            if (state is MapHeader.Empty or MapHeader.Deleted && free.Place == uint.MaxValue)
            {
                free = new FreeSlot(index, i, state, stuck);
            }

            if (state == MapHeader.Empty)
            {
                break;
            }
        }

        index = free.Index;
        free = free with { PassedStuckSlot = stuck };
        return free.Place == uint.MaxValue ? SlotClaim.Full : SlotClaim.Claimed;
    }

    // Holding the slot at 'mine', looks for the key, or for somebody who may be inserting it, elsewhere in the chain.
    // Whoever holds an earlier place goes first: the later one lets go. Only a slot of a higher number is waited for
    // while holding one, so that no two (of different chains) wait for each other.
    // A slot that stayed in INSERTING for the whole bound before is passed over here too.
    private readonly bool IsOnly(TKey key, ulong hash, FreeSlot held)
    {
        uint mine = held.Place;
        for (uint i = 0; i < _capacity; i++)
        {
            if (i == mine)
            {
                continue;
            }

            uint index = Probe(hash, i);
            uint state = _rows[index].State.ReadAcquire();
            if (state == MapHeader.Inserting)
            {
                if (!held.PassedStuckSlot && (i < mine || index < held.Index))
                {
                    return false;
                }

                state = held.PassedStuckSlot ? state : Settled(index);
            }

            if (state == MapHeader.Empty)
            {
                break;
            }

            if (state == MapHeader.Occupied && KeyTraits<TKey>.AreEqual(_rows[index].ReadKey(), key))
            {
                return false;
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly uint Settled(uint index)
    {
        uint state = _rows[index].State.ReadAcquire();
        return state == MapHeader.Inserting ? Await(index) : state;
    }

    // (hash + i) modulo 2^64 modulo capacity; the Python package's integers do not wrap at 2^64.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly uint Probe(ulong hash, uint i)
    {
        if (_mask != 0)
        {
            return ((uint)hash + i) & _mask;
        }

        ulong sum = hash + i;
        return sum >= hash || _layout == HashLayout.Native
            ? (uint)(sum % _capacity)
            : (uint)(((hash % _capacity) + i) % _capacity);
    }

    private readonly record struct FreeSlot(uint Index, uint Place, uint State, bool PassedStuckSlot);
}
