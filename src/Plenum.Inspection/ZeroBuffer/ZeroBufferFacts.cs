using System.Buffers.Binary;
using Plenum.Platform;

namespace Plenum.Inspection.ZeroBuffer;

/// <summary>What follows from a ZeroBuffer segment's header, frames, semaphores and processes.</summary>
internal sealed class ZeroBufferFacts
{
    private readonly SegmentImage _image;
    private readonly ZeroBufferHeader _header;
    private readonly SegmentSummary _summary;
    private readonly ZeroBufferFrames? _frames;
    private readonly ZeroBufferSemaphore? _written;
    private readonly ZeroBufferSemaphore? _freed;
    private readonly bool _stoodStill;

    internal ZeroBufferFacts(SegmentImage image, ZeroBufferHeader header, SegmentSummary summary)
    {
        _image = image;
        _header = header;
        _summary = summary;
        if (image.IsLive)
        {
            _written = ZeroBufferSemaphore.Find(ZeroBufferSemaphore.WritePrefix, image.Name);
            _freed = ZeroBufferSemaphore.Find(ZeroBufferSemaphore.ReadPrefix, image.Name);
        }

        // The frames of a channel lie anywhere; nothing but their places in the queue leads to them.
        bool walkable = !header.IsChannel && header.SizesAddUp(image.SizeBytes)
            && header.PayloadFree <= header.PayloadSize
            && header.ReadPosition <= header.PayloadSize && header.PayloadSize > 0;
        _frames = walkable ? ZeroBufferFrames.Walk(image, header) : null;

        // What was walked while the buffer moved may be half overwritten; then nothing is said about it.
        _stoodStill = ZeroBufferHeader.TryRead(image, out ZeroBufferHeader after)
            && after.Bytes.SequenceEqual(header.Bytes);
    }

    internal IReadOnlyList<FieldDescription> Derived()
    {
        ulong payload = _header.PayloadSize;
        ulong used = payload - Math.Min(payload, _header.PayloadFree);
        double utilisation = payload == 0 ? 0 : (double)used / payload;
        string load = utilisation switch { < 0.8 => "Healthy", <= 0.95 => "Degraded", _ => "Critical" };
        ulong unread = _frames is null ? 0 : _frames.Bytes + _frames.SkippedBytes;
        var fields = new List<FieldDescription>
        {
            new("utilisation", Math.Round(utilisation, 6)) { Meaning = load },
            new("usedBytes", used) { Unit = "bytes", Meaning = "unread and held frames and skipped tails" },
            new("framesUnread", _frames is null ? null : (ulong)_frames.Count)
            {
                Unit = "frames",
                Meaning =
                    _frames is { IsTruncated: true } ? "at least; the walk stopped here" : "written and not read yet",
            },
            new("unreadBytes", _frames?.Bytes) { Unit = "bytes", Meaning = "their headers included" },
            new("heldBytes", used > unread ? used - unread : 0) { Unit = "bytes", Meaning =
                "read and not yet released" },
            new("firstUnreadSequence", _frames?.FirstSequence),
            new("lastUnreadSequence", _frames?.LastSequence),
            new("maxFrameBytes", payload > 16 ? payload - 16 : 0) { Unit = "bytes", Meaning =
                "largest payload that can fit" },
            new("alwaysWritableFrameBytes", payload / 2 > 16 ? (payload / 2) - 16 : 0)
            {
                Unit = "bytes",
                Meaning = "largest payload that an empty buffer takes at any position",
            },
            new("metadataBytes", MetadataLength()) { Unit = "bytes" },
            new("writerAlive", Alive(_summary.Writer)),
            new("readerAlive", Alive(_summary.Reader)),
        };
        if (_header.IsChannel)
        {
            fields.Add(new("requestsWaiting", _header.WrittenCount - Math.Min(_header.WrittenCount, _header.ReadCount))
            {
                Unit = "requests",
                Meaning = "sent and not taken by the server yet",
            });
        }

        Add(fields, "writeSemaphore", _written, "frames written and not yet taken");
        Add(fields, "readSemaphore", _freed, "releases the writer has not consumed");
        return fields;
    }

    internal IReadOnlyList<Finding> Findings()
    {
        var findings = new List<Finding>();
        foreach (FieldDescription field in ZeroBufferFields.Describe(_header, _image.SizeBytes, null))
        {
            if (field is { Status: FieldStatus.Violated, Problem: { } problem })
            {
                findings.Add(new Finding(
                    FindingSeverity.Error, "invariant", $"{field.Name} at 0x{field.Offset:x2} {problem}."));
            }
        }

        if (_summary.Reader is { Liveness: ProcessLiveness.Dead } reader)
        {
            findings.Add(new Finding(
                FindingSeverity.Warning, "reader-dead", $"The reader, process {reader.ProcessId}, is dead."));
        }

        if (_summary.Writer is { Liveness: ProcessLiveness.Dead } writer)
        {
            findings.Add(new Finding(
                FindingSeverity.Warning, "writer-dead",
                    $"The writer, process {writer.ProcessId}, died without closing."));
        }

        if (_stoodStill)
        {
            AddContents(findings);
        }

        if (_image.IsLive && _header.HasOwnPayloadSegment && !HasPayload())
        {
            findings.Add(new Finding(
                FindingSeverity.Error, "payload-missing",
                $"The payload segment '{_header.PayloadName}' does not exist, or is none of {_header.PayloadSize} "
                + "bytes."));
        }

        if (_image.IsLive && (_written is null || _freed is null))
        {
            string missing = _written is null ? ZeroBufferSemaphore.WritePrefix : ZeroBufferSemaphore.ReadPrefix;
            findings.Add(new Finding(
                FindingSeverity.Error, "semaphore-missing", $"The semaphore {missing}{_image.Name} does not exist."));
        }

        return findings;
    }

    private void AddContents(List<Finding> findings)
    {
        if (_frames?.Problem is { } problem)
        {
            findings.Add(new Finding(FindingSeverity.Error, "frame", $"Walking the frames: {problem}."));
        }

        if (MetadataLength() is { } length && length + 8 != _header.MetadataWritten)
        {
            findings.Add(new Finding(FindingSeverity.Error, "metadata",
                $"The metadata's length {length} does not agree with "
                + $"metadata_written_bytes {_header.MetadataWritten}."));
        }

        if (_frames is { IsTruncated: false, Problem: null } frames && _written is { } tokens
            && tokens.Value != frames.Count)
        {
            findings.Add(new Finding(FindingSeverity.Info, "tokens",
                $"The write semaphore holds {tokens.Value} tokens for {frames.Count} unread frames."));
        }
    }

    private bool HasPayload()
    {
        using SegmentImage? payload = ZeroBufferPayload.TryOpen(_header);
        return payload is not null;
    }

    private ulong? MetadataLength() =>
        _header.MetadataWritten < 8 || _header.MetadataSize < 8 ? null
            : _image.ReadBytes(_header.MetadataOffset, 8) is { Length: 8 } bytes
                ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : null;

    private static void Add(List<FieldDescription> fields, string name, ZeroBufferSemaphore? semaphore, string meaning)
    {
        object? value = semaphore is { } found
            ? new List<FieldDescription> { new("value", (ulong)found.Value), new("waiters", (ulong)found.Waiters) }
            : null;
        fields.Add(new FieldDescription(name, value) { Meaning = meaning });
    }

    private static object? Alive(PeerDescription? peer) => peer?.Liveness switch
    {
        ProcessLiveness.Alive => true,
        ProcessLiveness.Unknown => null,
        _ => false,
    };
}
