using Plenum.Platform;

namespace Plenum.Inspection.ZeroBuffer;

/// <summary>The header's fields with their invariants (spec zerobuffer 1.2).</summary>
internal static class ZeroBufferFields
{
    /// <summary>The first broken invariant that makes the segment unusable; null for a usable one.</summary>
    internal static string? FirstViolation(ZeroBufferHeader header, long fileBytes)
    {
        foreach (FieldDescription field in Describe(header, fileBytes, null))
        {
            if (field is { Status: FieldStatus.Violated, Problem: { } problem })
            {
                return $"{field.Name}: {problem}";
            }
        }

        return null;
    }

    internal static IReadOnlyList<FieldDescription> Describe(
        ZeroBufferHeader h, long fileBytes, SegmentSummary? summary)
    {
        bool sizes = h.SizesAddUp(fileBytes);
        string sum =
            $"128 + {h.MetadataSize} + {h.PayloadSize} is not the file's {fileBytes} bytes, "
            + "or a block is no multiple of 64";
        ulong metadataRest = h.MetadataSize - Math.Min(h.MetadataWritten, h.MetadataSize);
        return
        [
            Field("oieb_size", 0x00, 4, h.OiebSize, h.OiebSize == ZeroBufferHeader.SizeBytes, "is not 128",
                "size of this header", "bytes"),
            Version(h),
            Field("metadata_size", 0x08, 8, h.MetadataSize, sizes, sum, "size of the metadata block", "bytes"),
            Field("metadata_free_bytes", 0x10, 8, h.MetadataFree, h.MetadataFree == metadataRest,
                $"is not metadata_size - metadata_written_bytes = {metadataRest}", "metadata bytes not used", "bytes"),
            Field("metadata_written_bytes", 0x18, 8, h.MetadataWritten, h.MetadataWritten <= h.MetadataSize
                && h.MetadataWritten is 0 or >= 8, "is neither 0 nor from 8 to metadata_size",
                h.MetadataWritten == 0 ? "no metadata written" : $"a length and {h.MetadataWritten - 8} bytes",
                    "bytes"),
            Field("payload_size", 0x20, 8, h.PayloadSize, sizes, sum, "size of the ring of frames", "bytes"),
            Field("payload_free_bytes", 0x28, 8, h.PayloadFree, h.PayloadFree <= h.PayloadSize,
                "is more than payload_size",
                "bytes not occupied by unread or held frames", "bytes"),
            Field("payload_write_pos", 0x30, 8, h.WritePosition, h.WritePosition <= h.PayloadSize, "is beyond the ring",
                "where the next frame goes", "bytes"),
            Field("payload_read_pos", 0x38, 8, h.ReadPosition, h.ReadPosition < h.PayloadSize || h.ReadPosition == 0,
                "is beyond the ring", "where the next frame is read", "bytes"),
            Field("payload_written_count", 0x40, 8, h.WrittenCount, null, null, "frames and wrap markers written",
                null),
            Field("payload_read_count", 0x48, 8, h.ReadCount, h.ReadCount <= h.WrittenCount + 1,
                "is more than one ahead of payload_written_count", "frames and wrap markers read", null),
            Field("writer_pid", ZeroBufferHeader.WriterPidOffset, 8, h.WriterPid, null, null,
                Who(h.WriterPid, summary?.Writer), null),
            Field("reader_pid", ZeroBufferHeader.ReaderPidOffset, 8, h.ReaderPid, null, null,
                Who(h.ReaderPid, summary?.Reader), null),
        ];
    }

    private static FieldDescription Version(ZeroBufferHeader h) => new(
        "version",
        new List<FieldDescription>
        {
            new("major", (ulong)h.Major), new("minor", (ulong)h.Minor), new("patch", (ulong)h.Patch),
            new("reserved", (ulong)h.VersionReserved),
        })
    {
        Offset = 0x04,
        SizeBytes = 4,
        Meaning = h.Major == 1 ? "protocol version" : "another major version: not compatible",
        Status = h is { Major: 1, VersionReserved: 0 } ? FieldStatus.Ok : FieldStatus.Violated,
        Problem = h.Major == 1
            ? h.VersionReserved == 0 ? null : "the reserved byte is not 0"
            : $"major version {h.Major} is not supported, only 1",
    };

    private static FieldDescription Field(
        string name, long offset, int size, ulong value, bool? holds, string? problem, string meaning, string? unit) =>
        new(name, value)
        {
            Offset = offset,
            SizeBytes = size,
            Meaning = meaning,
            Unit = unit,
            Status = holds is null ? FieldStatus.Unchecked : holds.Value ? FieldStatus.Ok : FieldStatus.Violated,
            Problem = holds is false ? problem : null,
        };

    private static string Who(ulong processId, PeerDescription? peer) => peer switch
    {
        null when processId == 0 => "nobody connected",
        null => "process number",
        { Liveness: ProcessLiveness.Dead } => "dead",
        { Liveness: ProcessLiveness.Unknown } => "not visible from here; may live in another pid namespace",
        { ProcessName: { } name } => $"alive: {name}",
        _ => "alive",
    };
}
