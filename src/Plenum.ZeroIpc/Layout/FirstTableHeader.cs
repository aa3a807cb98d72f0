using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>The header of the format as first published, version 1 (spec zeroipc 1.1a). Only read, never
/// written.</summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0x00     4    magic          0x5A49504D
/// 0x04     4    version        1
/// 0x08     4    entry_count
/// 0x0C     4    next_offset
/// 0x10          entries        40 bytes each
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct FirstTableHeader
{
    internal const int SizeBytes = 0x10;
    internal const int NextOffsetOffset = 0x0C;

    [FieldOffset(0x00)] internal uint Magic;
    [FieldOffset(0x04)] internal uint Version;
    [FieldOffset(0x08)] internal uint EntryCount;
    [FieldOffset(0x0C)] internal uint NextOffset;
}
