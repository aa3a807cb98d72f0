using Plenum.Platform;
using Plenum.ZeroBuffer.InPlace;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>Plain buffers of version 2 (docs/protocols/zerobuffer-v2.md): a header of 1024 bytes, the payload behind the
/// metadata or in a segment of its own. Rings and fields are those of version 1.</summary>
internal static class BufferLayoutV2
{
    /// <summary>The layout of a new buffer whose payload has a segment of its own.</summary>
    internal static BufferLayout ForNew(long metadataBytes, long payloadBytes) => new(
        OperationInfoBlockV2.Version,
        OperationInfoBlockV2.SizeBytes,
        metadataBytes,
        PayloadSegmentHeader.SizeBytes,
        payloadBytes)
    {
        Location = PayloadLocation.OwnSegment,
    };

    /// <summary>Where a duplex end announces itself to another one.</summary>
    internal static int AnnouncementOffset(in BufferLayout layout) =>
        layout.Version.Major == OperationInfoBlockV2.Version.Major
            ? OperationInfoBlockV2.AnnouncementOffset
            : OperationInfoBlock.AnnouncementOffset;

    /// <summary>Checks a copy of a header of either version against its segment; fields of version 2 are read
    /// once.</summary>
    /// <exception cref="SegmentFormatException">Not a plain buffer of a version that this library speaks.</exception>
    /// <exception cref="SegmentCorruptedException">A field holds a value that no correct peer writes.</exception>
    internal static BufferLayout Validate(in OperationInfoBlock block, SharedSegment segment, string name)
    {
        bool second = block.OiebSize == OperationInfoBlockV2.SizeBytes
            && block.Version.Major == OperationInfoBlockV2.Version.Major && block.Version.Reserved == 0;
        return second
            ? ValidateSecond(block, segment, name)
            : BufferLayout.Validate(block, segment.SizeBytes, name);
    }

    /// <summary>Opens the segment that holds the payload: the buffer's own one, or the one the header names.</summary>
    /// <returns>Null when that does not exist (any more).</returns>
    /// <exception cref="SegmentFormatException">It is no payload of that size.</exception>
    /// <exception cref="SegmentCorruptedException">The header's name is none.</exception>
    internal static SharedSegment? OpenPayload(
        SharedSegment segment, in BufferLayout layout, string name, SegmentOptions options)
    {
        if (layout.Location == PayloadLocation.SameSegment)
        {
            return segment;
        }

        ulong size = segment.UInt64(OperationInfoBlockV2.PayloadNameSizeOffset).ReadAcquire();
        BufferLayout.Require(
            size is > 0 and <= OperationInfoBlockV2.PayloadNameMaxBytes, name, "payload_shm_name size", size);
        ReadOnlySpan<byte> bytes = segment.ReadOnlySpan(OperationInfoBlockV2.PayloadNameOffset, (int)size);
        return PayloadSegment.TryOpen(bytes, layout.PayloadSizeBytes, options, out SharedSegment? payload)
            ? payload
            : null;
    }

    /// <summary>Writes the fields that version 1 does not have; the segment has no name yet.</summary>
    internal static void Initialize(SharedSegment segment, BufferNames names)
    {
        // PLAIN nobody else can reach the memory yet.
        segment.UInt64(OperationInfoBlockV2.PayloadLocationOffset).WriteOwned((ulong)PayloadLocation.OwnSegment);
        int size = System.Text.Encoding.UTF8.GetBytes(
            PayloadSegment.NameFor(names).Value,
            segment.Span(OperationInfoBlockV2.PayloadNameOffset, OperationInfoBlockV2.PayloadNameMaxBytes));
        segment.UInt64(OperationInfoBlockV2.PayloadNameSizeOffset).WriteOwned((ulong)size);
        segment.UInt64(OperationInfoBlockV2.RoleOffset).WriteOwned(OperationInfoBlockV2.RolePlain);
    }

    private static BufferLayout ValidateSecond(in OperationInfoBlock block, SharedSegment segment, string name)
    {
        const int header = OperationInfoBlockV2.SizeBytes;
        BufferLayout.Require(segment.SizeBytes >= header, name, "oieb_size", block.OiebSize);
        ulong role = segment.UInt64(OperationInfoBlockV2.RoleOffset).ReadAcquire();
        if (role != OperationInfoBlockV2.RolePlain)
        {
            throw new SegmentFormatException(
                $"Could not open buffer '{name}': it is an in-place channel (version 2, role {role}), not a plain "
                + "buffer. Connect to it with an in-place client.",
                BufferLayout.OpenOperation,
                name,
                "role 0",
                $"role {role}",
                OperationInfoBlockV2.RoleOffset);
        }

        ulong location = segment.UInt64(OperationInfoBlockV2.PayloadLocationOffset).ReadAcquire();
        BufferLayout.Require(location <= (ulong)PayloadLocation.OwnSegment, name, "payload_location", location);
        bool own = location == (ulong)PayloadLocation.OwnSegment;
        ulong room = (ulong)(segment.SizeBytes - header);
        BufferLayout.Require(
            block.MetadataSize <= room && block.MetadataSize % BufferLayout.BlockAlignment == 0,
            name,
            "metadata_size",
            block.MetadataSize);

        // The size of a payload in a segment of its own is compared with that segment when it is opened.
        ulong payloadRoom = own ? 1UL << 46 : room - block.MetadataSize;
        BufferLayout.Require(
            block.PayloadSize <= payloadRoom && block.PayloadSize % BufferLayout.BlockAlignment == 0,
            name,
            "payload_size",
            block.PayloadSize);
        BufferLayout.RequirePositions(block, name);
        long metadata = (long)block.MetadataSize;
        return new BufferLayout(
            block.Version,
            header,
            metadata,
            own ? PayloadSegmentHeader.SizeBytes : header + metadata,
            (long)block.PayloadSize)
        {
            Location = (PayloadLocation)location,
        };
    }
}
