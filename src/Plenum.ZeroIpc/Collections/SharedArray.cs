using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A fixed number of values in shared memory (spec zeroipc 2.1), wire compatible with the C++, Python and Go
/// arrays.</summary>
/// <typeparam name="T">The element type; the array does not record it, so all programs must agree on it.</typeparam>
/// <remarks>
/// <para>Thread-safe in the sense of memory: plain element accesses of up to 8 bytes do not tear, and nothing orders
/// them. Use the atomic operations, or a lock in the segment, to pass data from one process to another. Never
/// blocks.</para>
/// <para>Can be opened in a read-only segment, also of format version 1; stores then throw.</para>
/// </remarks>
public sealed class SharedArray<T> : IReadOnlyCollection<T>
    where T : unmanaged
{
    private readonly SharedMemory _memory;
    private readonly SharedColumn<T> _column;
    private readonly SharedUInt32Run _cells32;
    private readonly SharedUInt64Run _cells64;
    private readonly long _dataOffset;
    private readonly uint _length;

    private SharedArray(SharedMemory memory, in SharedEntry entry, uint length)
    {
        _memory = memory;
        Entry = entry;
        _length = length;
        _dataOffset = entry.Offset + ArrayHeader.DataOffset;
        if (!memory.IsReadOnly)
        {
            _column = memory.Segment.Column<T>(_dataOffset, length);

            // A foreign creator may have placed it anywhere: elements that are not aligned have no atomic operations.
            bool aligned = _dataOffset % ShareableType.SizeOf<T>() == 0;
            if (aligned && ElementBits.Is32<T>())
            {
                _cells32 = memory.Segment.UInt32Run(_dataOffset, length);
            }
            else if (aligned && ElementBits.Is64<T>())
            {
                _cells64 = memory.Segment.UInt64Run(_dataOffset, length);
            }
        }
    }

    /// <summary>Its entry in the table.</summary>
    public SharedEntry Entry { get; }

    /// <summary>The segment it lies in.</summary>
    public SharedMemory Memory => _memory;

    /// <summary>Number of elements.</summary>
    public long Length => _length;

    /// <summary>Whether stores are refused.</summary>
    public bool IsReadOnly => _memory.IsReadOnly;

    /// <inheritdoc/>
    int IReadOnlyCollection<T>.Count => checked((int)_length);

    /// <summary>One element; plain loads and stores.</summary>
    /// <param name="index">0 to <see cref="Length"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the array.</exception>
    /// <exception cref="InvalidOperationException">Storing into a read-only segment.</exception>
    public T this[long index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((ulong)index < _column.Count)
            {
                T value = _column.Read((uint)index);
                GC.KeepAlive(this);
                return value;
            }

            return ReadSlow(index);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set
        {
            if ((ulong)index >= _column.Count)
            {
                ThrowStore(index);
            }

            _column.Write((uint)index, value);
            GC.KeepAlive(this);
        }
    }

    /// <summary>Creates an array of zeroed elements.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Its name, at most 31 bytes in UTF-8.</param>
    /// <param name="length">Number of elements, 1 to 4,294,967,295.</param>
    /// <exception cref="NotSupportedException">The element type cannot be shared.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is out of range.</exception>
    /// <inheritdoc cref="NameTable.Register" path="/exception"/>
    public static SharedArray<T> Create(SharedMemory memory, string name, long length)
    {
        ArgumentNullException.ThrowIfNull(memory);
        int size = StructureSize.OfElement<T>();
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, uint.MaxValue);
        SharedEntry[] entries = memory.Allocate(new EntryRequest(
            name,
            ArrayHeader.TotalBytes(length, size),
            (segment, offset) => segment.UInt64(offset).WriteOwned((ulong)length)));
        return new SharedArray<T>(memory, entries[0], (uint)length);
    }

    /// <summary>Opens an array that a C++, Python, Go or C# program created.</summary>
    /// <param name="memory">The segment; may be read-only or of format version 1.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="NotSupportedException">The element type cannot be shared.</exception>
    /// <exception cref="EntryNotFoundException">No such entry.</exception>
    /// <exception cref="SegmentFormatException">The entry is no array of this element size; the message names a
    /// C-layout array.</exception>
    /// <exception cref="SegmentCorruptedException">The entry lies outside the segment.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public static SharedArray<T> Open(SharedMemory memory, string name)
    {
        ArgumentNullException.ThrowIfNull(memory);
        int size = StructureSize.OfElement<T>();
        SharedEntry entry = memory.OpenEntry("array", name, ArrayHeader.SizeBytes);
        ulong capacity = memory.Segment.ReadOnlyUInt64(entry.Offset).ReadAcquire();
        long dataBytes = entry.SizeBytes - ArrayHeader.SizeBytes;
        if (capacity <= uint.MaxValue && (long)capacity * size == dataBytes)
        {
            return new SharedArray<T>(memory, entry, (uint)capacity);
        }

        throw memory.WrongLayout(
            "array",
            entry,
            $"{size}-byte elements that fill the entry",
            Describe(memory, entry, capacity, dataBytes),
            0);
    }

    /// <summary>Opens an array, or creates it if there is none.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Its name.</param>
    /// <param name="length">Number of elements if it is created; an existing array keeps its own.</param>
    /// <inheritdoc cref="Create" path="/exception"/>
    /// <exception cref="SegmentFormatException">The entry is no array of this element size.</exception>
    public static SharedArray<T> CreateOrOpen(SharedMemory memory, string name, long length) =>
        StructureSize.OpenOrCreate(memory, name, () => Open(memory, name), () => Create(memory, name, length));

    /// <summary>All elements, in place. The span must not be used after this object was dropped; keep it
    /// referenced.</summary>
    /// <exception cref="InvalidOperationException">The segment is read-only, or there are more than 2,147,483,647
    /// elements.</exception>
    public Span<T> AsSpan()
    {
        if (IsReadOnly || _length > int.MaxValue)
        {
            throw new InvalidOperationException(
                $"Array '{Entry.Name}' of segment '{_memory.Name}' is read-only or longer than a span; use "
                + "AsReadOnlySpan or a range.");
        }

        return _column.AsSpan();
    }

    /// <summary>All elements, in place, for loads. The span must not be used after this object was dropped.</summary>
    /// <exception cref="OverflowException">There are more than 2,147,483,647 elements.</exception>
    public ReadOnlySpan<T> AsReadOnlySpan() => _column.Count == _length
        ? _column.AsSpan()
        : _memory.Segment.ReadOnlySpan<T>(_dataOffset, checked((int)_length));

    /// <summary>Stores one value into every element.</summary>
    /// <param name="value">The value.</param>
    /// <exception cref="InvalidOperationException">The segment is read-only.</exception>
    public void Fill(T value)
    {
        for (long i = 0; i < _length; i++)
        {
            this[i] = value;
        }
    }

    /// <summary>Loads an element so that what its writer stored before <see cref="WriteRelease"/> is visible
    /// afterwards.</summary>
    /// <param name="index">0 to <see cref="Length"/> - 1.</param>
    /// <exception cref="NotSupportedException">Not a number of 4 or 8 bytes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the array.</exception>
    public T ReadAcquire(long index)
    {
        ElementBits.RequireNumber<T>("ReadAcquire");
        long at = At(index);

        // OBSERVE [array-element] Pairs with WriteRelease and the interlocked operations of another process.
        return ElementBits.Is32<T>()
            ? ElementBits.From32<T>(_memory.Segment.ReadOnlyUInt32(at).ReadAcquire())
            : ElementBits.From64<T>(_memory.Segment.ReadOnlyUInt64(at).ReadAcquire());
    }

    /// <summary>Stores an element so that everything stored before is visible to who reads it with
    /// <see cref="ReadAcquire"/>.</summary>
    /// <param name="index">0 to <see cref="Length"/> - 1.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="NotSupportedException">Not a number of 4 or 8 bytes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the array.</exception>
    /// <exception cref="InvalidOperationException">The segment is read-only.</exception>
    public void WriteRelease(long index, T value)
    {
        ElementBits.RequireNumber<T>("WriteRelease");

        // PUBLISH [array-element] Weaker: the reader sees the new element beside old data.
        if (ElementBits.Is32<T>())
        {
            Cell32(index).WriteRelease(ElementBits.To32(value));
        }
        else
        {
            Cell64(index).WriteRelease(ElementBits.To64(value));
        }

        GC.KeepAlive(this);
    }

    /// <summary>Atomically replaces an element.</summary>
    /// <param name="index">0 to <see cref="Length"/> - 1.</param>
    /// <param name="value">The new value.</param>
    /// <returns>The value found.</returns>
    /// <inheritdoc cref="WriteRelease" path="/exception"/>
    public T Exchange(long index, T value)
    {
        ElementBits.RequireNumber<T>("Exchange");
        T found = ElementBits.Is32<T>()
            ? ElementBits.From32<T>(Cell32(index).Exchange(ElementBits.To32(value)))
            : ElementBits.From64<T>(Cell64(index).Exchange(ElementBits.To64(value)));
        GC.KeepAlive(this);
        return found;
    }

    /// <summary>Atomically replaces an element if it holds the expected bits.</summary>
    /// <param name="index">0 to <see cref="Length"/> - 1.</param>
    /// <param name="value">The new value.</param>
    /// <param name="comparand">The value expected; floating-point values are compared bit by bit.</param>
    /// <returns>The value found; the exchange took place when it has the bits of
    /// <paramref name="comparand"/>.</returns>
    /// <inheritdoc cref="WriteRelease" path="/exception"/>
    public T CompareExchange(long index, T value, T comparand)
    {
        ElementBits.RequireNumber<T>("CompareExchange");
        T found = ElementBits.Is32<T>()
            ? ElementBits.From32<T>(
                Cell32(index).CompareExchange(ElementBits.To32(value), ElementBits.To32(comparand)))
            : ElementBits.From64<T>(
                Cell64(index).CompareExchange(ElementBits.To64(value), ElementBits.To64(comparand)));
        GC.KeepAlive(this);
        return found;
    }

    /// <summary>Atomically adds to an integer element; wraps on overflow.</summary>
    /// <param name="index">0 to <see cref="Length"/> - 1.</param>
    /// <param name="value">The amount.</param>
    /// <returns>The new value.</returns>
    /// <exception cref="NotSupportedException">Not an integer of 4 or 8 bytes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the array.</exception>
    /// <exception cref="InvalidOperationException">The segment is read-only.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Add(long index, T value)
    {
        if (ElementBits.IsFloating<T>())
        {
            ElementBits.RefuseFloating<T>();
        }

        ElementBits.RequireNumber<T>("Add");
        T sum = ElementBits.Is32<T>()
            ? ElementBits.From32<T>(Cell32(index).Add(ElementBits.To32(value)))
            : ElementBits.From64<T>(Cell64(index).Add(ElementBits.To64(value)));
        GC.KeepAlive(this);
        return sum;
    }

    /// <summary>The elements, each loaded when it is reached.</summary>
    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < _length; i++)
        {
            yield return this[i];
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string Describe(SharedMemory memory, in SharedEntry entry, ulong capacity, long dataBytes)
    {
        if (entry.SizeBytes >= ArrayHeader.ForeignDataOffset)
        {
            ulong elementSize = memory.Segment.ReadOnlyUInt64(entry.Offset + 8).ReadAcquire();
            ulong rest = (ulong)entry.SizeBytes - ArrayHeader.ForeignDataOffset;
            if (elementSize is >= 1 and <= int.MaxValue && capacity <= uint.MaxValue && capacity * elementSize == rest)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"the layout of the C peer ({capacity} elements of {elementSize} bytes behind a 16-byte header), "
                    + $"which no other peer reads");
            }
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{capacity} elements and {dataBytes} bytes of data, which is another element size or kind");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SharedUInt32 Cell32(long index) =>
        _cells32.TryGet(index, out SharedUInt32 cell) ? cell : _memory.Segment.UInt32(At(index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SharedUInt64 Cell64(long index) =>
        _cells64.TryGet(index, out SharedUInt64 cell) ? cell : _memory.Segment.UInt64(At(index));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private long At(long index)
    {
        if ((ulong)index >= _length)
        {
            ThrowIndex(index);
        }

        return _dataOffset + (index * ShareableType.SizeOf<T>());
    }

    private T ReadSlow(long index)
    {
        long at = At(index);
        return _memory.Segment.ReadOnlySpan<T>(at, 1)[0];
    }

    private void ThrowStore(long index)
    {
        if (IsReadOnly)
        {
            throw new InvalidOperationException(
                $"Array '{Entry.Name}' lies in segment '{_memory.Name}', which is read-only. "
                + (_memory.Table.Shape == TableShape.Current
                    ? "Open it with SegmentAccess.ReadWrite."
                    : "It has format version 1, which is only read; create the segment with version 2."));
        }

        ThrowIndex(index);
    }

    private void ThrowIndex(long index) => throw new ArgumentOutOfRangeException(
        nameof(index), index, $"Array '{Entry.Name}' has {_length} elements.");
}
