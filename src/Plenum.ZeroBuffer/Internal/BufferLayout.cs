using Plenum.Platform;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>Where the parts of one buffer lie: the header's version, the metadata block and the payload
/// block.</summary>
/// <remarks>The rings take a segment and an offset each from here, so that a header of another size, or a payload in a
/// segment of its own, needs a new layout and not a new ring.</remarks>
internal readonly record struct BufferLayout(
    ProtocolVersion Version, long MetadataOffset, long MetadataSizeBytes, long PayloadOffset, long PayloadSizeBytes)
{
    /// <summary>Where the payload lies; <see cref="PayloadOffset"/> counts in that segment.</summary>
    internal PayloadLocation Location { get; init; }

    /// <summary>Blocks are rounded up to this many bytes (spec zerobuffer 1.2).</summary>
    internal const long BlockAlignment = 64;

    internal const string OpenOperation = "open buffer";

    /// <summary>Size of the buffer's own segment.</summary>
    internal long TotalSizeBytes => Location == PayloadLocation.OwnSegment
        ? MetadataOffset + MetadataSizeBytes
        : PayloadOffset + PayloadSizeBytes;

    internal static long Align(long sizeBytes) => checked((sizeBytes + BlockAlignment - 1) & ~(BlockAlignment - 1));

    internal static BufferLayout ForNew(ZeroBufferOptions options)
    {
        long metadata = Align(options.MetadataSizeBytes);
        long payload = Align(options.PayloadSizeBytes);
        if (options.PayloadLocation == PayloadLocation.OwnSegment)
        {
            return BufferLayoutV2.ForNew(metadata, payload);
        }

        return new BufferLayout(
            ProtocolVersion.Current,
            OperationInfoBlock.SizeBytes,
            metadata,
            checked(OperationInfoBlock.SizeBytes + metadata),
            payload);
    }

    /// <summary>Checks a copy of a header against the size of its file.</summary>
    /// <exception cref="SegmentFormatException">Not a buffer of a version that this library speaks.</exception>
    /// <exception cref="SegmentCorruptedException">A field holds a value that no correct peer writes.</exception>
    internal static BufferLayout Validate(in OperationInfoBlock block, long fileSizeBytes, string name)
    {
        RequireFormat(block, name);
        ulong room = (ulong)fileSizeBytes - OperationInfoBlock.SizeBytes;
        Require(
            block.MetadataSize <= room && block.MetadataSize % BlockAlignment == 0,
            name,
            "metadata_size",
            block.MetadataSize);
        Require(
            block.PayloadSize <= room - block.MetadataSize && block.PayloadSize % BlockAlignment == 0,
            name,
            "payload_size",
            block.PayloadSize);
        RequirePositions(block, name);
        return new BufferLayout(
            block.Version,
            OperationInfoBlock.SizeBytes,
            (long)block.MetadataSize,
            OperationInfoBlock.SizeBytes + (long)block.MetadataSize,
            (long)block.PayloadSize);
    }

    /// <summary>Checks the fields that change, against the sizes.</summary>
    internal static void RequirePositions(in OperationInfoBlock block, string name)
    {
        Require(
            block.MetadataWrittenBytes == 0
            || (block.MetadataWrittenBytes >= 8 && block.MetadataWrittenBytes <= block.MetadataSize),
            name,
            "metadata_written_bytes",
            block.MetadataWrittenBytes);
        Require(block.PayloadFreeBytes <= block.PayloadSize, name, "payload_free_bytes", block.PayloadFreeBytes);
        Require(block.PayloadWritePos <= block.PayloadSize, name, "payload_write_pos", block.PayloadWritePos);
        Require(block.PayloadReadPos <= block.PayloadSize, name, "payload_read_pos", block.PayloadReadPos);
    }

    private static void RequireFormat(in OperationInfoBlock block, string name)
    {
        if (block.OiebSize == OperationInfoBlock.Version2SizeBytes)
        {
            throw new SegmentFormatException(
                $"Could not open buffer '{name}': its header has 1024 bytes, which is protocol version 2; version 1 was "
                + "expected. Let both ends use the same version.",
                OpenOperation, name, "oieb_size 128", "oieb_size 1024", 0);
        }

        if (block.OiebSize != OperationInfoBlock.SizeBytes)
        {
            throw new SegmentFormatException(
                $"Could not open buffer '{name}': oieb_size is {block.OiebSize}, version 1 has 128. The segment is "
                + "not a "
                + "ZeroBuffer, or its creator has not finished it.",
                OpenOperation, name, "oieb_size 128", $"oieb_size {block.OiebSize}", 0);
        }

        if (block.Version.Major != ProtocolVersion.Current.Major || block.Version.Reserved != 0)
        {
            throw new SegmentFormatException(
                $"Could not open buffer '{name}': its protocol version is {block.Version} (reserved byte "
                + $"{block.Version.Reserved}), this end speaks {ProtocolVersion.Current}. Let both ends use the same "
                + "major version.",
                OpenOperation, name, "version 1.x, reserved 0", $"{block.Version}, reserved {block.Version.Reserved}",
                OperationInfoBlock.VersionOffset);
        }
    }

    internal static void Require(bool condition, string name, string field, ulong value)
    {
        if (!condition)
        {
            throw new SegmentCorruptedException(
                $"Could not open buffer '{name}': {field} is {value}, which contradicts the size of the segment. "
                + "Remove the "
                + "buffer and let its reader create it again.",
                OpenOperation, name, field, value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
