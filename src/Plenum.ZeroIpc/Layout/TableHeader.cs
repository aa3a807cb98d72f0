using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>The first bytes of a segment (spec zeroipc 1.1).</summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0x00     4    magic          0x5A49504D, bytes "MPIZ"
/// 0x04     4    version        2
/// 0x08     4    entry_count
/// 0x0C     4    max_entries    0 means 64 (older peers)
/// 0x10     8    memory_size    bytes of the segment
/// 0x18     8    next_offset    first free byte, not rounded
/// 0x20          entries        48 bytes each
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct TableHeader
{
    internal const int SizeBytes = 0x20;
    internal const uint MagicValue = 0x5A49504D;
    internal const uint CurrentVersion = 2;
    internal const uint FirstVersion = 1;
    internal const uint DefaultMaxEntries = 64;
    internal const int EntryCountOffset = 0x08;
    internal const int MaxEntriesOffset = 0x0C;
    internal const int MemorySizeOffset = 0x10;
    internal const int NextOffsetOffset = 0x18;

    [FieldOffset(0x00)] internal uint Magic;
    [FieldOffset(0x04)] internal uint Version;
    [FieldOffset(0x08)] internal uint EntryCount;
    [FieldOffset(0x0C)] internal uint MaxEntries;
    [FieldOffset(0x10)] internal ulong MemorySize;
    [FieldOffset(0x18)] internal ulong NextOffset;

    /// <summary>Bytes of header and table: the offset of the first structure.</summary>
    internal static long TableSizeBytes(uint maxEntries) => SizeBytes + ((long)maxEntries * TableEntry.SizeBytes);
}
