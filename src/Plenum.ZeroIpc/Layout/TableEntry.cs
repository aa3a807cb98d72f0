using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>One row of the name table (spec zeroipc 1.1).</summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0x00    32    name     UTF-8, NUL padded, at most 31 bytes
/// 0x20     8    offset   bytes from segment start
/// 0x28     8    size     bytes, exactly as requested
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct TableEntry
{
    internal const int SizeBytes = 0x30;
    internal const int NameSizeBytes = 32;

    [FieldOffset(0x00)] internal NameBytes Name;
    [FieldOffset(0x20)] internal ulong Offset;
    [FieldOffset(0x28)] internal ulong Size;

    [InlineArray(NameSizeBytes)]
    internal struct NameBytes
    {
        private byte _first;
    }
}
