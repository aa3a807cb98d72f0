using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Plenum.Platform;

/// <summary>An array of 32-bit cells in shared memory, a fixed stride apart (slot states, slot sequences).</summary>
/// <remarks>Checks as for <see cref="SharedColumn{T}"/>; lifetime as for <see cref="SharedUInt32"/>.</remarks>
public readonly unsafe struct SharedUInt32Column
{
    // SAFETY: SharedSegment checked base, stride, count and alignment; the index is checked below.
    private readonly byte* _base;
    private readonly int _strideBytes;
    private readonly uint _count;

    internal SharedUInt32Column(byte* @base, int strideBytes, uint count)
    {
        _base = @base;
        _strideBytes = strideBytes;
        _count = count;
    }

    /// <summary>Number of cells.</summary>
    public uint Count => _count;

    /// <summary>The cell at <paramref name="index"/>.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the column.</exception>
    public SharedUInt32 this[uint index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (index >= _count)
            {
                ThrowIndex(index);
            }

            return new SharedUInt32((uint*)(_base + ((long)index * _strideBytes)));
        }
    }

    /// <summary>The cell at <paramref name="index"/>, if there is one.</summary>
    /// <param name="index">From 0.</param>
    /// <param name="cell">The cell; the default one if there is none.</param>
    /// <returns>False when there is no such cell.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGet(long index, out SharedUInt32 cell)
    {
        if ((ulong)index < _count)
        {
            cell = new SharedUInt32((uint*)(_base + (index * _strideBytes)));
            return true;
        }

        cell = default;
        return false;
    }

    [DoesNotReturn]
    private void ThrowIndex(uint index) => throw new ArgumentOutOfRangeException(
        nameof(index), index, $"The column has {_count} cells.");
}
