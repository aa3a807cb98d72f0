using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Plenum.Platform;

/// <summary>
/// One field of an array of records in shared memory: <c>count</c> values of <typeparamref name="T"/>, a fixed stride
/// apart.
/// </summary>
/// <typeparam name="T">A blittable type without references.</typeparam>
/// <remarks>
/// Base, stride and count are checked when <see cref="SharedSegment.Column{T}(long, int, uint)"/> hands the column out;
/// each access checks its index only. Reads and writes are plain (one instruction for aligned values up to 8 bytes):
/// order them with the cell that publishes them. Lifetime as for <see cref="SharedUInt32"/>.
/// </remarks>
public readonly unsafe struct SharedColumn<T>
    where T : unmanaged
{
    // SAFETY: SharedSegment checked base + (count - 1) * stride + sizeof(T) against the mapping; the index is checked
    //   below.
    private readonly byte* _base;
    private readonly int _strideBytes;
    private readonly uint _count;

    internal SharedColumn(byte* @base, int strideBytes, uint count)
    {
        _base = @base;
        _strideBytes = strideBytes;
        _count = count;
    }

    /// <summary>Number of values.</summary>
    public uint Count => _count;

    /// <summary>Distance between two values, in bytes.</summary>
    public int StrideBytes => _strideBytes;

    /// <summary>Plain load of the value at <paramref name="index"/>.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the column.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Read(uint index)
    {
        if (index >= _count)
        {
            ThrowIndex(index);
        }

        return Unsafe.ReadUnaligned<T>(_base + ((long)index * _strideBytes));
    }

    /// <summary>Plain store of the value at <paramref name="index"/>.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <param name="value">The value to store.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the column.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(uint index, T value)
    {
        if (index >= _count)
        {
            ThrowIndex(index);
        }

        Unsafe.WriteUnaligned(_base + ((long)index * _strideBytes), value);
    }

    /// <summary>The bytes of the value at <paramref name="index"/>.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the column.</exception>
    public Span<byte> Bytes(uint index)
    {
        if (index >= _count)
        {
            ThrowIndex(index);
        }

        return new Span<byte>(_base + ((long)index * _strideBytes), sizeof(T));
    }

    /// <summary>All values as a span; only for a contiguous column (stride = size of
    /// <typeparamref name="T"/>).</summary>
    /// <exception cref="InvalidOperationException">The column is not contiguous.</exception>
    public Span<T> AsSpan()
    {
        if (_strideBytes != sizeof(T))
        {
            throw new InvalidOperationException(
                $"A span over a column needs contiguous values; its stride is {_strideBytes} bytes, the value "
                + $"{sizeof(T)}.");
        }

        return new Span<T>(_base, checked((int)_count));
    }

    [DoesNotReturn]
    private void ThrowIndex(uint index) => throw new ArgumentOutOfRangeException(
        nameof(index), index, $"The column has {_count} values.");
}
