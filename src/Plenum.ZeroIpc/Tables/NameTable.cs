using System.Collections;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The table of a segment: its named entries, as they are now.</summary>
/// <remarks>
/// <para>Thread-safe. Every look reads shared memory: another process may add an entry between two looks. Entries are
/// never removed by this library; a C peer may remove one, which moves the following ones up (spec zeroipc 1.1).</para>
/// <para>An entry that a peer is just writing (C++ counts it before it fills it) is skipped.</para>
/// </remarks>
public sealed class NameTable : IReadOnlyCollection<SharedEntry>
{
    private readonly SharedSegment _segment;
    private readonly TableFormat _format;
    private readonly TableAllocator? _allocator;
    private readonly SharedMemory _memory;
    private readonly SharedReadOnlyUInt32 _entryCount;

    internal NameTable(SharedSegment segment, TableFormat format, SharedMemory memory)
    {
        _memory = memory;
        _segment = segment;
        _format = format;
        _entryCount = segment.ReadOnlyUInt32(TableHeader.EntryCountOffset);
        _allocator = format.Shape == TableShape.Current && segment.Access == SegmentAccess.ReadWrite
            ? new TableAllocator(segment, this)
            : null;
    }

    /// <summary>Which of the published shapes it has.</summary>
    public TableShape Shape => _format.Shape;

    /// <summary>Version the header states: 2, or 1 for the two older shapes.</summary>
    public int FormatVersion => (int)_format.Version;

    /// <summary>How many entries it can hold. The narrow version-1 shape does not say: then as many as it
    /// holds.</summary>
    public int Capacity => (int)_format.MaxEntries;

    /// <summary>How many entries it holds now.</summary>
    /// <exception cref="SegmentCorruptedException">The count exceeds the capacity.</exception>
    public int Count => (int)ReadCount();

    /// <summary>Bytes of the segment that structures may use, the table included.</summary>
    public long MemorySizeBytes => _format.MemorySizeBytes;

    /// <summary>The first free byte, not rounded.</summary>
    public long NextOffset => _format.Shape == TableShape.VersionOneNarrow
        ? _segment.ReadOnlyUInt32(FirstTableHeader.NextOffsetOffset).ReadAcquire()
        : (long)_segment.ReadOnlyUInt64(TableHeader.NextOffsetOffset).ReadAcquire();

    /// <summary>Bytes left for structures, after alignment to 8.</summary>
    public long FreeBytes => Math.Max(0, MemorySizeBytes - AlignUp(NextOffset));

    internal TableFormat Format => _format;

    internal SharedSegment Segment => _segment;

    /// <summary>Looks for an entry; names are compared byte by byte.</summary>
    /// <param name="name">The name.</param>
    /// <param name="entry">The entry.</param>
    /// <returns>False when there is none now.</returns>
    /// <exception cref="SegmentCorruptedException">The table contradicts itself.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool TryFind(string name, out SharedEntry entry)
    {
        Span<byte> buffer = stackalloc byte[TableEntry.NameSizeBytes];
        entry = default;
        return EntryName.TryEncode(name, buffer, out int length) && TryFind(buffer[..length], ReadCount(), out entry);
    }

    /// <summary>Finds an entry.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="EntryNotFoundException">There is none now.</exception>
    /// <exception cref="SegmentCorruptedException">The table contradicts itself.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public SharedEntry Find(string name) => TryFind(name, out SharedEntry entry)
        ? entry
        : throw new EntryNotFoundException(
            $"Could not find entry '{name}' in segment '{_segment.Name}': its table holds {Count} entries and none of "
            + "that name. Start the process that creates it, or check the name.",
            "find entry", _segment.Name.Value, name);

    /// <summary>Reserves a named range of zeroed bytes, which only the caller knows how to use.</summary>
    /// <param name="name">The name, at most 31 bytes in UTF-8.</param>
    /// <param name="sizeBytes">The size in bytes, at least 1.</param>
    /// <returns>The new entry.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long, or contains NUL.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The size is less than 1.</exception>
    /// <exception cref="EntryExistsException">The name is taken.</exception>
    /// <exception cref="SegmentFullException">Not enough bytes or entries are left.</exception>
    /// <exception cref="SegmentBusyException">Another process kept the table locked for 30 seconds.</exception>
    /// <exception cref="SegmentFormatException">The segment is of version 1, which is only read.</exception>
    /// <exception cref="InvalidOperationException">The segment is mapped read-only.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public SharedEntry Register(string name, long sizeBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sizeBytes, 1);
        return Allocate([new EntryRequest(name, sizeBytes)])[0];
    }

    /// <summary>The entries, in the order of their creation.</summary>
    public IEnumerator<SharedEntry> GetEnumerator()
    {
        uint count = ReadCount();
        for (uint i = 0; i < count; i++)
        {
            SharedEntry entry = Read(i);
            if (entry.Offset != 0)
            {
                yield return entry;
            }
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Creates several entries: all or none of them appear.</summary>
    internal SharedEntry[] Allocate(ReadOnlySpan<EntryRequest> requests)
    {
        if (_allocator is not null)
        {
            SharedEntry[] entries = _allocator.Allocate(requests);
            _memory.AnnounceEntries();
            return entries;
        }

        RequireCurrent("entry", requests.Length == 0 ? string.Empty : requests[0].Name);
        throw new InvalidOperationException(
            $"Segment '{_segment.Name}' is mapped read-only; open it with SegmentAccess.ReadWrite to create entries.");
    }

    /// <summary>Refuses what only the current version lays out as this library knows it.</summary>
    internal void RequireCurrent(string kind, string name)
    {
        if (Shape != TableShape.Current)
        {
            throw new SegmentFormatException(
                $"Could not use {kind} '{name}' in segment '{_segment.Name}': the segment has format version 1, where "
                + "only the table "
                + "and arrays can be read; other structures are laid out differently there. Create the segment with "
                + "version 2.",
                "open " + kind, _segment.Name.Value, "version 2", "version 1", 4);
        }
    }

    /// <summary>The name of the entry at an offset, for messages.</summary>
    internal string NameAt(long offset)
    {
        foreach (SharedEntry entry in this)
        {
            if (entry.Offset == offset)
            {
                return entry.Name;
            }
        }

        return "?";
    }

    internal uint ReadCount()
    {
        uint count = _entryCount.ReadAcquire();
        return count <= _format.MaxEntries
            ? count
            : throw TableFormat.Corrupted(_segment, "entry_count", count, $"the table has room for "
            + $"{_format.MaxEntries}");
    }

    internal bool TryFind(ReadOnlySpan<byte> name, uint count, out SharedEntry entry)
    {
        for (uint i = 0; i < count; i++)
        {
            if (EntryName.Stored(NameField(i)).SequenceEqual(name))
            {
                entry = Read(i);
                if (entry.Offset != 0)
                {
                    return true;
                }
            }
        }

        entry = default;
        return false;
    }

    internal SharedEntry Read(uint index)
    {
        long at = _format.EntryOffset(index);
        string name = EntryName.Decode(NameField(index));
        return _format.Shape == TableShape.VersionOneNarrow
            ? new SharedEntry(
                name, _segment.ReadOnlyUInt32(at + 0x20).ReadAcquire(),
                _segment.ReadOnlyUInt32(at + 0x24).ReadAcquire())
            : new SharedEntry(
                name, Clamp(_segment.ReadOnlyUInt64(at + 0x20).ReadAcquire()),
                Clamp(_segment.ReadOnlyUInt64(at + 0x28).ReadAcquire()));
    }

    internal ReadOnlySpan<byte> NameField(uint index) =>
        _segment.ReadOnlySpan(_format.EntryOffset(index), TableEntry.NameSizeBytes);

    internal static long AlignUp(long offset) => (offset + 7) & ~7L;

    // An offset or size beyond 2^63 is as wrong as one beyond the file, and stays so.
    private static long Clamp(ulong value) => value > long.MaxValue ? long.MaxValue : (long)value;
}
