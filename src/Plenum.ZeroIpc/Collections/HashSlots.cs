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
internal readonly struct HashSlots<TKey>
    where TKey : unmanaged
{
    private const int MaxTries = 10_000;
    private const uint MaxLayoutSamples = 256;

    private readonly SharedUInt32 _count;
    private readonly SharedUInt32Column _states;
    private readonly SharedColumn<TKey> _keys;
    private readonly uint _capacity;
    private readonly uint _mask;
    private readonly HashLayout _layout;
    private readonly WaitTable? _waits;
    private readonly OwnerTable? _owners;
    private readonly StepClaims _inserting;
    private readonly StepClaims _updating;

    internal HashSlots(SharedMemory memory, long offset, SlotLayout slot, uint capacity, HashLayout layout)
        : this(memory.Segment, offset, slot, capacity, layout)
    {
        _waits = memory.Waits();
        _owners = _waits.Owners;
    }

    /// <summary>Slots that are only looked at.</summary>
    internal HashSlots(SharedSegment segment, long offset, SlotLayout slot, uint capacity, HashLayout layout)
    {
        _inserting = new StepClaims(ClaimKind.SlotInsert, offset);
        _updating = new StepClaims(ClaimKind.SlotUpdate, offset);
        _count = segment.UInt32(offset + MapHeader.SizeOffset);
        long slots = offset + MapHeader.SlotsOffset;
        _states = segment.UInt32Column(slots, slot.Stride, capacity);
        _keys = segment.Column<TKey>(slots + slot.KeyOffset, slot.Stride, capacity);
        _capacity = capacity;
        _mask = BitOperations.IsPow2(capacity) ? capacity - 1 : 0;
        _layout = layout;
    }

    internal uint Capacity => _capacity;

    internal HashLayout Layout => _layout;

    internal uint Count => Math.Min(_count.ReadAcquire(), _capacity);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong Hash(TKey key) => KeyTraits<TKey>.Hash(key, _layout);

    /// <summary>The slot at which the chain of a hash starts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint Start(ulong hash) => _mask != 0 ? (uint)hash & _mask : (uint)(hash % _capacity);

    /// <summary>
    /// Whether some key lies where a search would not reach it: behind the first EMPTY slot of its chain. Looks at the
    /// first 256 slots. Operations of other processes never bring that about, because a slot never becomes EMPTY again.
    /// </summary>
    internal bool HasMisplacedKey()
    {
        for (uint index = 0; index < Math.Min(_capacity, MaxLayoutSamples); index++)
        {
            if (_states[index].ReadAcquire() == MapHeader.Occupied && !IsReachable(_keys.Read(index), index))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a slot holds a key now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Holds(uint index, TKey key) =>

        // OBSERVE [map-slot] Key and value are complete.
        _states[index].ReadAcquire() == MapHeader.Occupied && KeyTraits<TKey>.AreEqual(_keys.Read(index), key);

    internal TKey Key(uint index) => _keys.Read(index);

    internal bool IsOccupied(uint index) => _states[index].ReadAcquire() == MapHeader.Occupied;

    /// <summary>Finds the slot that holds a key, from the i-th place of its chain on.</summary>
    internal bool TryFind(TKey key, ulong hash, ref uint place, out uint index)
    {
        for (; place < _capacity; place++)
        {
            index = Probe(hash, place);
            uint state = Settled(index);
            if (state == MapHeader.Empty)
            {
                break;
            }

            if (state == MapHeader.Occupied && KeyTraits<TKey>.AreEqual(_keys.Read(index), key))
            {
                return true;
            }
        }

        index = 0;
        return false;
    }

    /// <summary>Finds the slot that holds a key and takes hold of it.</summary>
    internal bool TryLock(TKey key, ulong hash, out uint index, out OwnerRecord record)
    {
        uint place = 0;
        while (TryFind(key, hash, ref place, out index))
        {
            if (TryLockSlot(index, key, out record))
            {
                return true;
            }
        }

        record = null!;
        return false;
    }

    /// <summary>Finds the slot of a key, or takes hold of a free one for it.</summary>
    internal SlotClaim Claim(TKey key, ulong hash, bool lockPresent, out uint index, out OwnerRecord record)
    {
        for (int attempt = 0; attempt < MaxTries; attempt++)
        {
            SlotClaim found = Search(key, hash, lockPresent, out index, out FreeSlot free, out record);
            if (found != SlotClaim.Claimed)
            {
                return found;
            }

            record = _inserting.Begin(_owners!, index);

            // CLAIM the free slot.
            if (_states[index].CompareExchange(MapHeader.Inserting, free.State) != free.State)
            {
                StepClaims.End(record);
                continue;
            }

            _inserting.Hold(record);
            if (IsOnly(key, hash, free))
            {
                return SlotClaim.Claimed;
            }

            Release(index, MapHeader.Deleted, record);
        }

        index = 0;
        record = null!;
        return SlotClaim.Full;
    }

    /// <summary>Completes a claimed slot, whose value is stored already.</summary>
    internal void Commit(uint index, TKey key, OwnerRecord record)
    {
        _keys.Write(index, key);
        Release(index, MapHeader.Occupied, record);
        _ = _count.Increment();
    }

    /// <summary>Empties a locked slot.</summary>
    internal void Remove(uint index, OwnerRecord record)
    {
        Release(index, MapHeader.Deleted, record);
        Uncount();
    }

    /// <summary>Lets a held slot go.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Release(uint index, uint state, OwnerRecord record)
    {
        // PUBLISH [map-slot] Key and value are visible before the state says so. Weaker: a finder copies old bytes.
        _states[index].WriteRelease(state);
        StepClaims.End(record);
    }

    /// <summary>Empties everything; nobody else may use the structure meanwhile.</summary>
    internal void Clear()
    {
        for (uint i = 0; i < _capacity; i++)
        {
            _states[i].WriteRelease(MapHeader.Empty);
        }

        _count.WriteRelease(0);
    }

    /// <summary>Locks a slot if it still holds the key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryLockSlot(uint index, TKey key, out OwnerRecord record)
    {
        record = _updating.Begin(_owners!, index);

        // CLAIM the slot.
        if (_states[index].CompareExchange(MapHeader.Inserting, MapHeader.Occupied) == MapHeader.Occupied)
        {
            _updating.Hold(record);
            if (KeyTraits<TKey>.AreEqual(_keys.Read(index), key))
            {
                return true;
            }

            _states[index].WriteRelease(MapHeader.Occupied);
        }

        StepClaims.End(record);
        return false;
    }

    private bool IsReachable(TKey key, uint index)
    {
        ulong hash = Hash(key);
        for (uint i = 0; i < _capacity; i++)
        {
            uint probe = Probe(hash, i);
            if (probe == index)
            {
                return true;
            }

            if (_states[probe].ReadAcquire() == MapHeader.Empty)
            {
                break;
            }
        }

        // Taken out and put elsewhere meanwhile?
        return !IsOccupied(index) || !KeyTraits<TKey>.AreEqual(_keys.Read(index), key);
    }

    private SlotClaim Search(
        TKey key, ulong hash, bool lockPresent, out uint index, out FreeSlot free, out OwnerRecord record)
    {
        free = new FreeSlot(0, uint.MaxValue, MapHeader.Empty, false);
        record = null!;
        bool stuck = false;
        for (uint i = 0; i < _capacity; i++)
        {
            index = Probe(hash, i);
            uint state = Settled(index);
            stuck |= state == MapHeader.Inserting;
            while (state == MapHeader.Occupied && KeyTraits<TKey>.AreEqual(_keys.Read(index), key))
            {
                if (!lockPresent)
                {
                    return SlotClaim.Present;
                }

                if (TryLockSlot(index, key, out record))
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
    // Whoever holds an earlier place goes first: the later one lets go, so that no two wait for each other.
    // A slot that stayed in INSERTING for the whole bound before is passed over here too.
    private bool IsOnly(TKey key, ulong hash, FreeSlot held)
    {
        uint mine = held.Place;
        for (uint i = 0; i < _capacity; i++)
        {
            if (i == mine)
            {
                continue;
            }

            uint index = Probe(hash, i);
            uint state = _states[index].ReadAcquire();
            if (state == MapHeader.Inserting)
            {
                if (i < mine && !held.PassedStuckSlot)
                {
                    return false;
                }

                state = held.PassedStuckSlot ? state : Settled(index);
            }

            if (state == MapHeader.Empty)
            {
                break;
            }

            if (state == MapHeader.Occupied && KeyTraits<TKey>.AreEqual(_keys.Read(index), key))
            {
                return false;
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Settled(uint index)
    {
        uint state = _states[index].ReadAcquire();
        return state == MapHeader.Inserting ? Await(index) : state;
    }

    // A slot in INSERTING is being written: at most 10,000 yields, as the peers. If its writer died, it is settled.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint Await(uint index)
    {
        var wait = new SlotWait();
        uint state;
        do
        {
            if (wait.IsLookDue)
            {
                Settle(index);
            }

            state = _states[index].ReadAcquire();
        }
        while (state == MapHeader.Inserting && wait.Next());

        return state;
    }

    // A dead insertion leaves a tombstone: nothing was in the slot. A dead update or removal leaves the key with the
    // old value or the new one, because a value of up to 8 bytes is one store.
    private void Settle(uint index)
    {
        if (_waits is null)
        {
            return;
        }

        SharedUInt32 state = _states[index];
        _ = DeadStep.TrySettle(_waits, _inserting, index, isUnique: false, () =>
                state.CompareExchange(MapHeader.Deleted, MapHeader.Inserting) == MapHeader.Inserting)
            || DeadStep.TrySettle(_waits, _updating, index, isUnique: false, () =>
                state.CompareExchange(MapHeader.Occupied, MapHeader.Inserting) == MapHeader.Inserting);
    }

    // (hash + i) modulo 2^64 modulo capacity; the Python package's integers do not wrap at 2^64.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Probe(ulong hash, uint i)
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

    private void Uncount()
    {
        if (_count.Decrement() == uint.MaxValue)
        {
            _ = _count.Increment();
        }
    }

    private readonly record struct FreeSlot(uint Index, uint Place, uint State, bool PassedStuckSlot);
}
