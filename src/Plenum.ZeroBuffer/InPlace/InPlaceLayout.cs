using Plenum.Platform;
using Plenum.ZeroBuffer.Internal;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.InPlace;

/// <summary>Where the parts of an in-place channel lie (docs/protocols/zerobuffer-v2.md).</summary>
internal readonly record struct InPlaceLayout(
    PayloadLocation Location, long MetadataSizeBytes, long PayloadSizeBytes, int QueueSize)
{
    internal const int AnswersOffset = OperationInfoBlockV2.SizeBytes;
    internal const int QueueOffset = 2 * OperationInfoBlockV2.SizeBytes;
    internal const string OpenOperation = "open in-place channel";

    internal long MetadataOffset => QueueOffset + BufferLayout.Align(QueueSize * (long)sizeof(ulong));

    /// <summary>First byte of the payload in its segment.</summary>
    internal long PayloadOffset => Location == PayloadLocation.OwnSegment
        ? PayloadSegmentHeader.SizeBytes
        : MetadataOffset + MetadataSizeBytes;

    internal long ControlSizeBytes => checked(
        MetadataOffset + MetadataSizeBytes + (Location == PayloadLocation.OwnSegment ? 0 : PayloadSizeBytes));

    /// <summary>The metadata block as the classes of version 1 know it.</summary>
    internal BufferLayout Metadata => new(
        OperationInfoBlockV2.Version, MetadataOffset, MetadataSizeBytes, PayloadOffset, PayloadSizeBytes);

    internal static InPlaceLayout ForNew(InPlaceServerOptions options) => new(
        options.PayloadLocation,
        BufferLayout.Align(options.MetadataSizeBytes),
        BufferLayout.Align(options.PayloadSizeBytes),
        (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)options.QueueSize));

    /// <summary>Checks a channel's headers against the size of its segment; each field is read once.</summary>
    /// <exception cref="SegmentFormatException">Not an in-place channel of version 2.</exception>
    /// <exception cref="SegmentCorruptedException">A field holds a value that no correct server writes.</exception>
    internal static InPlaceLayout Read(SharedSegment control, string name)
    {
        RequireHeader(control, 0, OperationInfoBlockV2.RoleRequests, name);
        RequireHeader(control, AnswersOffset, OperationInfoBlockV2.RoleAnswers, name);
        ulong location = control.UInt64(OperationInfoBlockV2.PayloadLocationOffset).ReadAcquire();
        ulong metadata = control.UInt64(OperationInfoBlock.MetadataSizeOffset).ReadAcquire();
        ulong payload = control.UInt64(OperationInfoBlock.PayloadSizeOffset).ReadAcquire();
        ulong queue = control.UInt64(OperationInfoBlockV2.QueueSizeOffset).ReadAcquire();
        Require(location <= 1, name, "payload_location", location);
        Require(
            queue is > 0 and <= InPlaceServerOptions.MaxQueueSize && System.Numerics.BitOperations.IsPow2(queue),
            name,
            "queue_size",
            queue);
        Require(metadata <= int.MaxValue && metadata % 64 == 0, name, "metadata_size", metadata);
        Require(payload is >= 128 and <= 1UL << 46 && payload % 64 == 0, name, "payload_size", payload);
        var layout = new InPlaceLayout((PayloadLocation)location, (long)metadata, (long)payload, (int)queue);
        Require(layout.ControlSizeBytes <= control.SizeBytes, name, "payload_size", payload);
        return layout;
    }

    private static void RequireHeader(SharedSegment control, long offset, ulong role, string name)
    {
        uint size = control.UInt32(offset).ReadAcquire();
        uint version = control.UInt32(offset + OperationInfoBlock.VersionOffset).ReadAcquire();
        ulong found = control.UInt64(offset + OperationInfoBlockV2.RoleOffset).ReadAcquire();
        if (size != OperationInfoBlockV2.SizeBytes || (byte)version != OperationInfoBlockV2.Version.Major
            || version >> 24 != 0
            || found != role)
        {
            throw new SegmentFormatException(
                $"Could not {OpenOperation} '{name}': the header at {offset} has oieb_size {size}, major version "
                + $"{(byte)version} and role "
                + $"{found}; 1024, 2 and {role} were expected. Connect to an in-place server of version 2, or use a "
                + "duplex client.",
                OpenOperation,
                name,
                $"oieb_size 1024, major version 2, role {role}",
                $"oieb_size {size}, major version {(byte)version}, role {found}",
                offset);
        }
    }

    private static void Require(bool condition, string name, string field, ulong value)
    {
        if (!condition)
        {
            throw new SegmentCorruptedException(
                $"Could not {OpenOperation} '{name}': {field} is {value}, which no server writes or which contradicts "
                + "the size of the "
                + "segment. Remove the channel and let its server create it again.",
                OpenOperation,
                name,
                field,
                value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
