using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <content>Waiting for a slot that the operation before on the same index still uses.</content>
internal partial struct StackSlots<T>
{
    // The slot is not yet as the operation before leaves it. If that operation's process died, its step is settled.
    // After the bound the claim is taken back if the top is where the claim left it; otherwise somebody relies on the
    // claim, and giving up would hide an element, so the wait goes on as long as a living process can bring the slot
    // on; peers without records are given much longer than the bound.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly Take TryTakeSlow(uint slot, uint from, SharedUInt64Pair step, bool alone)
    {
        StepClaims claims = from == StackHeader.Empty ? _pushing : _popping;
        SharedUInt32 state = At(slot);
        var wait = new SlotWait();
        claims.Wait(step);
        while (true)
        {
            if (wait.IsLookDue)
            {
                if (from == StackHeader.Empty)
                {
                    _ = SettlePop(slot) || SettlePush(slot);
                }
                else if (!SettlePeek(slot) && SettlePush(slot))
                {
                    return Take.Hole;
                }
            }

            uint seen = state.ReadAcquire();
            if (seen == from && state.CompareExchange(from + 1, from) == from)
            {
                claims.Hold(step);
                return Take.Done;
            }

            if (wait.Next())
            {
                continue;
            }

            if (alone && TryPutBack((int)slot, from))
            {
                return Take.TimedOut;
            }

            if (wait.GivesUp(state, seen, IsBroughtOn(slot, seen)) && (wait.IsLong || !_waits.ForeignPeers))
            {
                return Take.TimedOut;
            }
        }
    }

    // If nobody moved the top, the stack is as it was. Later claims of the index stay in their order.
    private readonly bool TryPutBack(int slot, uint from) => from == StackHeader.Empty
        ? _top.CompareExchange(slot - 1, slot) == slot
        : _top.CompareExchange(slot, slot - 1) == slot - 1;

    // Whether a living process of ours is there that moves the slot on from its present state.
    private readonly bool IsBroughtOn(uint slot, uint seen)
    {
        bool taken = seen is StackHeader.Writing or StackHeader.Reading;
        bool someone = seen is StackHeader.Empty or StackHeader.Writing
            ? LiveStep.IsAt(_waits, _pushing, slot, evenWaiting: !taken)
            : LiveStep.IsAt(_waits, _popping, slot, evenWaiting: !taken)
                || LiveStep.IsAt(_waits, _peeking, slot, evenWaiting: false);

        // It may have finished between the two looks: then the slot is in another state.
        return someone || At(slot).ReadAcquire() != seen;
    }

    // A dead look at the top: the element is still there.
    private readonly bool SettlePeek(uint slot)
    {
        SharedUInt32 state = At(slot);
        return DeadStep.TrySettle(_waits, _peeking, slot, isUnique: false, () =>
            state.CompareExchange(StackHeader.Ready, StackHeader.Reading) == StackHeader.Reading);
    }

    // A dead pop: the element went with it. Only the push that owns the index asks.
    private readonly bool SettlePop(uint slot)
    {
        SharedUInt32 state = At(slot);
        return DeadStep.TrySettle(_waits, _popping, slot, isUnique: false, () =>
            state.CompareExchange(StackHeader.Empty, StackHeader.Ready) == StackHeader.Ready
            || state.CompareExchange(StackHeader.Empty, StackHeader.Reading) == StackHeader.Reading);
    }

    // A dead push: there is no element. Only the operation that owns the index asks.
    private readonly bool SettlePush(uint slot)
    {
        SharedUInt32 state = At(slot);
        return DeadStep.TrySettle(_waits, _pushing, slot, isUnique: false, () =>
            state.CompareExchange(StackHeader.Empty, StackHeader.Writing) == StackHeader.Writing
            || state.ReadAcquire() == StackHeader.Empty);
    }
}
