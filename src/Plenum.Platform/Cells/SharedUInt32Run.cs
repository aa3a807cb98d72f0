using System.Runtime.CompilerServices;

namespace Plenum.Platform;

/// <summary>Contiguous 32-bit cells in shared memory: an array whose elements are used atomically.</summary>
/// <remarks>One check for each access, which the caller's own check of an index can be. Lifetime as for
/// <see cref="SharedUInt32"/>; the default run has no cells.</remarks>
public readonly unsafe struct SharedUInt32Run
{
    // SAFETY: SharedSegment checked bounds and alignment of all cells; the index is checked below.
    private readonly uint* _base;
    private readonly uint _count;

    internal SharedUInt32Run(uint* @base, uint count)
    {
        _base = @base;
        _count = count;
    }

    /// <summary>Number of cells.</summary>
    public uint Count => _count;

    /// <summary>The cell at an index.</summary>
    /// <param name="index">From 0.</param>
    /// <param name="cell">The cell; the default one if there is none.</param>
    /// <returns>False when there is no such cell.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGet(long index, out SharedUInt32 cell)
    {
        if ((ulong)index < _count)
        {
            cell = new SharedUInt32(_base + index);
            return true;
        }

        cell = default;
        return false;
    }
}
