using System.Runtime.CompilerServices;

namespace Plenum.ZeroIpc;

/// <summary>The owner record in which one thread states the step it is taking in a structure of one segment.</summary>
/// <remarks>
/// A step (claim, store, publish) runs on one thread without waiting for others' code, so one record a thread and
/// segment is enough for all structures, and it is kept from one operation to the next: stating a step costs four
/// stores to a line that nobody else touches. Records are given back when the thread ends (finalizer) or has turned to
/// many other segments since.
/// </remarks>
internal sealed class StepRecord
{
    private const int MaxKept = 8;

    [ThreadStatic]
    private static StepRecord? t_current;

    private readonly OwnerTable _table;
    private readonly OwnerRecord _record;
    private StepRecord? _next;

    private StepRecord(OwnerTable table, StepRecord? next)
    {
        _table = table;
        _next = next;
        _record = table.Take();
    }

    // Between two steps the record says nothing, so giving it back touches no shared memory, which may be unmapped by
    // now.
    ~StepRecord() => _table.Return(_record);

    /// <summary>This thread's record for a segment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static OwnerRecord For(OwnerTable table)
    {
        StepRecord? current = t_current;
        return current is not null && current._table == table ? current._record : Switch(table);
    }

    // Moves the record of the segment to the front, or takes one; the least recently used of many is forgotten.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static OwnerRecord Switch(OwnerTable table)
    {
        StepRecord? before = null;
        int kept = 0;
        for (StepRecord? at = t_current; at is not null; before = at, at = at._next)
        {
            if (at._table == table)
            {
                before!._next = at._next;
                at._next = t_current;
                t_current = at;
                return at._record;
            }

            if (++kept == MaxKept)
            {
                at._next = null;
            }
        }

        t_current = new StepRecord(table, t_current);
        return t_current._record;
    }
}
