using System.Buffers;

namespace Plenum.Platform;

/// <content>What a segment hands out. Every method checks bounds and natural alignment once.</content>
public sealed unsafe partial class SharedSegment
{
    /// <summary>The signed 32-bit cell at an offset.</summary>
    /// <param name="offset">Offset in bytes, a multiple of 4.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside the segment or not aligned.</exception>
    /// <exception cref="InvalidOperationException">The segment is mapped read-only.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public SharedInt32 Int32(long offset) => new((int*)WritableAt(offset, 4, 4));

    /// <summary>The unsigned 32-bit cell at an offset.</summary>
    /// <param name="offset">Offset in bytes, a multiple of 4.</param>
    /// <inheritdoc cref="Int32(long)" path="/exception"/>
    public SharedUInt32 UInt32(long offset) => new((uint*)WritableAt(offset, 4, 4));

    /// <summary>The signed 64-bit cell at an offset.</summary>
    /// <param name="offset">Offset in bytes, a multiple of 8.</param>
    /// <inheritdoc cref="Int32(long)" path="/exception"/>
    public SharedInt64 Int64(long offset) => new((long*)WritableAt(offset, 8, 8));

    /// <summary>The unsigned 64-bit cell at an offset.</summary>
    /// <param name="offset">Offset in bytes, a multiple of 8.</param>
    /// <inheritdoc cref="Int32(long)" path="/exception"/>
    public SharedUInt64 UInt64(long offset) => new((ulong*)WritableAt(offset, 8, 8));

    /// <summary>The byte cell at an offset.</summary>
    /// <param name="offset">Offset in bytes.</param>
    /// <inheritdoc cref="Int32(long)" path="/exception"/>
    public SharedByte Byte(long offset) => new(WritableAt(offset, 1, 1));

    /// <summary>A load-only 32-bit cell, also of a read-only mapping.</summary>
    /// <param name="offset">Offset in bytes, a multiple of 4.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside the segment or not aligned.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public SharedReadOnlyUInt32 ReadOnlyUInt32(long offset) => new((uint*)At(offset, 4, 4));

    /// <summary>A load-only 64-bit cell, also of a read-only mapping.</summary>
    /// <param name="offset">Offset in bytes, a multiple of 8.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside the segment or not aligned.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public SharedReadOnlyUInt64 ReadOnlyUInt64(long offset) => new((ulong*)At(offset, 8, 8));

    /// <summary>A column of values: <paramref name="count"/> values, <paramref name="strideBytes"/> apart.</summary>
    /// <typeparam name="T">The value type; see <see cref="ShareableType"/> for what may be shared.</typeparam>
    /// <param name="offset">Offset of the first value in bytes. Alignment is the caller's layout rule and is not
    /// demanded.</param>
    /// <param name="strideBytes">Distance of two values in bytes, at least the size of
    /// <typeparamref name="T"/>.</param>
    /// <param name="count">Number of values.</param>
    /// <inheritdoc cref="Int32(long)" path="/exception"/>
    public SharedColumn<T> Column<T>(long offset, int strideBytes, uint count)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(strideBytes, sizeof(T));
        long length = count == 0 ? 0 : checked(((long)(count - 1) * strideBytes) + sizeof(T));
        return new SharedColumn<T>(WritableAt(offset, length, 1), strideBytes, count);
    }

    /// <summary>A contiguous column of values.</summary>
    /// <typeparam name="T">The value type.</typeparam>
    /// <param name="offset">Offset of the first value in bytes.</param>
    /// <param name="count">Number of values.</param>
    /// <inheritdoc cref="Int32(long)" path="/exception"/>
    public SharedColumn<T> Column<T>(long offset, uint count)
        where T : unmanaged => Column<T>(offset, sizeof(T), count);

    /// <summary>A column of 32-bit cells.</summary>
    /// <param name="offset">Offset of the first cell in bytes, a multiple of 4.</param>
    /// <param name="strideBytes">Distance of two cells in bytes, a positive multiple of 4.</param>
    /// <param name="count">Number of cells.</param>
    /// <inheritdoc cref="Int32(long)" path="/exception"/>
    public SharedUInt32Column UInt32Column(long offset, int strideBytes, uint count)
    {
        if (strideBytes < 4 || strideBytes % 4 != 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(strideBytes), strideBytes, "The stride of a column of 32-bit cells is a positive multiple of "
                    + "4.");
        }

        long length = count == 0 ? 0 : checked(((long)(count - 1) * strideBytes) + 4);
        return new SharedUInt32Column(WritableAt(offset, length, 4), strideBytes, count);
    }

    /// <summary>A power of two of contiguous values, addressed by endless positions.</summary>
    /// <typeparam name="T">The value type.</typeparam>
    /// <param name="offset">Offset of the first value in bytes.</param>
    /// <param name="count">Number of values, a power of two.</param>
    /// <inheritdoc cref="Int32(long)" path="/exception"/>
    public SharedLap<T> Lap<T>(long offset, uint count)
        where T : unmanaged =>
        new(WritableAt(offset, (long)RequirePowerOfTwo(count) * sizeof(T), 1), count - 1);

    /// <summary>A power of two of contiguous values, addressed by endless positions in bytes.</summary>
    /// <typeparam name="T">The value type; its size is a power of two.</typeparam>
    /// <param name="offset">Offset of the first value in bytes.</param>
    /// <param name="count">Number of values, a power of two.</param>
    /// <inheritdoc cref="Int32(long)" path="/exception"/>
    public SharedByteLap<T> ByteLap<T>(long offset, uint count)
        where T : unmanaged
    {
        ulong bytes = RequirePowerOfTwo(count) * (ulong)RequirePowerOfTwo((uint)sizeof(T));
        return new SharedByteLap<T>(WritableAt(offset, checked((long)bytes), 1), bytes - (uint)sizeof(T));
    }

    /// <summary>A power of two of contiguous 32-bit cells, addressed by endless positions.</summary>
    /// <param name="offset">Offset of the first cell in bytes, a multiple of 4.</param>
    /// <param name="count">Number of cells, a power of two.</param>
    /// <inheritdoc cref="Int32(long)" path="/exception"/>
    public SharedUInt32Lap UInt32Lap(long offset, uint count) =>
        new((uint*)WritableAt(offset, (long)RequirePowerOfTwo(count) * 4, 4), count - 1);

    /// <summary>Rows with a 32-bit state at their start, a key and a value.</summary>
    /// <typeparam name="TKey">The key type.</typeparam>
    /// <typeparam name="TValue">The value type.</typeparam>
    /// <param name="offset">Offset of the first row in bytes, a multiple of 4.</param>
    /// <param name="strideBytes">Distance of two rows in bytes, a positive multiple of 4.</param>
    /// <param name="keyOffset">Offset of the key in its row, at least 4.</param>
    /// <param name="valueOffset">Offset of the value in its row, at least 4.</param>
    /// <param name="count">Number of rows.</param>
    /// <inheritdoc cref="Int32(long)" path="/exception"/>
    public SharedRows<TKey, TValue> Rows<TKey, TValue>(
        long offset, int strideBytes, int keyOffset, int valueOffset, uint count)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        if (strideBytes < 4 || strideBytes % 4 != 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(strideBytes), strideBytes, "The stride of rows with a 32-bit state is a positive multiple of "
                    + "4.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(keyOffset, 4);
        ArgumentOutOfRangeException.ThrowIfLessThan(valueOffset, 4);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(keyOffset, strideBytes - sizeof(TKey));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(valueOffset, strideBytes - sizeof(TValue));
        return new SharedRows<TKey, TValue>(
            WritableAt(offset, checked((long)count * strideBytes), 4), strideBytes, count, keyOffset, valueOffset);
    }

    /// <summary>A power of two of rows as <see cref="Rows{TKey, TValue}"/> has them, if their layout is the natural one
    /// of state, key and value.</summary>
    /// <typeparam name="TKey">The key type.</typeparam>
    /// <typeparam name="TValue">The value type.</typeparam>
    /// <inheritdoc cref="Rows{TKey, TValue}" path="/param"/>
    /// <returns>The default lap when the layout is another one or the number of rows is no power of two.</returns>
    /// <inheritdoc cref="Int32(long)" path="/exception"/>
    public SharedRowLap<TKey, TValue> RowLap<TKey, TValue>(
        long offset, int strideBytes, int keyOffset, int valueOffset, uint count)
        where TKey : unmanaged
        where TValue : unmanaged =>
        System.Numerics.BitOperations.IsPow2(count)
            && SharedRowLap<TKey, TValue>.Fits(strideBytes, keyOffset, valueOffset)
            ? new SharedRowLap<TKey, TValue>(WritableAt(offset, checked((long)count * strideBytes), 4), count - 1)
            : default;

    /// <summary>Two 64-bit cells next to each other.</summary>
    /// <param name="offset">Offset of the first one in bytes, a multiple of 8.</param>
    /// <inheritdoc cref="Int32(long)" path="/exception"/>
    public SharedUInt64Pair UInt64Pair(long offset) => new((ulong*)WritableAt(offset, 16, 8));

    /// <summary>Contiguous 32-bit cells.</summary>
    /// <param name="offset">Offset of the first cell in bytes, a multiple of 4.</param>
    /// <param name="count">Number of cells.</param>
    /// <inheritdoc cref="Int32(long)" path="/exception"/>
    public SharedUInt32Run UInt32Run(long offset, uint count) =>
        new((uint*)WritableAt(offset, (long)count * 4, 4), count);

    /// <summary>Contiguous 64-bit cells.</summary>
    /// <param name="offset">Offset of the first cell in bytes, a multiple of 8.</param>
    /// <param name="count">Number of cells.</param>
    /// <inheritdoc cref="Int32(long)" path="/exception"/>
    public SharedUInt64Run UInt64Run(long offset, uint count) =>
        new((ulong*)WritableAt(offset, (long)count * 8, 8), count);

    /// <summary>Bytes of the segment, for stores and loads that a cell orders.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Length in bytes.</param>
    /// <remarks>The span must not be used after the last reference to the segment is gone.</remarks>
    /// <inheritdoc cref="Int32(long)" path="/exception"/>
    public Span<byte> Span(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new(WritableAt(offset, length, 1), length);
    }

    /// <summary>Bytes of the segment, for loads only; also of a read-only mapping.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Length in bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside the segment.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public ReadOnlySpan<byte> ReadOnlySpan(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new(At(offset, length, 1), length);
    }

    /// <summary>Values of the segment as a span of <typeparamref name="T"/>, for stores and loads that a cell
    /// orders.</summary>
    /// <typeparam name="T">The value type.</typeparam>
    /// <param name="offset">Offset of the first value in bytes.</param>
    /// <param name="count">Number of values.</param>
    /// <inheritdoc cref="Int32(long)" path="/exception"/>
    public Span<T> Span<T>(long offset, int count)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new(WritableAt(offset, (long)count * sizeof(T), 1), count);
    }

    /// <summary>Values of the segment as a span of <typeparamref name="T"/>, for loads only; also of a read-only
    /// mapping.</summary>
    /// <typeparam name="T">The value type.</typeparam>
    /// <param name="offset">Offset of the first value in bytes.</param>
    /// <param name="count">Number of values.</param>
    /// <inheritdoc cref="ReadOnlySpan(long, int)" path="/exception"/>
    public ReadOnlySpan<T> ReadOnlySpan<T>(long offset, int count)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new(At(offset, (long)count * sizeof(T), 1), count);
    }

    /// <summary>
    /// Bytes of the segment as memory for asynchronous code. The returned owner keeps the segment mapped until it is
    /// disposed.
    /// </summary>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Length in bytes.</param>
    /// <remarks>Allocates the owner object; the synchronous span methods do not.</remarks>
    /// <inheritdoc cref="Int32(long)" path="/exception"/>
    public IMemoryOwner<byte> Memory(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        byte* address = WritableAt(offset, length, 1);
        return new SegmentMemory(this, address, length);
    }

    private byte* WritableAt(long offset, long length, int alignment)
    {
        if (Access == SegmentAccess.ReadOnly)
        {
            ThrowIfReadOnly();
        }

        return At(offset, length, alignment);
    }

    private static uint RequirePowerOfTwo(uint count) => System.Numerics.BitOperations.IsPow2(count)
        ? count
        : throw new ArgumentOutOfRangeException(nameof(count), count, "Endless positions need a power of two.");
}
