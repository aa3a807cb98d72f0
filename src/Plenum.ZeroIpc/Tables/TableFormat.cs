using System.Globalization;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>What the header of a segment says, validated against the size of its file.</summary>
/// <param name="Shape">Which table shape.</param>
/// <param name="MaxEntries">Capacity of the table.</param>
/// <param name="MemorySizeBytes">Bytes that structures may use.</param>
internal readonly record struct TableFormat(TableShape Shape, uint MaxEntries, long MemorySizeBytes)
{
    internal uint Version => Shape == TableShape.Current ? TableHeader.CurrentVersion : TableHeader.FirstVersion;

    internal int HeaderSizeBytes =>
        Shape == TableShape.VersionOneNarrow ? FirstTableHeader.SizeBytes : TableHeader.SizeBytes;

    internal int EntrySizeBytes =>
        Shape == TableShape.VersionOneNarrow ? FirstTableEntry.SizeBytes : TableEntry.SizeBytes;

    /// <summary>Offset of an entry from the start of the segment.</summary>
    internal long EntryOffset(uint index) => HeaderSizeBytes + ((long)index * EntrySizeBytes);

    /// <summary>Reads and validates a header.</summary>
    /// <exception cref="SegmentFormatException">Not a ZeroIPC segment, or of an unknown version.</exception>
    /// <exception cref="SegmentCorruptedException">A field contradicts the size of the file or another
    /// field.</exception>
    internal static TableFormat Read(SharedSegment segment)
    {
        Require(segment, segment.SizeBytes >= FirstTableHeader.SizeBytes, 0, "at least 16 bytes", segment.SizeBytes);
        uint magic = segment.ReadOnlyUInt32(0).ReadAcquire();
        Require(segment, magic == TableHeader.MagicValue, 0, "magic 0x5A49504D", magic);
        uint version = segment.ReadOnlyUInt32(4).ReadAcquire();
        if (version == TableHeader.FirstVersion)
        {
            return IsWide(segment) ? ReadWide(segment, TableShape.VersionOneWide) : ReadNarrow(segment);
        }

        Require(segment, version == TableHeader.CurrentVersion, 4, "version 2 (or 1, read-only)", version);
        Require(segment, segment.SizeBytes >= TableHeader.SizeBytes, 0, "at least 32 bytes", segment.SizeBytes);
        return ReadWide(segment, TableShape.Current);
    }

    internal static SegmentCorruptedException Corrupted(SharedSegment segment, string field, ulong value,
        string demand) => new(
        $"Could not use segment '{segment.Name}': {field} is {value}, but {demand}. A peer wrote it wrongly or "
        + "another program overwrote it; create the segment anew.",
        "read table", segment.Name.Value, field, value.ToString(CultureInfo.InvariantCulture));

    private static TableFormat ReadWide(SharedSegment segment, TableShape shape)
    {
        uint found = segment.ReadOnlyUInt32(TableHeader.MaxEntriesOffset).ReadAcquire();
        uint maxEntries = found == 0 ? TableHeader.DefaultMaxEntries : found;
        ulong memorySize = segment.ReadOnlyUInt64(TableHeader.MemorySizeOffset).ReadAcquire();
        if (memorySize > (ulong)segment.SizeBytes)
        {
            throw Corrupted(segment, "memory_size", memorySize, $"the file has only {segment.SizeBytes} bytes");
        }

        long table = TableHeader.TableSizeBytes(maxEntries);
        if (table > (long)memorySize)
        {
            throw Corrupted(
                segment, "max_entries", maxEntries, $"such a table needs {table} bytes and memory_size is "
                    + $"{memorySize}");
        }

        uint count = segment.ReadOnlyUInt32(TableHeader.EntryCountOffset).ReadAcquire();
        if (count > maxEntries)
        {
            throw Corrupted(segment, "entry_count", count, $"the table has room for {maxEntries}");
        }

        ulong next = segment.ReadOnlyUInt64(TableHeader.NextOffsetOffset).ReadAcquire();
        if (next < (ulong)TableHeader.TableSizeBytes(count) || next > memorySize)
        {
            throw Corrupted(segment, "next_offset", next, $"it must lie between the table and memory_size "
                + $"{memorySize}");
        }

        return new TableFormat(shape, maxEntries, (long)memorySize);
    }

    // The narrow header has no capacity: the table reaches at least as far as its entries, and the first structure
    // follows it.
    private static TableFormat ReadNarrow(SharedSegment segment)
    {
        uint count = segment.ReadOnlyUInt32(TableHeader.EntryCountOffset).ReadAcquire();
        uint next = segment.ReadOnlyUInt32(FirstTableHeader.NextOffsetOffset).ReadAcquire();
        long table = FirstTableHeader.SizeBytes + ((long)count * FirstTableEntry.SizeBytes);
        if (table > segment.SizeBytes)
        {
            throw Corrupted(segment, "entry_count", count, $"the file has only {segment.SizeBytes} bytes");
        }

        if (next < table || next > segment.SizeBytes)
        {
            throw Corrupted(segment, "next_offset", next, $"it must lie between the table and the end at "
                + $"{segment.SizeBytes}");
        }

        return new TableFormat(TableShape.VersionOneNarrow, count, segment.SizeBytes);
    }

    // Both shapes say version 1. In the wide one memory_size equals the size of the file; in the narrow one the same
    // bytes are the first name, whose eight characters would have to spell that number.
    private static bool IsWide(SharedSegment segment) =>
        segment.SizeBytes >= TableHeader.SizeBytes
        && segment.ReadOnlyUInt64(TableHeader.MemorySizeOffset).ReadAcquire() == (ulong)segment.SizeBytes
        && segment.ReadOnlyUInt64(TableHeader.NextOffsetOffset).ReadAcquire() is >= TableHeader.SizeBytes and var next
        && next <= (ulong)segment.SizeBytes;

    private static void Require(SharedSegment segment, bool condition, long offset, string expected, long actual)
    {
        if (!condition)
        {
            string found = offset == 0 && actual == segment.SizeBytes
                ? $"{actual} bytes"
                : string.Create(CultureInfo.InvariantCulture, $"0x{actual:X}");
            throw new SegmentFormatException(
                $"Could not open segment '{segment.Name}' as ZeroIPC: expected {expected}, found {found}. It is of "
                + "another format or a peer is still creating it.",
                "open segment", segment.Name.Value, expected, found, offset);
        }
    }
}
