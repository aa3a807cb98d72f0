using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>The entry <c>NAME_header</c> of a stream in the C++ layout (spec zeroipc 2.10); <c>NAME_buffer</c> is a
/// ring.</summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0x00     8    sequence          values ever emitted
/// 0x08     4    subscribers       raised while a process subscribes
/// 0x0C     1    closed            0 or 1
/// 0x0D     3    padding
/// 0x10     4    buffer_capacity   elements
/// 0x14    32    transform_name    of a derived stream, NUL padded
/// 0x34     4    padding
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct StreamHeader
{
    internal const int SizeBytes = 0x38;
    internal const int SubscribersOffset = 0x08;
    internal const int ClosedOffset = 0x0C;
    internal const int CapacityOffset = 0x10;
    internal const int TransformOffset = 0x14;
    internal const int TransformSizeBytes = 32;
    internal const string HeaderSuffix = "_header";
    internal const string BufferSuffix = "_buffer";

    [FieldOffset(0x00)] internal ulong Sequence;
    [FieldOffset(0x08)] internal uint Subscribers;
    [FieldOffset(0x0C)] internal byte Closed;
    [FieldOffset(0x0D)] internal PaddingBytes Padding0D;
    [FieldOffset(0x10)] internal uint BufferCapacity;
    [FieldOffset(0x14)] internal NameBytes TransformName;
    [FieldOffset(0x34)] internal uint Padding34;

    [InlineArray(3)]
    internal struct PaddingBytes
    {
        private byte _first;
    }

    [InlineArray(TransformSizeBytes)]
    internal struct NameBytes
    {
        private byte _first;
    }
}
