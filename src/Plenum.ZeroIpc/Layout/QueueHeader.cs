using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>The first bytes of a queue (spec zeroipc 2.2).</summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0x00     4    head         consumer counter, runs freely
/// 0x04     4    tail         producer counter, runs freely
/// 0x08     4    capacity     a power of two
/// 0x0C     4    elem_size    bytes
/// 0x10          data         capacity * elem_size, padded to 8
///               seq          u32 for each slot
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct QueueHeader
{
    internal const int SizeBytes = 0x10;
    internal const int HeadOffset = 0x00;
    internal const int TailOffset = 0x04;
    internal const int CapacityOffset = 0x08;
    internal const int ElementSizeOffset = 0x0C;
    internal const int DataOffset = 0x10;

    [FieldOffset(0x00)] internal uint Head;
    [FieldOffset(0x04)] internal uint Tail;
    [FieldOffset(0x08)] internal uint Capacity;
    [FieldOffset(0x0C)] internal uint ElementSize;

    /// <summary>Offset of the per-slot words from the start of the structure; the stack's states lie in the same
    /// place.</summary>
    internal static long SlotWordsOffset(long capacity, int elementSize) =>
        DataOffset + StructureSize.Up(checked(capacity * elementSize), 8);

    internal static long TotalBytes(long capacity, int elementSize) =>
        checked(SlotWordsOffset(capacity, elementSize) + (4 * capacity));
}
