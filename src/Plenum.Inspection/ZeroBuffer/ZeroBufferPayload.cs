using System.Buffers.Binary;
using Plenum.Platform;

namespace Plenum.Inspection.ZeroBuffer;

/// <summary>A segment that holds nothing but the payload of a buffer or channel of version 2
/// (docs/protocols/zerobuffer-v2.md).</summary>
internal readonly struct ZeroBufferPayload
{
    internal const int HeaderBytes = 0x40;
    internal const string Suffix = "_payload";

    private const ulong Magic = 0x3244_4C59_4150_425A;

    private ZeroBufferPayload(ulong sizeBytes, ulong creator)
    {
        SizeBytes = sizeBytes;
        Creator = creator;
    }

    /// <summary>What the header says follows it.</summary>
    internal ulong SizeBytes { get; }

    internal ulong Creator { get; }

    /// <summary>Whether an image is one.</summary>
    internal static bool TryRead(SegmentImage image, out ZeroBufferPayload payload)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        bool read = image.Read(0, header) == HeaderBytes && BinaryPrimitives.ReadUInt64LittleEndian(header) == Magic;
        payload = read
            ? new ZeroBufferPayload(
                BinaryPrimitives.ReadUInt64LittleEndian(header[8..]),
                BinaryPrimitives.ReadUInt64LittleEndian(header[0x10..]))
            : default;
        return read;
    }

    /// <summary>The payload that a header names; null when it is gone or is none of that size.</summary>
    internal static SegmentImage? TryOpen(ZeroBufferHeader header)
    {
        try
        {
            if (!SegmentName.TryParse(header.PayloadName, out SegmentName? name)
                || !SegmentImage.TryOpen(name!, out SegmentImage? image))
            {
                return null;
            }

            if (TryRead(image, out ZeroBufferPayload payload) && payload.SizeBytes == header.PayloadSize)
            {
                return image;
            }

            image.Dispose();
            return null;
        }
        catch (SharedMemoryException)
        {
            return null;
        }
    }

    /// <summary>The one-line facts: those of the buffer that names it, when there is one.</summary>
    internal SegmentSummary Summarize(SegmentImage image, SegmentUsers users, ISegmentProbe buffers)
    {
        var summary = new SegmentSummary(image.Name, SegmentProtocol.ZeroBuffer, image.SizeBytes, SegmentState.Invalid);
        if ((ulong)image.SizeBytes != HeaderBytes + SizeBytes)
        {
            return summary with
            {
                Reason = $"payload_size: {HeaderBytes} + {SizeBytes} is not the file's {image.SizeBytes} bytes",
            };
        }

        string owner = image.Name.EndsWith(Suffix, StringComparison.Ordinal)
            ? image.Name[..^Suffix.Length] : string.Empty;
        if (image.IsLive && OwnerOf(owner, image.Name, users, buffers) is { } found)
        {
            return summary with
            {
                State = found.State,
                Writer = found.Writer,
                Reader = found.Reader,
                Reason = $"the payload of '{owner}': {found.Reason}",
            };
        }

        PeerDescription? creator = PeerDescription.Of(Creator);
        bool lives = creator is { Liveness: not ProcessLiveness.Dead };
        return summary with
        {
            State = lives ? SegmentState.Idle : SegmentState.Stale,
            Reader = creator,
            Reason = lives ? "a payload whose buffer is being made or removed"
                : "a payload that no buffer names, of a process that is gone",
        };
    }

    internal IReadOnlyList<FieldDescription> Fields(long fileBytes) =>
    [
        new("magic", "ZBPAYLD2") { Offset = 0, SizeBytes = 8, Meaning = "a payload in a segment of its own" },
        new("payload_size", SizeBytes)
        {
            Offset = 8,
            SizeBytes = 8,
            Unit = "bytes",
            Meaning = "what follows the 64 bytes of this header",
            Status = (ulong)fileBytes == HeaderBytes + SizeBytes ? FieldStatus.Ok : FieldStatus.Violated,
            Problem = (ulong)fileBytes == HeaderBytes + SizeBytes
                ? null : $"{HeaderBytes} + {SizeBytes} is not the file's {fileBytes} bytes",
        },
        new("creator_pid", Creator) { Offset = 0x10, SizeBytes = 8, Meaning = "the process that created it" },
    ];

    // The buffer of that name, when it names this payload.
    private static SegmentSummary? OwnerOf(string name, string payload, SegmentUsers users, ISegmentProbe buffers)
    {
        try
        {
            if (!SegmentName.TryParse(name, out SegmentName? parsed)
                || !SegmentImage.TryOpen(parsed!, out SegmentImage? image))
            {
                return null;
            }

            using (image)
            {
                return ZeroBufferHeader.TryRead(image, out ZeroBufferHeader header) && header.PayloadName == payload
                    ? buffers.Summarize(image, users) : null;
            }
        }
        catch (SharedMemoryException)
        {
            return null;
        }
    }
}
