using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Plenum.Platform;

/// <summary>An array of 64-bit cells in shared memory, a fixed stride apart (slot sequences).</summary>
/// <remarks>Checks as for <see cref="SharedColumn{T}"/>; lifetime as for <see cref="SharedUInt64"/>.</remarks>
public readonly unsafe struct SharedUInt64Column
{
    // SAFETY: SharedSegment checked base, stride, count and alignment; the index is checked below.
    private readonly byte* _base;
    private readonly int _strideBytes;
    private readonly uint _count;

    internal SharedUInt64Column(byte* @base, int strideBytes, uint count)
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
    public SharedUInt64 this[uint index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (index >= _count)
            {
                ThrowIndex(index);
            }

            return new SharedUInt64((ulong*)(_base + ((long)index * _strideBytes)));
        }
    }

    [DoesNotReturn]
    private void ThrowIndex(uint index) => throw new ArgumentOutOfRangeException(
        nameof(index), index, $"The column has {_count} cells.");
}
