using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Where the page of stack that used a structure first states its steps: the claim word and the number of its
/// owner record. Others look theirs up.</summary>
/// <remarks>A page keeps its record for ever, so the cells are right if the page is the caller's; only threads that run
/// on that page ever find it equal, and they stored both fields themselves. Worth, against a remembered record object
/// and a pointer for each word: see "Single operations" in docs/performance.md.</remarks>
internal struct NearStep
{
    private readonly OwnerTable? _owners;
    private nuint _page;
    private SharedUInt64Pair _cells;
    private int _given;

    internal NearStep(OwnerTable owners) => _owners = owners;

    /// <summary>The calling thread's cells: the claim word first, its number second.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal SharedUInt64Pair Cells()
    {
        nuint page = StackPage.Current;
        return _page == page ? _cells : Far(page);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private SharedUInt64Pair Far(nuint page)
    {
        OwnerRecord record = _owners!.StepOn(page);
        if (record.Page == page && Interlocked.CompareExchange(ref _given, 1, 0) == 0)
        {
            _cells = record.Cells;

            // PLAIN only threads that run on this page believe it, and this one is the first of them.
            _page = page;
        }

        return record.Cells;
    }
}
