using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>The first bytes of a map or a set (spec zeroipc 2.4, 2.5).</summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0x00     4    size          occupied slots
/// 0x04     4    capacity      slots, not rounded
/// 0x08     4    key_size      bytes (a set's elem_size)
/// 0x0C     4    value_size    bytes (0 in a C++ set, 1 in a Python set)
/// 0x10          slots         u32 state, then key, then value; see <see cref="SlotLayout"/>
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct MapHeader
{
    internal const int SizeBytes = 0x10;
    internal const int SizeOffset = 0x00;
    internal const int CapacityOffset = 0x04;
    internal const int KeySizeOffset = 0x08;
    internal const int ValueSizeOffset = 0x0C;
    internal const int SlotsOffset = 0x10;
    internal const uint Empty = 0;
    internal const uint Occupied = 1;
    internal const uint Deleted = 2;
    internal const uint Inserting = 3;

    [FieldOffset(0x00)] internal uint Count;
    [FieldOffset(0x04)] internal uint Capacity;
    [FieldOffset(0x08)] internal uint KeySize;
    [FieldOffset(0x0C)] internal uint ValueSize;
}
