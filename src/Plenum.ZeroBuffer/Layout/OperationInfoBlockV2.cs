using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Plenum.ZeroBuffer.Layout;

/// <summary>The header of version 2: names offsets; the first 96 bytes are those of version 1 with other initial
/// values.</summary>
/// <remarks>
/// <code>
/// offset size field
/// 0x000   4   oieb_size              1024
/// 0x004   4   version                2.0.0, reserved 0
/// 0x008  88   as in version 1        (metadata_size ... reader_pid)
/// 0x060   8   payload_location       0 this segment, 1 the segment named below
/// 0x068   8   payload_shm_name_size  bytes of the name, 0 for location 0
/// 0x070 256   payload_shm_name       UTF-8 without a leading slash, zero behind it
/// 0x170   8   role                   0 plain buffer, 1 requests and 2 answers of an in-place channel
/// 0x178   8   queue_size             entries of the request queue; 0 in a plain buffer
/// 0x180   8   announcement           0, or what a duplex end announces in a plain buffer (0x78 of version 1)
/// 0x188 632   reserved               0
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct OperationInfoBlockV2
{
    internal const int SizeBytes = 0x400;
    internal const int PayloadLocationOffset = 0x60;
    internal const int PayloadNameSizeOffset = 0x68;
    internal const int PayloadNameOffset = 0x70;
    internal const int PayloadNameMaxBytes = 0x100;
    internal const int RoleOffset = 0x170;
    internal const int QueueSizeOffset = 0x178;
    internal const int AnnouncementOffset = 0x180;

    internal const ulong RolePlain = 0;
    internal const ulong RoleRequests = 1;
    internal const ulong RoleAnswers = 2;

    [FieldOffset(0x000)] internal VersionOnePart Common;
    [FieldOffset(0x060)] internal ulong PayloadLocation;
    [FieldOffset(0x068)] internal ulong PayloadShmNameSize;
    [FieldOffset(0x070)] internal NameBytes PayloadShmName;
    [FieldOffset(0x170)] internal ulong Role;
    [FieldOffset(0x178)] internal ulong QueueSize;
    [FieldOffset(0x180)] internal ulong Announcement;
    [FieldOffset(0x188)] internal ReservedBytes Reserved;

    /// <summary>The version 2 protocol version.</summary>
    internal static ProtocolVersion Version { get; } = new(2, 0, 0);

    /// <summary>The 96 bytes that have the same fields in both versions.</summary>
    [InlineArray(0x60)]
    internal struct VersionOnePart
    {
        private byte _first;
    }

    /// <summary>The payload segment's name.</summary>
    [InlineArray(PayloadNameMaxBytes)]
    internal struct NameBytes
    {
        private byte _first;
    }

    /// <summary>Zero.</summary>
    [InlineArray(0x278)]
    internal struct ReservedBytes
    {
        private byte _first;
    }
}
