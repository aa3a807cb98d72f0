using System.Buffers.Binary;

namespace Plenum.Inspection.ZeroBuffer;

/// <summary>The frames between the read and the write position, found by walking their headers.</summary>
internal sealed class ZeroBufferFrames
{
    private const int MaxFrames = 65_536;

    /// <summary>Frames that were written and not read yet.</summary>
    internal int Count { get; private set; }

    /// <summary>Their bytes, headers included.</summary>
    internal ulong Bytes { get; private set; }

    /// <summary>Bytes at the end of the ring that a wrap skipped.</summary>
    internal ulong SkippedBytes { get; private set; }

    internal ulong? FirstSequence { get; private set; }

    internal ulong? LastSequence { get; private set; }

    /// <summary>True when there are more frames than were walked.</summary>
    internal bool IsTruncated { get; private set; }

    /// <summary>What stopped the walk, when a header could not be a header.</summary>
    internal string? Problem { get; private set; }

    /// <summary>Walks a consistent header's frames; the caller has checked positions and sizes.</summary>
    /// <returns>Null when the payload has a segment of its own that cannot be read.</returns>
    internal static ZeroBufferFrames? Walk(SegmentImage image, ZeroBufferHeader header)
    {
        if (!header.HasOwnPayloadSegment)
        {
            return Walk(image, header.MetadataOffset + (long)header.MetadataSize, header);
        }

        using SegmentImage? payload = image.IsLive ? ZeroBufferPayload.TryOpen(header) : null;
        return payload is null ? null : Walk(payload, ZeroBufferPayload.HeaderBytes, header);
    }

    private static ZeroBufferFrames Walk(SegmentImage image, long start, ZeroBufferHeader header)
    {
        var frames = new ZeroBufferFrames();
        ulong payload = header.PayloadSize;
        ulong used = payload - header.PayloadFree;
        ulong position = header.ReadPosition;
        ulong records = header.WrittenCount > header.ReadCount ? header.WrittenCount - header.ReadCount : 0;
        Span<byte> bytes = stackalloc byte[ZeroBufferHeader.FrameHeaderBytes];
        while (records > 0 && frames.Bytes + frames.SkippedBytes < used && frames.Problem is null)
        {
            if (frames.Count == MaxFrames)
            {
                frames.IsTruncated = true;
                break;
            }

            ulong room = payload - position;
            if (room < ZeroBufferHeader.FrameHeaderBytes)
            {
                // Spec 1.9: no room for a header; some peers count the wrap and some do not.
                frames.SkippedBytes += room;
                position = 0;
                continue;
            }

            if (image.Read(start + (long)position, bytes) != bytes.Length)
            {
                frames.Problem = $"the header at payload offset {position} lies beyond the end of the segment";
                break;
            }

            records--;
            ulong size = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            ulong sequence = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
            if (size == 0)
            {
                frames.SkippedBytes += room;
                position = 0;
            }
            else
            {
                position = frames.Take(position, size, sequence, room) % payload;
            }
        }

        return frames;
    }

    private ulong Take(ulong position, ulong size, ulong sequence, ulong room)
    {
        ulong total = size + ZeroBufferHeader.FrameHeaderBytes;
        if (size > room - ZeroBufferHeader.FrameHeaderBytes)
        {
            Problem = $"the frame at payload offset {position} says {size} bytes, more than the {room} that follow";
            return position;
        }

        if (LastSequence is { } last && sequence != last + 1)
        {
            Problem = $"the frame at payload offset {position} has sequence {sequence}, after {last}";
        }

        FirstSequence ??= sequence;
        LastSequence = sequence;
        Count++;
        Bytes += total;
        return position + total;
    }
}
