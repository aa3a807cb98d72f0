using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <content>Waiting for a slot that another operation holds.</content>
internal partial struct HashSlots<TKey, TValue>
{
    // A slot in INSERTING is being written. If its writer died, it is settled; a living writer of ours is waited for,
    // because passing over its slot would miss the key or insert it twice; any other one for at most 10,000 yields, as
    // the peers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly uint Await(uint index)
    {
        var wait = new SlotWait();
        while (true)
        {
            if (wait.IsLookDue)
            {
                Settle(index);
            }

            uint state = _rows[index].State.ReadAcquire();
            if (state != MapHeader.Inserting)
            {
                return state;
            }

            if (!wait.Next() && wait.GivesUp(_rows[index].State, state, IsBeingWritten(index)))
            {
                return _rows[index].State.ReadAcquire();
            }
        }
    }

    private readonly bool IsBeingWritten(uint index) =>
        _waits is not null
        && (LiveStep.IsAt(_waits, _inserting, index, evenWaiting: true)
            || LiveStep.IsAt(_waits, _updating, index, evenWaiting: true));

    // A dead insertion leaves a tombstone: nothing was in the slot. A dead update or removal leaves the key with the
    // old value or the new one, because a value of up to 8 bytes is one store.
    private readonly void Settle(uint index)
    {
        if (_waits is null)
        {
            return;
        }

        SharedUInt32 state = _rows[index].State;
        _ = DeadStep.TrySettle(_waits, _inserting, index, isUnique: false, () =>
                state.CompareExchange(MapHeader.Deleted, MapHeader.Inserting) == MapHeader.Inserting)
            || DeadStep.TrySettle(_waits, _updating, index, isUnique: false, () =>
                state.CompareExchange(MapHeader.Occupied, MapHeader.Inserting) == MapHeader.Inserting);
    }
}
