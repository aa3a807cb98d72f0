using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>The first bytes of a stack (spec zeroipc 2.3).</summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0x00     4    top          index of the topmost element, -1 when empty
/// 0x04     4    capacity
/// 0x08     4    elem_size    bytes
/// 0x0C     4    reserved     0
/// 0x10          data         capacity * elem_size, padded to 8
///               states       u32 for each slot: 0 empty, 1 writing, 2 ready, 3 reading
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct StackHeader
{
    internal const int SizeBytes = 0x10;
    internal const int TopOffset = 0x00;
    internal const int CapacityOffset = 0x04;
    internal const int ElementSizeOffset = 0x08;
    internal const int DataOffset = 0x10;
    internal const uint Empty = 0;
    internal const uint Writing = 1;
    internal const uint Ready = 2;
    internal const uint Reading = 3;

    [FieldOffset(0x00)] internal int Top;
    [FieldOffset(0x04)] internal uint Capacity;
    [FieldOffset(0x08)] internal uint ElementSize;
    [FieldOffset(0x0C)] internal uint Reserved0C;
}
