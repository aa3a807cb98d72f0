using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>One row of the name table as first published, version 1 (spec zeroipc 1.1a). Only read, never
/// written.</summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0x00    32    name     UTF-8, NUL padded
/// 0x20     4    offset   bytes from segment start
/// 0x24     4    size     bytes
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct FirstTableEntry
{
    internal const int SizeBytes = 0x28;

    [FieldOffset(0x00)] internal TableEntry.NameBytes Name;
    [FieldOffset(0x20)] internal uint Offset;
    [FieldOffset(0x24)] internal uint Size;
}
