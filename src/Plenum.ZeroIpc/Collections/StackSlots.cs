using System.Globalization;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The top, states and elements of a stack (spec zeroipc 2.3).</summary>
/// <remarks>
/// An operation claims an index by moving the top and then takes the slot in the state that the operation before on
/// that index left it in: a push needs EMPTY, a pop READY. Each claim is stated in an owner record, so that a slot
/// whose process died can be put right by the next one that claims its index. Thread-safe.
/// </remarks>
internal partial struct StackSlots<T>
    where T : unmanaged
{
    private readonly SharedMemory _memory;
    private readonly SharedInt32 _top;
    private readonly SharedColumn<T> _data;
    private readonly SharedUInt32Column _states;
    private readonly int _capacity;
    private readonly WaitTable _waits;
    private readonly OwnerTable _owners;
    private readonly StepClaims _pushing;
    private readonly StepClaims _popping;
    private readonly StepClaims _peeking;
    private OwnerRecord _near = OwnerRecord.None;

    internal StackSlots(SharedMemory memory, long offset, uint capacity)
    {
        _memory = memory;
        _capacity = (int)capacity;
        SharedSegment segment = memory.Segment;
        _top = segment.Int32(offset + StackHeader.TopOffset);
        _data = segment.Column<T>(offset + StackHeader.DataOffset, capacity);
        _states = segment.UInt32Column(
            offset + QueueHeader.SlotWordsOffset(capacity, ShareableType.SizeOf<T>()), 4, capacity);
        _waits = memory.Waits();
        _owners = _waits.Owners;
        _pushing = new StepClaims(ClaimKind.StackPush, offset);
        _popping = new StepClaims(ClaimKind.StackPop, offset);
        _peeking = new StepClaims(ClaimKind.StackPeek, offset);
    }

    private enum Take
    {
        Done,
        TimedOut,
        Hole,
    }

    internal readonly int Capacity => _capacity;

    internal readonly int Count => Math.Clamp(_top.ReadAcquire(), -1, _capacity - 1) + 1;

    internal bool TryPush(T item)
    {
        int top = _top.ReadAcquire();
        while (top < _capacity - 1 && top >= -1)
        {
            OwnerRecord record = _pushing.Begin(_owners, ref _near, (uint)(top + 1));

            StepHook.At("stack-push-stated");

            // CLAIM index top + 1.
            int found = _top.CompareExchange(top + 1, top);
            if (found == top)
            {
                StepHook.At("stack-push-claimed");
                _pushing.Hold(record);
                StepHook.At("stack-push-held");
                bool done = TryTake((uint)(top + 1), StackHeader.Empty, record, alone: true) == Take.Done;
                if (done)
                {
                    Store((uint)(top + 1), item);
                }

                StepClaims.End(record);
                return done;
            }

            StepClaims.End(record);
            top = found;
        }

        RequireTop(top);
        return false;
    }

    internal bool TryPop(out T item)
    {
        int top = _top.ReadAcquire();
        while (top >= 0 && top < _capacity)
        {
            OwnerRecord record = _popping.Begin(_owners, ref _near, (uint)top);

            StepHook.At("stack-pop-stated");

            // CLAIM the element at index top.
            int found = _top.CompareExchange(top - 1, top);
            if (found != top)
            {
                StepClaims.End(record);
                top = found;
                continue;
            }

            StepHook.At("stack-pop-claimed");
            _popping.Hold(record);
            StepHook.At("stack-pop-held");
            Take take = TryTake((uint)top, StackHeader.Ready, record, alone: true);
            if (take == Take.Done)
            {
                item = Load((uint)top);
                StepClaims.End(record);
                return true;
            }

            if (take == Take.TimedOut)
            {
                StepClaims.End(record);
                item = default;
                return false;
            }

            // A dead push's index: there is no element, the next one below is the top.
            StepClaims.End(record);
            top = _top.ReadAcquire();
        }

        RequireTop(top);
        item = default;
        return false;
    }

    internal bool TryPeek(out T item)
    {
        var wait = new SlotWait();
        do
        {
            int top = _top.ReadAcquire();
            if (top < 0 || top >= _capacity)
            {
                RequireTop(top);
                break;
            }

            SharedUInt32 state = _states[(uint)top];
            OwnerRecord record = _peeking.Begin(_owners, ref _near, (uint)top);

            StepHook.At("stack-peek-stated");

            // CLAIM the slot for a moment: nobody pops or overwrites it meanwhile.
            if (state.CompareExchange(StackHeader.Reading, StackHeader.Ready) == StackHeader.Ready)
            {
                StepHook.At("stack-peek-claimed");
                _peeking.Hold(record);
                StepHook.At("stack-peek-held");
                item = _data.Read((uint)top);

                // PUBLISH [stack-slot] The element was copied out before somebody else may take it.
                state.WriteRelease(StackHeader.Ready);
                StepClaims.End(record);
                return true;
            }

            StepClaims.End(record);
            if (wait.IsLookDue)
            {
                _ = SettlePeek((uint)top);
            }
        }
        while (wait.Next());

        item = default;
        return false;
    }

    internal int TryPush(ReadOnlySpan<T> items)
    {
        int top = _top.ReadAcquire();
        while (true)
        {
            RequireTop(top);
            int count = Run(top + 1, 1, Math.Min(items.Length, _capacity - 1 - top), StackHeader.Empty);
            if (count <= 1)
            {
                return items.Length > 0 && TryPush(items[0]) ? 1 : 0;
            }

            OwnerRecord record = _pushing.Begin(_owners, ref _near, (uint)(top + 1), (uint)count - 1);

            // CLAIM 'count' indexes above the top.
            int found = _top.CompareExchange(top + count, top);
            if (found == top)
            {
                _pushing.Hold(record);
                int done = 0;
                for (uint slot = (uint)(top + 1); slot <= (uint)(top + count); slot++)
                {
                    if (TryTake(slot, StackHeader.Empty, record, alone: false) == Take.Done)
                    {
                        Store(slot, items[done++]);
                    }
                }

                StepClaims.End(record);
                return done;
            }

            StepClaims.End(record);
            top = found;
        }
    }

    internal int TryPop(Span<T> items)
    {
        int top = _top.ReadAcquire();
        while (true)
        {
            RequireTop(top);
            int count = Run(top, -1, Math.Min(items.Length, top + 1), StackHeader.Ready);
            if (count <= 1)
            {
                return items.Length > 0 && TryPop(out items[0]) ? 1 : 0;
            }

            OwnerRecord record = _popping.Begin(_owners, ref _near, (uint)(top - count + 1), (uint)count - 1);

            // CLAIM the topmost 'count' elements.
            int found = _top.CompareExchange(top - count, top);
            if (found == top)
            {
                _popping.Hold(record);
                int done = 0;
                for (int i = top; i > top - count; i--)
                {
                    if (TryTake((uint)i, StackHeader.Ready, record, alone: false) == Take.Done)
                    {
                        items[done++] = Load((uint)i);
                    }
                }

                StepClaims.End(record);
                return done;
            }

            StepClaims.End(record);
            top = found;
        }
    }

    /// <summary>The element at an index, if it is there now.</summary>
    internal readonly bool TryPeekAt(uint index, out T item)
    {
        item = default;
        if (_states[index].ReadAcquire() != StackHeader.Ready)
        {
            return false;
        }

        item = _data.Read(index);
        Volatile.ReadBarrier();
        return _states[index].ReadAcquire() == StackHeader.Ready;
    }

    internal readonly bool IsInMotion(bool taking) => taking ? Count > 0 : Count < _capacity;

    // Takes a claimed index' slot in the state that the operation before left it in. 'alone': nothing else was claimed.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Take TryTake(uint slot, uint from, OwnerRecord record, bool alone) =>

        // OBSERVE [stack-slot] CLAIM the slot: EMPTY to WRITING, or READY to READING.
        _states[slot].CompareExchange(from + 1, from) == from ? Take.Done : TryTakeSlow(slot, from, record, alone);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Store(uint slot, T item)
    {
        StepHook.At("stack-push-taken");
        _data.Write(slot, item);
        StepHook.At("stack-push-stored");

        // PUBLISH [stack-slot] The element is visible before the slot is ready. Weaker: a pop copies old bytes.
        _states[slot].WriteRelease(StackHeader.Ready);
        StepHook.At("stack-push-published");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly T Load(uint slot)
    {
        StepHook.At("stack-pop-taken");
        T item = _data.Read(slot);

        // PUBLISH [stack-slot] The element was copied out before the slot is empty. Weaker: a push overwrites it.
        _states[slot].WriteRelease(StackHeader.Empty);
        StepHook.At("stack-pop-emptied");
        return item;
    }

    private readonly int Run(int first, int step, int wanted, uint state)
    {
        int run = 0;
        while (run < wanted && _states[(uint)(first + (run * step))].ReadAcquire() == state)
        {
            run++;
        }

        return run;
    }

    private readonly void RequireTop(int top)
    {
        if (top < -1 || top >= _capacity)
        {
            string name = _memory.Table.NameAt(_pushing.Offset);
            throw new SegmentCorruptedException(
                $"Could not use stack '{name}' in segment '{_memory.Name}': top is {top}, the capacity {_capacity}. A "
                + "peer that undid an operation badly or another program overwrote it; create the stack anew.",
                "use stack", _memory.Name, "top", top.ToString(CultureInfo.InvariantCulture));
        }
    }
}
