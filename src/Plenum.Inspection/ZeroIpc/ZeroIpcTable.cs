using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Plenum.Inspection.ZeroIpc;

/// <summary>The header and name table of a ZeroIPC segment, copied and checked. Offsets: spec zeroipc 1.1.</summary>
internal sealed class ZeroIpcTable
{
    internal const uint MagicNumber = 0x5A49504D;
    internal const int HeaderBytes = 0x20;
    internal const int RowBytes = 0x30;
    internal const int NameBytes = 32;
    internal const uint DefaultEntries = 64;
    private const int NarrowHeaderBytes = 16;
    private const int NarrowRowBytes = 40;
    private const int MaxRows = 65_536;

    private static readonly UTF8Encoding s_strictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly List<Finding> _findings = [];
    private readonly List<ZeroIpcRow> _rows = [];

    private ZeroIpcTable(byte[] header, long fileBytes)
    {
        Version = U32(header, 4);
        EntryCount = U32(header, 8);
        bool wide = header.Length >= HeaderBytes;
        Shape = Version != 1 ? ZeroIpcShape.V2
            : wide && U64(header, 16) == (ulong)fileBytes ? ZeroIpcShape.V1Wide : ZeroIpcShape.V1Narrow;
        if (Shape == ZeroIpcShape.V1Narrow)
        {
            NextOffset = U32(header, 12);
            MemorySize = (ulong)fileBytes;
            MaxEntries = 0;
        }
        else if (wide)
        {
            MaxEntries = U32(header, 12);
            MemorySize = U64(header, 16);
            NextOffset = U64(header, 24);
        }

        FileBytes = fileBytes;
    }

    internal uint Version { get; }

    internal uint EntryCount { get; }

    internal uint MaxEntries { get; }

    internal ulong MemorySize { get; }

    internal ulong NextOffset { get; }

    internal ZeroIpcShape Shape { get; }

    internal long FileBytes { get; }

    internal IReadOnlyList<ZeroIpcRow> Rows => _rows;

    /// <summary>Every broken rule of the header and the rows.</summary>
    internal IReadOnlyList<Finding> Findings => _findings;

    /// <summary>Rows the table has room for; 0 in the header means 64.</summary>
    internal uint EffectiveMaxEntries => MaxEntries == 0 ? DefaultEntries : MaxEntries;

    /// <summary>First byte after the table.</summary>
    internal ulong TableEnd => Shape == ZeroIpcShape.V1Narrow
        ? NarrowHeaderBytes + ((ulong)EntryCount * NarrowRowBytes)
        : HeaderBytes + ((ulong)EffectiveMaxEntries * RowBytes);

    /// <summary>Reads the table; false when the magic number is not there.</summary>
    internal static bool TryRead(SegmentImage image, out ZeroIpcTable? table)
    {
        byte[] header = image.ReadSettled(0, HeaderBytes, out _);
        table = header.Length >= NarrowHeaderBytes && U32(header, 0) == MagicNumber
            ? new ZeroIpcTable(header, image.SizeBytes)
            : null;
        if (table is null)
        {
            return false;
        }

        table.CheckHeader();
        table.ReadRows(image);
        table.CheckOverlaps();
        return true;
    }

    internal IReadOnlyList<FieldDescription> Fields()
    {
        FieldDescription At(string name, long offset, int size, ulong value, string meaning, string code, string? unit =
            null)
        {
            Finding? broken = _findings.Find(finding => finding.Code == code);
            return new FieldDescription(name, value)
            {
                Offset = offset,
                SizeBytes = size,
                Meaning = meaning,
                Unit = unit,
                Status = broken is null ? FieldStatus.Ok : FieldStatus.Violated,
                Problem = broken?.Message,
            };
        }

        if (Shape == ZeroIpcShape.V1Narrow)
        {
            return
            [
                At("magic", 0, 4, MagicNumber, "0x5A49504D", "magic"),
                At("version", 4, 4, Version, "the first published shape", "version"),
                At("entry_count", 8, 4, EntryCount, "rows in use", "entry-count"),
                At("next_offset", 12, 4, NextOffset, "first free byte", "next-offset", "bytes"),
            ];
        }

        return
        [
            At("magic", 0, 4, MagicNumber, "0x5A49504D", "magic"),
            At("version", 4, 4, Version, "format version", "version"),
            At("entry_count", 8, 4, EntryCount, "rows in use", "entry-count"),
            At("max_entries", 12, 4, MaxEntries, MaxEntries == 0 ? "0 means 64" : "rows the table has room for",
                "max-entries"),
            At("memory_size", 16, 8, MemorySize, "size of the segment", "memory-size", "bytes"),
            At("next_offset", 24, 8, NextOffset, "first free byte", "next-offset", "bytes"),
        ];
    }

    private static uint U32(byte[] bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(offset));

    private static ulong U64(byte[] bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(offset));

    private void CheckHeader()
    {
        if (Version is not (1 or 2))
        {
            Error("version", $"version {Version} is not supported, only 2 (and 1 for reading tables and arrays).");
        }

        if (Shape != ZeroIpcShape.V1Narrow)
        {
            if (FileBytes < HeaderBytes)
            {
                Error("memory-size", $"the file has {FileBytes} bytes, less than the 32 of a header.");
                return;
            }

            if (MemorySize > (ulong)FileBytes)
            {
                Error("memory-size", $"memory_size {MemorySize} is more than the file's {FileBytes} bytes.");
            }

            if (TableEnd > (ulong)FileBytes)
            {
                Error("max-entries",
                    $"a table of {EffectiveMaxEntries} rows ends at {TableEnd}, beyond the file's {FileBytes} bytes.");
            }

            if (EntryCount > EffectiveMaxEntries)
            {
                Error("entry-count",
                    $"entry_count {EntryCount} is more than the {EffectiveMaxEntries} rows there are.");
            }
        }

        if (NextOffset > MemorySize || NextOffset < Math.Min(TableEnd, MemorySize))
        {
            Error("next-offset",
                $"next_offset {NextOffset} is not between the table's end {TableEnd} and memory_size {MemorySize}.");
        }
    }

    private void ReadRows(SegmentImage image)
    {
        bool narrow = Shape == ZeroIpcShape.V1Narrow;
        int rowBytes = narrow ? NarrowRowBytes : RowBytes;
        int headerBytes = narrow ? NarrowHeaderBytes : HeaderBytes;
        uint limit = narrow ? MaxRows : Math.Min(EffectiveMaxEntries, MaxRows);
        int count =
            (int)Math.Min(Math.Min(EntryCount, limit), (ulong)Math.Max(0, (FileBytes - headerBytes) / rowBytes));
        byte[] bytes = image.ReadBytes(headerBytes, count * rowBytes);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < bytes.Length / rowBytes; i++)
        {
            ReadOnlySpan<byte> row = bytes.AsSpan(i * rowBytes, rowBytes);
            ulong offset = narrow
                ? BinaryPrimitives.ReadUInt32LittleEndian(row[NameBytes..])
                : BinaryPrimitives.ReadUInt64LittleEndian(row[NameBytes..]);
            ulong size = narrow
                ? BinaryPrimitives.ReadUInt32LittleEndian(row[(NameBytes + 4)..])
                : BinaryPrimitives.ReadUInt64LittleEndian(row[(NameBytes + 8)..]);
            string name = ReadName(i, row[..NameBytes]);
            if (!names.Add(name))
            {
                Error("duplicate-name", $"row {i}: the name '{name}' exists twice.");
            }

            AddRow(i, name, offset, size);
        }
    }

    private string ReadName(int index, ReadOnlySpan<byte> bytes)
    {
        int length = bytes.IndexOf((byte)0);
        if (length < 0)
        {
            Error("name", $"row {index}: the name has no terminating NUL within its 32 bytes.");
            length = bytes.Length;
        }

        if (length == 0)
        {
            Error("name", $"row {index}: the name is empty.");
        }

        try
        {
            return s_strictUtf8.GetString(bytes[..length]);
        }
        catch (DecoderFallbackException)
        {
            Error("name", $"row {index}: the name is not UTF-8.");
            return Encoding.Latin1.GetString(bytes[..length]);
        }
    }

    private void AddRow(int index, string name, ulong offset, ulong size)
    {
        ulong limit = Math.Min(MemorySize, (ulong)FileBytes);
        bool inside = offset <= limit && size <= limit - offset && offset >= TableEnd;
        if (offset < TableEnd)
        {
            Error("bounds", $"entry '{name}': offset {offset} lies inside the table, which ends at {TableEnd}.");
        }
        else if (!inside)
        {
            Error("bounds", $"entry '{name}': {size} bytes at {offset} reach beyond the segment's {limit} bytes.");
        }
        else if (offset + size > NextOffset)
        {
            Error("bounds", $"entry '{name}': its end {offset + size} lies beyond next_offset {NextOffset}.");
        }

        if (offset % 8 != 0)
        {
            Error("alignment", $"entry '{name}': offset {offset} is no multiple of 8.");
        }

        long start = (long)Math.Min(offset, long.MaxValue);
        _rows.Add(new ZeroIpcRow(index, name, start, (long)Math.Min(size, long.MaxValue)) { IsInside = inside });
    }

    private void CheckOverlaps()
    {
        ZeroIpcRow? previous = null;
        foreach (
            ZeroIpcRow row in _rows.Where(row => row is { IsInside: true, SizeBytes: > 0 }).OrderBy(row => row.Offset))
        {
            if (previous is not null && previous.Offset + previous.SizeBytes > row.Offset)
            {
                Error("overlap", $"entries '{previous.Name}' and '{row.Name}' overlap at offset {row.Offset}.");
            }

            previous = row;
        }
    }

    private void Error(string code, FormattableString message) =>
        _findings.Add(new Finding(FindingSeverity.Error, code, message.ToString(CultureInfo.InvariantCulture)));
}
