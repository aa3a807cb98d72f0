using System.Runtime.InteropServices;

namespace Plenum.ZeroBuffer.Layout;

/// <summary>The first 64 bytes of a payload segment (version 2, payload_location 1).</summary>
/// <remarks>
/// <code>
/// offset size field
/// 0x00    8   magic          the bytes "ZBPAYLD2"
/// 0x08    8   payload_size   bytes that follow the header
/// 0x10    8   creator_pid    process that created it
/// 0x18   40   reserved       0
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct PayloadSegmentHeader
{
    internal const int SizeBytes = 0x40;
    internal const int PayloadSizeOffset = 0x08;
    internal const int CreatorPidOffset = 0x10;

    /// <summary>"ZBPAYLD2" as a little-endian word.</summary>
    internal const ulong Magic = 0x3244_4C59_4150_425A;

    [FieldOffset(0x00)] internal ulong MagicWord;
    [FieldOffset(0x08)] internal ulong PayloadSize;
    [FieldOffset(0x10)] internal ulong CreatorPid;
    [FieldOffset(0x18)] internal ulong Reserved0;
    [FieldOffset(0x20)] internal ulong Reserved1;
    [FieldOffset(0x28)] internal ulong Reserved2;
    [FieldOffset(0x30)] internal ulong Reserved3;
    [FieldOffset(0x38)] internal ulong Reserved4;
}
