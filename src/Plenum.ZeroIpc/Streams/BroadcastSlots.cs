using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The slots of a broadcast: a sequence and a value each.</summary>
/// <remarks>The sequence of a slot that holds value p is 2p + 2; 2p + 1 while it is being written; 0 at the beginning.
/// It only grows, so a copy taken between two looks at the same even sequence is whole.</remarks>
internal readonly struct BroadcastSlots<T>
    where T : unmanaged
{
    private readonly SharedUInt64Column _sequences;
    private readonly SharedColumn<T> _values;
    private readonly uint _mask;

    internal BroadcastSlots(BroadcastCore core)
    {
        _sequences = core.Segment.UInt64Column(core.SlotsOffset, core.Stride, core.Capacity);
        _values = core.Segment.Column<T>(core.SlotsOffset + 8, core.Stride, core.Capacity);
        _mask = core.Capacity - 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Ready(ulong position) => (2 * position) + 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Write(ulong position, T value)
    {
        uint slot = (uint)position & _mask;
        SharedUInt64 sequence = _sequences[slot];

        // FENCE store of the odd mark, then the stores of the value: a reader that sees any of them sees the mark.
        //   Weaker: it copies half of the new value between two looks at the old sequence.
        sequence.WriteOwned((2 * position) + 1);
        Volatile.WriteBarrier();
        StepHook.At("broadcast-marked");
        _values.Write(slot, value);
        StepHook.At("broadcast-stored");

        // PUBLISH [broadcast-slot] The value is complete.
        sequence.WriteRelease((2 * position) + 2);
        StepHook.At("broadcast-published");
    }

    /// <summary>Copies a value if it is there; otherwise tells what the slot's sequence was.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryRead(ulong position, out T value, out ulong found)
    {
        uint slot = (uint)position & _mask;
        SharedUInt64 sequence = _sequences[slot];

        // OBSERVE [broadcast-slot] The value is complete.
        found = sequence.ReadAcquire();
        if (found == (2 * position) + 2)
        {
            value = _values.Read(slot);

            // FENCE loads of the value, then the second look at the sequence: it was not overwritten meanwhile.
            Volatile.ReadBarrier();
            found = sequence.ReadOwned();
            if (found == (2 * position) + 2)
            {
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The end of what is published, from a position that is at or before it (the publisher may be ahead of
    /// its word).</summary>
    internal ulong FindEnd(ulong position)
    {
        // "Slot p holds p or a later lap" is true up to the end and false behind it, so halving finds the end; a
        // publisher that goes a whole lap meanwhile is followed a few times and then only approached.
        ulong end = position;
        for (int lap = 0; lap < 4; lap++)
        {
            ulong from = end;
            ulong to = from + _mask + 1;
            while (from < to)
            {
                ulong middle = from + ((to - from) / 2);
                bool isThere = _sequences[(uint)middle & _mask].ReadAcquire() >= Ready(middle);
                (from, to) = isThere ? (middle + 1, to) : (from, middle);
            }

            if (from < end + _mask + 1)
            {
                return from;
            }

            end = from;
        }

        return end;
    }
}
