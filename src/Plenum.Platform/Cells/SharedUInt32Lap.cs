using System.Runtime.CompilerServices;

namespace Plenum.Platform;

/// <summary>A power of two of contiguous 32-bit cells, addressed by positions that run on without end.</summary>
/// <remarks>Every position is valid, as in <see cref="SharedLap{T}"/>. An immutable value; the holder keeps the segment
/// mapped.</remarks>
public readonly unsafe struct SharedUInt32Lap
{
    // SAFETY: SharedSegment checked that (mask + 1) cells lie inside the mapping and are aligned; positions are masked.
    private readonly uint* _base;
    private readonly uint _mask;

    internal SharedUInt32Lap(uint* @base, uint mask)
    {
        _base = @base;
        _mask = mask;
    }

    /// <summary>Number of cells.</summary>
    public uint Count => _mask + 1;

    /// <summary>The cell of a position; only the lowest bits count.</summary>
    /// <param name="position">The position.</param>
    public SharedUInt32 this[uint position]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_base + (position & _mask));
    }
}
