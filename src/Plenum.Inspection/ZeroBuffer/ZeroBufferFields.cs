using Plenum.Platform;

namespace Plenum.Inspection.ZeroBuffer;

/// <summary>The header's fields with their invariants (spec zerobuffer 1.2, docs/protocols/zerobuffer-v2.md).</summary>
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
        List<FieldDescription> fields = [.. Common(h, fileBytes, summary)];
        if (h.IsSecond)
        {
            fields.AddRange(OfSecond(h));
        }

        return fields;
    }

    /// <summary>The fields of a channel's second header that anybody writes.</summary>
    internal static IReadOnlyList<FieldDescription> DescribeAnswers(ZeroBufferHeader h, SegmentSummary summary)
    {
        const int at = ZeroBufferHeader.AnswersOffset;
        bool second = h is { IsSecond: true, Role: 2, Major: 2 };
        return
        [
            Field("answers.oieb_size", at, 4, h.OiebSize, second, "is no header of answers", "size of that header",
                "bytes"),
            Field("answers.payload_written_count", at + 0x40, 8, h.WrittenCount, null, null, "requests answered", null),
            Field("answers.payload_read_count", at + 0x48, 8, h.ReadCount, null, null, "answers seen by the client",
                null),
            Field("answers.writer_pid", at + ZeroBufferHeader.WriterPidOffset, 8, h.WriterPid, null, null,
                Who(h.WriterPid, summary.Reader), null),
            Field("answers.reader_pid", at + ZeroBufferHeader.ReaderPidOffset, 8, h.ReaderPid, null, null,
                Who(h.ReaderPid, summary.Writer), null),
        ];
    }

    private static IReadOnlyList<FieldDescription> Common(
        ZeroBufferHeader h, long fileBytes, SegmentSummary? summary)
    {
        bool sizes = h.SizesAddUp(fileBytes);
        string sum = $"{h.Parts} is not the file's {fileBytes} bytes, or a block is no multiple of 64";
        ulong metadataRest = h.MetadataSize - Math.Min(h.MetadataWritten, h.MetadataSize);
        return
        [
            Field("oieb_size", 0x00, 4, h.OiebSize, h.OiebSize == ZeroBufferHeader.SizeBytes || h.IsSecond,
                "is neither 128 nor 1024", "size of this header", "bytes"),
            Version(h),
            Field("metadata_size", 0x08, 8, h.MetadataSize, sizes, sum, "size of the metadata block", "bytes"),
            Field("metadata_free_bytes", 0x10, 8, h.MetadataFree, h.MetadataFree == metadataRest,
                $"is not metadata_size - metadata_written_bytes = {metadataRest}", "metadata bytes not used", "bytes"),
            Field("metadata_written_bytes", 0x18, 8, h.MetadataWritten, h.MetadataWritten <= h.MetadataSize
                && h.MetadataWritten is 0 or >= 8, "is neither 0 nor from 8 to metadata_size",
                h.MetadataWritten == 0 ? "no metadata written" : $"a length and {h.MetadataWritten - 8} bytes",
                    "bytes"),
            Field("payload_size", 0x20, 8, h.PayloadSize, sizes, sum,
                h.IsChannel ? "room for frames" : "size of the ring of frames", "bytes"),
            Field("payload_free_bytes", 0x28, 8, h.PayloadFree, h.PayloadFree <= h.PayloadSize,
                "is more than payload_size",
                h.IsChannel ? "bytes of no frame that is out" : "bytes not occupied by unread or held frames", "bytes"),
            Field("payload_write_pos", 0x30, 8, h.WritePosition, h.WritePosition <= h.PayloadSize, "is beyond the ring",
                "where the next frame goes", "bytes"),
            Field("payload_read_pos", 0x38, 8, h.ReadPosition, h.ReadPosition < h.PayloadSize || h.ReadPosition == 0,
                "is beyond the ring", "where the next frame is read", "bytes"),
            Field("payload_written_count", 0x40, 8, h.WrittenCount, null, null,
                h.IsChannel ? "requests sent" : "frames and wrap markers written", null),
            Field("payload_read_count", 0x48, 8, h.ReadCount, h.ReadCount <= h.WrittenCount + 1,
                "is more than one ahead of payload_written_count",
                h.IsChannel ? "requests taken by the server" : "frames and wrap markers read", null),
            Field("writer_pid", ZeroBufferHeader.WriterPidOffset, 8, h.WriterPid, null, null,
                Who(h.WriterPid, summary?.Writer), null),
            Field("reader_pid", ZeroBufferHeader.ReaderPidOffset, 8, h.ReaderPid, null, null,
                Who(h.ReaderPid, summary?.Reader), null),
        ];
    }

    private static IEnumerable<FieldDescription> OfSecond(ZeroBufferHeader h)
    {
        yield return Field("payload_location", 0x60, 8, h.PayloadLocation, h.PayloadLocation <= 1, "is neither 0 nor 1",
            h.HasOwnPayloadSegment ? "in a segment of its own" : "behind the metadata", null);
        bool named = h.HasOwnPayloadSegment ? h.PayloadName is not null : h.PayloadNameSize == 0;
        yield return new FieldDescription("payload_shm_name", h.PayloadName)
        {
            Offset = 0x68,
            SizeBytes = 264,
            Meaning = "the segment that holds the payload",
            Status = named ? FieldStatus.Ok : FieldStatus.Violated,
            Problem = named ? null : $"a name of {h.PayloadNameSize} bytes does not fit the location",
        };
        yield return Field("role", 0x170, 8, h.Role, h.Role <= 1, "is neither 0 (buffer) nor 1 (requests)",
            h.IsChannel ? "an in-place channel" : "a plain buffer", null);
        yield return Field("queue_size", 0x178, 8, h.QueueSize, h.IsChannel ? h.IsQueueSizeValid : h.QueueSize == 0,
            h.IsChannel ? "is no power of two up to 1024" : "is not 0 in a plain buffer",
            "requests that can be out", null);
    }

    private static FieldDescription Version(ZeroBufferHeader h)
    {
        int expected = h.IsSecond ? 2 : 1;
        return new FieldDescription(
            "version",
            new List<FieldDescription>
            {
                new("major", (ulong)h.Major), new("minor", (ulong)h.Minor), new("patch", (ulong)h.Patch),
                new("reserved", (ulong)h.VersionReserved),
            })
        {
            Offset = 0x04,
            SizeBytes = 4,
            Meaning = h.Major == expected ? "protocol version" : "another major version: not compatible",
            Status = h.Major == expected && h.VersionReserved == 0 ? FieldStatus.Ok : FieldStatus.Violated,
            Problem = h.Major == expected
                ? h.VersionReserved == 0 ? null : "the reserved byte is not 0"
                : $"major version {h.Major} is not supported, only {expected} with a header of {h.OiebSize} bytes",
        };
    }

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
