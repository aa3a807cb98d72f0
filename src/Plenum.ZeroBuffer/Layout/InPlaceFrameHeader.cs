using System.Runtime.InteropServices;

namespace Plenum.ZeroBuffer.Layout;

/// <summary>The 64 bytes before the data of a frame of an in-place channel.</summary>
/// <remarks>
/// <code>
/// offset size field         written by
/// 0x00    8   capacity      client: bytes of data there is room for
/// 0x08    8   sequence      client: number of the request, from 1
/// 0x10    8   size          client: bytes of the request; server: bytes of the answer
/// 0x18    4   state         both, interlocked: 1 request, 2 taken, 3 answered, 4 failed, 5 withdrawn;
///                           bit 31: the client sleeps
/// 0x1C   36   reserved      0
/// </code>
/// Headers begin at multiples of 64 of the payload, so state is aligned and data begins on a cache line.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct InPlaceFrameHeader
{
    internal const int SizeBytes = 0x40;
    internal const int SequenceOffset = 0x08;
    internal const int SizeOffset = 0x10;
    internal const int StateOffset = 0x18;

    internal const uint StateRequest = 1;
    internal const uint StateTaken = 2;
    internal const uint StateAnswered = 3;
    internal const uint StateFailed = 4;
    internal const uint StateWithdrawn = 5;
    internal const uint SleeperFlag = 0x8000_0000;

    [FieldOffset(0x00)] internal ulong Capacity;
    [FieldOffset(0x08)] internal ulong Sequence;
    [FieldOffset(0x10)] internal ulong Size;
    [FieldOffset(0x18)] internal uint State;
    [FieldOffset(0x1C)] internal uint Reserved0;
    [FieldOffset(0x20)] internal ulong Reserved1;
    [FieldOffset(0x28)] internal ulong Reserved2;
    [FieldOffset(0x30)] internal ulong Reserved3;
    [FieldOffset(0x38)] internal ulong Reserved4;
}
