using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The owner record of the page of stack that uses a structure most: where it states its steps. Others look
/// theirs up.</summary>
/// <remarks>A page keeps its record for ever, so a remembered one is right if its page is the caller's. Worth: see
/// "Single operations" in docs/performance.md.</remarks>
internal struct NearStep
{
    private readonly OwnerTable _owners;
    private OwnerRecord _record;

    internal NearStep(OwnerTable owners)
    {
        _owners = owners;
        _record = OwnerRecord.None;
    }

    /// <summary>The calling thread's cells: the claim word first, its number second.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal SharedUInt64Pair Cells()
    {
        nuint page = StackPage.Current;
        OwnerRecord record = _record;
        return record.Page == page ? record.Cells : Far(page);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private SharedUInt64Pair Far(nuint page)
    {
        OwnerRecord record = _owners.StepOn(page);
        if (record.Page == page && record.IsDueToBeNear())
        {
            // PLAIN whichever record is remembered, only its own page uses it.
            _record = record;
        }

        return record.Cells;
    }
}
