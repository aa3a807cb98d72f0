using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Plenum.Platform;

/// <summary>Rows of one size in shared memory, each with a 32-bit state word at its start, a key and a value: the slots
/// of a hash table.</summary>
/// <typeparam name="TKey">The key type.</typeparam>
/// <typeparam name="TValue">The value type.</typeparam>
/// <remarks>
/// <para>One check and one multiplication for each row, and none for its parts. Measured worth against three columns of
/// the same slots: see "Single operations" in docs/performance.md.</para>
/// <para>An immutable value; the holder keeps the segment mapped.</para>
/// </remarks>
public readonly unsafe struct SharedRows<TKey, TValue>
    where TKey : unmanaged
    where TValue : unmanaged
{
    // SAFETY: SharedSegment checked base, stride, count, alignment and that key and value lie inside a row; the index
    //   is checked below.
    private readonly byte* _base;
    private readonly int _strideBytes;
    private readonly uint _count;
    private readonly int _keyOffset;
    private readonly int _valueOffset;

    internal SharedRows(byte* @base, int strideBytes, uint count, int keyOffset, int valueOffset)
    {
        _base = @base;
        _strideBytes = strideBytes;
        _count = count;
        _keyOffset = keyOffset;
        _valueOffset = valueOffset;
    }

    /// <summary>Number of rows.</summary>
    public uint Count => _count;

    /// <summary>One row.</summary>
    /// <param name="index">Its number, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public SharedRow<TKey, TValue> this[uint index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (index >= _count)
            {
                ThrowIndex(index);
            }

            byte* row = _base + ((long)index * _strideBytes);
            return new SharedRow<TKey, TValue>(row, row + _keyOffset, row + _valueOffset);
        }
    }

    [DoesNotReturn]
    private void ThrowIndex(uint index) => throw new ArgumentOutOfRangeException(
        nameof(index), index, $"There are {_count} rows.");
}
