using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>The first bytes of a ring (spec zeroipc 2.7).</summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0x00     8    write_pos    bytes ever written; stored by the producer
/// 0x08     8    read_pos     bytes ever read; stored by the consumer
/// 0x10     4    capacity     bytes, a multiple of elem_size
/// 0x14     4    elem_size    bytes
/// 0x18          data
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct RingHeader
{
    internal const int SizeBytes = 0x18;
    internal const int WritePositionOffset = 0x00;
    internal const int ReadPositionOffset = 0x08;
    internal const int CapacityOffset = 0x10;
    internal const int ElementSizeOffset = 0x14;
    internal const int DataOffset = 0x18;

    [FieldOffset(0x00)] internal ulong WritePosition;
    [FieldOffset(0x08)] internal ulong ReadPosition;
    [FieldOffset(0x10)] internal uint Capacity;
    [FieldOffset(0x14)] internal uint ElementSize;
}
