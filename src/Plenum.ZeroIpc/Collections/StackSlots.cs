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
    private readonly SharedUInt32Run _states;
    private readonly int _capacity;
    private readonly WaitTable _waits;
    private readonly StepClaims _pushing;
    private readonly StepClaims _popping;
    private readonly StepClaims _peeking;
    private NearStep _near;

    internal StackSlots(SharedMemory memory, long offset, uint capacity)
    {
        _memory = memory;
        _capacity = (int)capacity;
        SharedSegment segment = memory.Segment;
        _top = segment.Int32(offset + StackHeader.TopOffset);
        _data = segment.Column<T>(offset + StackHeader.DataOffset, capacity);
        _states = segment.UInt32Run(
            offset + QueueHeader.SlotWordsOffset(capacity, ShareableType.SizeOf<T>()), capacity);
        _waits = memory.Waits();
        _near = new NearStep(_waits.Owners);
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

    /// <summary>Adds an element: the usual case, in which nobody is at the slot above the top.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryPush(T item)
    {
        SharedUInt64Pair step = _near.Cells();
        int top = _top.ReadAcquire();
        if (_states.TryGet((long)top + 1, out SharedUInt32 state))
        {
            _pushing.Begin(step, (uint)(top + 1));
            StepHook.At("stack-push-stated");

            // CLAIM index top + 1.
            if (_top.CompareExchange(top + 1, top) == top)
            {
                StepHook.At("stack-push-claimed");
                _pushing.Hold(step);
                StepHook.At("stack-push-held");

                // OBSERVE [stack-slot] CLAIM the slot: EMPTY to WRITING.
                if (state.CompareExchange(StackHeader.Writing, StackHeader.Empty) == StackHeader.Empty)
                {
                    Store(state, (uint)(top + 1), item);
                    StepClaims.End(step);
                    return true;
                }

                return PushSlow(top + 1, item, step);
            }

            StepClaims.End(step);
        }

        return TryPushSlow(item);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryPushSlow(T item)
    {
        int top = _top.ReadAcquire();
        while (top < _capacity - 1 && top >= -1)
        {
            SharedUInt64Pair step = _pushing.Begin(ref _near, (uint)(top + 1));

            StepHook.At("stack-push-stated");

            // CLAIM index top + 1.
            int found = _top.CompareExchange(top + 1, top);
            if (found == top)
            {
                StepHook.At("stack-push-claimed");
                _pushing.Hold(step);
                StepHook.At("stack-push-held");
                return PushSlow(top + 1, item, step);
            }

            StepClaims.End(step);
            top = found;
        }

        RequireTop(top);
        return false;
    }

    // The index is claimed.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly bool PushSlow(int index, T item, SharedUInt64Pair step)
    {
        bool done = TryTake((uint)index, StackHeader.Empty, step, alone: true) == Take.Done;
        if (done)
        {
            Store(At((uint)index), (uint)index, item);
        }

        StepClaims.End(step);
        return done;
    }

    /// <summary>Takes the topmost element: the usual case, in which nobody is at its slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryPop(out T item)
    {
        SharedUInt64Pair step = _near.Cells();
        int top = _top.ReadAcquire();
        if (_states.TryGet(top, out SharedUInt32 state))
        {
            _popping.Begin(step, (uint)top);
            StepHook.At("stack-pop-stated");

            // CLAIM the element at index top.
            if (_top.CompareExchange(top - 1, top) == top)
            {
                StepHook.At("stack-pop-claimed");
                _popping.Hold(step);
                StepHook.At("stack-pop-held");

                // OBSERVE [stack-slot] CLAIM the slot: READY to READING.
                if (state.CompareExchange(StackHeader.Reading, StackHeader.Ready) == StackHeader.Ready)
                {
                    item = Load(state, (uint)top);
                    StepClaims.End(step);
                    return true;
                }

                bool taken = TryPopSlow(top, step, out T claimed);
                item = claimed;
                return taken;
            }

            StepClaims.End(step);
        }

        // A local of its own: one whose address is passed on stays in memory.
        bool found = TryPopSlow(-1, default, out T late);
        item = late;
        return found;
    }

    // 'claimed': an index that is claimed already, or -1.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryPopSlow(int claimed, SharedUInt64Pair step, out T item)
    {
        int top = claimed >= 0 ? claimed : _top.ReadAcquire();
        while (top >= 0 && top < _capacity)
        {
            if (claimed < 0)
            {
                step = _popping.Begin(ref _near, (uint)top);
                StepHook.At("stack-pop-stated");

                // CLAIM the element at index top.
                int found = _top.CompareExchange(top - 1, top);
                if (found != top)
                {
                    StepClaims.End(step);
                    top = found;
                    continue;
                }

                StepHook.At("stack-pop-claimed");
                _popping.Hold(step);
                StepHook.At("stack-pop-held");
            }

            claimed = -1;
            Take take = TryTake((uint)top, StackHeader.Ready, step, alone: true);
            item = take == Take.Done ? Load(At((uint)top), (uint)top) : default;
            StepClaims.End(step);
            if (take != Take.Hole)
            {
                return take == Take.Done;
            }

            // A dead push's index: there is no element, the next one below is the top.
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

            SharedUInt32 state = At((uint)top);
            SharedUInt64Pair step = _peeking.Begin(ref _near, (uint)top);

            StepHook.At("stack-peek-stated");

            // CLAIM the slot for a moment: nobody pops or overwrites it meanwhile.
            if (state.CompareExchange(StackHeader.Reading, StackHeader.Ready) == StackHeader.Ready)
            {
                StepHook.At("stack-peek-claimed");
                _peeking.Hold(step);
                StepHook.At("stack-peek-held");
                item = _data.Read((uint)top);

                // PUBLISH [stack-slot] The element was copied out before somebody else may take it.
                state.WriteRelease(StackHeader.Ready);
                StepClaims.End(step);
                return true;
            }

            StepClaims.End(step);
            if (wait.IsLookDue)
            {
                _ = SettlePeek((uint)top);
            }
        }
        while (wait.Next());

        item = default;
        return false;
    }

    /// <summary>The element at an index, if it is there now.</summary>
    internal readonly bool TryPeekAt(uint index, out T item)
    {
        item = default;
        if (At(index).ReadAcquire() != StackHeader.Ready)
        {
            return false;
        }

        item = _data.Read(index);
        Volatile.ReadBarrier();
        return At(index).ReadAcquire() == StackHeader.Ready;
    }

    internal readonly bool IsInMotion(bool taking) => taking ? Count > 0 : Count < _capacity;

    private readonly SharedUInt32 At(uint slot) =>
        _states.TryGet(slot, out SharedUInt32 state) ? state : throw new ArgumentOutOfRangeException(nameof(slot));

    // Takes a claimed index' slot in the state that the operation before left it in. 'alone': nothing else was claimed.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Take TryTake(uint slot, uint from, SharedUInt64Pair step, bool alone) =>

        // OBSERVE [stack-slot] CLAIM the slot: EMPTY to WRITING, or READY to READING.
        At(slot).CompareExchange(from + 1, from) == from ? Take.Done : TryTakeSlow(slot, from, step, alone);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Store(SharedUInt32 state, uint slot, T item)
    {
        StepHook.At("stack-push-taken");
        _data.Write(slot, item);
        StepHook.At("stack-push-stored");

        // PUBLISH [stack-slot] The element is visible before the slot is ready. Weaker: a pop copies old bytes.
        state.WriteRelease(StackHeader.Ready);
        StepHook.At("stack-push-published");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly T Load(SharedUInt32 state, uint slot)
    {
        StepHook.At("stack-pop-taken");
        T item = _data.Read(slot);

        // PUBLISH [stack-slot] The element was copied out before the slot is empty. Weaker: a push overwrites it.
        state.WriteRelease(StackHeader.Empty);
        StepHook.At("stack-pop-emptied");
        return item;
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
