using System.Runtime.InteropServices;

namespace Plenum.ZeroBuffer.Layout;

/// <summary>The header of a version 1 buffer (OIEB), in private memory: names the offsets and decodes copies.</summary>
/// <remarks>
/// <code>
/// offset size field                    initial            written by
/// 0x00    4   oieb_size                128                reader at creation
/// 0x04    4   version                  1.0.0, reserved 0  reader at creation
/// 0x08    8   metadata_size            multiple of 64     reader at creation
/// 0x10    8   metadata_free_bytes      metadata_size      writer
/// 0x18    8   metadata_written_bytes   0                  writer (8 + n; 0 = none)
/// 0x20    8   payload_size             multiple of 64     reader at creation
/// 0x28    8   payload_free_bytes       payload_size       both, interlocked
/// 0x30    8   payload_write_pos        0                  writer
/// 0x38    8   payload_read_pos         0                  reader
/// 0x40    8   payload_written_count    0                  writer (frames and wrap markers)
/// 0x48    8   payload_read_count       0                  reader (frames and wrap markers)
/// 0x50    8   writer_pid               0                  writer (0 = none, or closed)
/// 0x58    8   reader_pid               pid                reader (0 = closed)
/// 0x60   24   reserved                 0                  nobody
/// 0x78    8   reserved                 0                  nobody; reader at creation of a duplex buffer of this
/// library
/// </code>
/// The live header is reached through cells; a whole struct is never stored over it after publication.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct OperationInfoBlock
{
    internal const int SizeBytes = 0x80;

    /// <summary>Size of the version 2 header, which this version recognises in order to refuse it clearly.</summary>
    internal const int Version2SizeBytes = 1024;

    internal const int VersionOffset = 0x04;
    internal const int MetadataSizeOffset = 0x08;
    internal const int MetadataFreeBytesOffset = 0x10;
    internal const int MetadataWrittenBytesOffset = 0x18;
    internal const int PayloadSizeOffset = 0x20;
    internal const int PayloadFreeBytesOffset = 0x28;
    internal const int PayloadWritePositionOffset = 0x30;
    internal const int PayloadReadPositionOffset = 0x38;
    internal const int PayloadWrittenCountOffset = 0x40;
    internal const int PayloadReadCountOffset = 0x48;
    internal const int WriterPidOffset = 0x50;
    internal const int ReaderPidOffset = 0x58;

    /// <summary>The last reserved word: 0, or what a duplex end of this library announces to another one.</summary>
    internal const int AnnouncementOffset = 0x78;

    [FieldOffset(0x00)] internal uint OiebSize;
    [FieldOffset(0x04)] internal ProtocolVersion Version;
    [FieldOffset(0x08)] internal ulong MetadataSize;
    [FieldOffset(0x10)] internal ulong MetadataFreeBytes;
    [FieldOffset(0x18)] internal ulong MetadataWrittenBytes;
    [FieldOffset(0x20)] internal ulong PayloadSize;
    [FieldOffset(0x28)] internal ulong PayloadFreeBytes;
    [FieldOffset(0x30)] internal ulong PayloadWritePos;
    [FieldOffset(0x38)] internal ulong PayloadReadPos;
    [FieldOffset(0x40)] internal ulong PayloadWrittenCount;
    [FieldOffset(0x48)] internal ulong PayloadReadCount;
    [FieldOffset(0x50)] internal ulong WriterPid;
    [FieldOffset(0x58)] internal ulong ReaderPid;
    [FieldOffset(0x60)] internal ulong Reserved0;
    [FieldOffset(0x68)] internal ulong Reserved1;
    [FieldOffset(0x70)] internal ulong Reserved2;
    [FieldOffset(0x78)] internal ulong Reserved3;

    /// <summary>Decodes a header from a copy of its bytes.</summary>
    /// <param name="bytes">At least <see cref="SizeBytes"/> bytes.</param>
    internal static OperationInfoBlock Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new LittleEndianFields(bytes);
        return new OperationInfoBlock
        {
            OiebSize = reader.UInt32(0x00),
            Version = ProtocolVersion.Decode(bytes.Slice(VersionOffset, ProtocolVersion.SizeBytes)),
            MetadataSize = reader.UInt64(MetadataSizeOffset),
            MetadataFreeBytes = reader.UInt64(MetadataFreeBytesOffset),
            MetadataWrittenBytes = reader.UInt64(MetadataWrittenBytesOffset),
            PayloadSize = reader.UInt64(PayloadSizeOffset),
            PayloadFreeBytes = reader.UInt64(PayloadFreeBytesOffset),
            PayloadWritePos = reader.UInt64(PayloadWritePositionOffset),
            PayloadReadPos = reader.UInt64(PayloadReadPositionOffset),
            PayloadWrittenCount = reader.UInt64(PayloadWrittenCountOffset),
            PayloadReadCount = reader.UInt64(PayloadReadCountOffset),
            WriterPid = reader.UInt64(WriterPidOffset),
            ReaderPid = reader.UInt64(ReaderPidOffset),
            Reserved0 = reader.UInt64(0x60),
            Reserved1 = reader.UInt64(0x68),
            Reserved2 = reader.UInt64(0x70),
            Reserved3 = reader.UInt64(0x78),
        };
    }

    private readonly ref struct LittleEndianFields(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;

        internal uint UInt32(int offset) =>
            System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(_bytes[offset..]);

        internal ulong UInt64(int offset) =>
            System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(_bytes[offset..]);
    }
}
