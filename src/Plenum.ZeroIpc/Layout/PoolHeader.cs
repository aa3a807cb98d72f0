using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>The first bytes of a pool (spec zeroipc 2.6).</summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0x00     8    free_head    high half: generation; low half: index of the first free node, 0xFFFFFFFF = none
/// 0x08     4    allocated    nodes in use
/// 0x0C     4    reserved     0
/// 0x10     4    capacity     nodes
/// 0x14     4    elem_size    bytes
/// 0x18          nodes        value at 0, u32 next behind it (aligned to 4)
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct PoolHeader
{
    internal const int SizeBytes = 0x18;
    internal const int FreeHeadOffset = 0x00;
    internal const int AllocatedOffset = 0x08;
    internal const int CapacityOffset = 0x10;
    internal const int ElementSizeOffset = 0x14;
    internal const int NodesOffset = 0x18;
    internal const uint NoNode = 0xFFFF_FFFF;

    [FieldOffset(0x00)] internal ulong FreeHead;
    [FieldOffset(0x08)] internal uint Allocated;
    [FieldOffset(0x0C)] internal uint Reserved0C;
    [FieldOffset(0x10)] internal uint Capacity;
    [FieldOffset(0x14)] internal uint ElementSize;

    /// <summary>Offset of <c>next</c> in a node.</summary>
    internal static int NextOffset(int elementSize) => (int)StructureSize.Up(elementSize, 4);

    /// <summary>Distance of two nodes in bytes.</summary>
    internal static int Stride(int elementSize, int alignment) =>
        (int)StructureSize.Up(NextOffset(elementSize) + 4, Math.Max(4, alignment));

    internal static long TotalBytes(long capacity, int stride) => checked(SizeBytes + (capacity * stride));
}
