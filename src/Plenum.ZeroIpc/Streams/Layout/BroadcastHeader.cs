using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>The first bytes of a broadcast: a kind of this library's own, which no peer knows
/// (docs/protocols/zeroipc-streams.md).</summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0x00     8    magic              "PLNBCAST"
/// 0x08     4    version            2
/// 0x0C     4    elem_size          bytes
/// 0x10     4    capacity           slots, a power of two
/// 0x14     4    max_subscribers
/// 0x18     4    control_offset     from the entry's start; absolute multiple of 128
/// 0x1C     4    subscribers_offset from the entry's start; 128 bytes each
/// 0x20     4    slots_offset       from the entry's start; absolute multiple of 128
/// 0x24     4    slot_stride        bytes: elem_size
/// 0x28     4    closed             0 or 1
/// 0x2C    20    reserved
/// 0x40    32    transform_name     of a derived broadcast, NUL padded
/// 0x60    32    reserved
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct BroadcastHeader
{
    internal const int SizeBytes = 0x80;
    internal const ulong MagicValue = 0x5453_4143_424E_4C50;
    internal const uint CurrentVersion = 2;
    internal const int VersionOffset = 0x08;
    internal const int ElementSizeOffset = 0x0C;
    internal const int CapacityOffset = 0x10;
    internal const int MaxSubscribersOffset = 0x14;
    internal const int ControlOffsetOffset = 0x18;
    internal const int SubscribersOffsetOffset = 0x1C;
    internal const int SlotsOffsetOffset = 0x20;
    internal const int StrideOffset = 0x24;
    internal const int ClosedOffset = 0x28;
    internal const int TransformOffset = 0x40;
    internal const int TransformSizeBytes = 32;
    internal const int LineBytes = 128;

    [FieldOffset(0x00)] internal ulong Magic;
    [FieldOffset(0x08)] internal uint Version;
    [FieldOffset(0x0C)] internal uint ElementSize;
    [FieldOffset(0x10)] internal uint Capacity;
    [FieldOffset(0x14)] internal uint MaxSubscribers;
    [FieldOffset(0x18)] internal uint ControlOffset;
    [FieldOffset(0x1C)] internal uint SubscribersOffset;
    [FieldOffset(0x20)] internal uint SlotsOffset;
    [FieldOffset(0x24)] internal uint SlotStride;
    [FieldOffset(0x28)] internal uint Closed;
    [FieldOffset(0x2C)] internal ReservedBytes Reserved2C;
    [FieldOffset(0x40)] internal NameBytes TransformName;
    [FieldOffset(0x60)] internal NameBytes Reserved60;

    /// <summary>Size of the entry wherever it lies: header, padding to a line, two control lines, subscribers,
    /// slots.</summary>
    internal static long TotalBytes(long capacity, int maxSubscribers, int elementSize) => checked(
        SizeBytes + LineBytes + (2 * LineBytes) + ((long)maxSubscribers * LineBytes) + (capacity * elementSize));

    [InlineArray(20)]
    internal struct ReservedBytes
    {
        private byte _first;
    }

    [InlineArray(TransformSizeBytes)]
    internal struct NameBytes
    {
        private byte _first;
    }
}
