using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Finishes tickets of a queue whose claimant died.</summary>
internal sealed class QueueRepair
{
    private readonly SharedUInt32 _head;
    private readonly SharedUInt32 _tail;
    private readonly SharedUInt32Lap _sequences;
    private readonly StepClaims _adding;
    private readonly StepClaims _taking;

    internal QueueRepair(
        SharedUInt32 head, SharedUInt32 tail, SharedUInt32Lap sequences, in StepClaims adding, in StepClaims taking)
    {
        _head = head;
        _tail = tail;
        _sequences = sequences;
        _adding = adding;
        _taking = taking;
    }

    private uint Capacity => _sequences.Count;

    internal bool Settle(WaitTable waits)
    {
        bool any = SkipDeadProducers(waits) | FreeDeadConsumers(waits);
        uint head = _head.ReadAcquire();
        uint tail = _tail.ReadAcquire();
        DeadStep.Sweep(waits, _adding, t => tail - t - 1 < tail - head && Sequence(t).ReadAcquire() == t);
        DeadStep.Sweep(waits, _taking, t => (int)(head - t) > 0 && Sequence(t).ReadAcquire() == t + 1);
        return any;
    }

    // The oldest ticket was claimed and not published: if its producer died, the ticket is taken like an element,
    // without one.
    private bool SkipDeadProducers(WaitTable waits)
    {
        bool any = false;
        for (uint i = 0; i < Capacity; i++)
        {
            uint head = _head.ReadAcquire();
            if (_tail.ReadAcquire() == head || Sequence(head).ReadAcquire() != head
                || !DeadStep.TrySettle(waits, _adding, head, isUnique: true, () => Skip(head)))
            {
                break;
            }

            any = true;
        }

        return any;
    }

    private bool Skip(uint ticket)
    {
        SharedUInt32 sequence = Sequence(ticket);

        // CLAIM the ticket in the dead producer's place; no consumer can, because it is not published. A survivor that
        //   died right after this left the head behind the ticket and the slot as it was: then only the sequence is
        //   missing.
        if (sequence.ReadAcquire() != ticket
            || (_head.CompareExchange(ticket + 1, ticket) is var found && found != ticket
                && (int)(found - ticket) <= 0))
        {
            return false;
        }

        // PUBLISH [queue-free] The slot is free for the next lap.
        sequence.WriteRelease(ticket + Capacity);
        return true;
    }

    // A slot behind the head still holds its element: its consumer claimed it and died before it freed it.
    private bool FreeDeadConsumers(WaitTable waits)
    {
        uint head = _head.ReadAcquire();
        bool any = false;
        for (uint distance = 1; distance <= Capacity; distance++)
        {
            uint ticket = head - distance;
            SharedUInt32 sequence = Sequence(ticket);
            if (sequence.ReadAcquire() == ticket + 1)
            {
                any |= DeadStep.TrySettle(
                    waits,
                    _taking,
                    ticket,
                    isUnique: true,
                    () => sequence.CompareExchange(ticket + Capacity, ticket + 1) == ticket + 1);
            }
            else if (sequence.ReadAcquire() == ticket)
            {
                // Skipped by a survivor that died before it freed the slot.
                any |= DeadStep.TrySettle(waits, _adding, ticket, isUnique: true, () => Skip(ticket));
            }
        }

        return any;
    }

    private SharedUInt32 Sequence(uint ticket) => _sequences[ticket];
}
