using System.Buffers.Binary;
using System.Text;

namespace Plenum.Inspection.ZeroBuffer;

/// <summary>The header (OIEB) of a ZeroBuffer segment, copied once: 128 bytes in version 1, 1024 in version 2, the
/// first 96 of which are the same fields. Offsets: spec zerobuffer 1.2, docs/protocols/zerobuffer-v2.md.</summary>
internal readonly struct ZeroBufferHeader
{
    internal const int SizeBytes = 0x80;
    internal const int SecondSizeBytes = 0x400;
    internal const int WriterPidOffset = 0x50;
    internal const int ReaderPidOffset = 0x58;
    internal const int FrameHeaderBytes = 16;

    /// <summary>Where the answers' header of an in-place channel begins.</summary>
    internal const int AnswersOffset = SecondSizeBytes;

    private const int NameOffset = 0x70;
    private const int NameMaxBytes = 0x100;
    private const ulong RoleRequests = 1;
    private const ulong MaxQueueSize = 1024;

    private readonly byte[] _bytes;

    private ZeroBufferHeader(byte[] bytes, bool settled)
    {
        _bytes = bytes;
        IsSettled = settled;
    }

    /// <summary>False when the header moved during every attempt to copy it.</summary>
    internal bool IsSettled { get; }

    internal ReadOnlySpan<byte> Bytes => _bytes;

    internal uint OiebSize => BinaryPrimitives.ReadUInt32LittleEndian(_bytes);

    internal byte Major => _bytes[4];

    internal byte Minor => _bytes[5];

    internal byte Patch => _bytes[6];

    internal byte VersionReserved => _bytes[7];

    internal ulong MetadataSize => At(0x08);

    internal ulong MetadataFree => At(0x10);

    internal ulong MetadataWritten => At(0x18);

    internal ulong PayloadSize => At(0x20);

    internal ulong PayloadFree => At(0x28);

    internal ulong WritePosition => At(0x30);

    internal ulong ReadPosition => At(0x38);

    internal ulong WrittenCount => At(0x40);

    internal ulong ReadCount => At(0x48);

    internal ulong WriterPid => At(WriterPidOffset);

    internal ulong ReaderPid => At(ReaderPidOffset);

    /// <summary>Whether all of a header of version 2 was copied.</summary>
    internal bool IsSecond => _bytes.Length == SecondSizeBytes;

    /// <summary>0: behind the metadata; 1: in a segment of its own.</summary>
    internal ulong PayloadLocation => IsSecond ? At(0x60) : 0;

    internal ulong PayloadNameSize => IsSecond ? At(0x68) : 0;

    /// <summary>0 plain buffer, 1 requests and 2 answers of an in-place channel.</summary>
    internal ulong Role => IsSecond ? At(0x170) : 0;

    /// <summary>Entries of a channel's request queue.</summary>
    internal ulong QueueSize => IsSecond ? At(0x178) : 0;

    /// <summary>An in-place channel: frames lie anywhere in the payload, not in a ring.</summary>
    internal bool IsChannel => Role == RoleRequests;

    internal bool HasOwnPayloadSegment => PayloadLocation == 1;

    internal bool IsQueueSizeValid => QueueSize is > 0 and <= MaxQueueSize && (QueueSize & (QueueSize - 1)) == 0;

    /// <summary>The segment that holds the payload; null when it is this one, or the name is none.</summary>
    internal string? PayloadName => HasOwnPayloadSegment && PayloadNameSize is > 0 and <= NameMaxBytes
        ? Encoding.UTF8.GetString(_bytes, NameOffset, (int)PayloadNameSize) : null;

    internal long MetadataOffset => !IsSecond ? SizeBytes
        : IsChannel ? (2 * SecondSizeBytes) + ((((long)Math.Min(QueueSize, MaxQueueSize) * 8) + 63) & ~63L)
        : SecondSizeBytes;

    /// <summary>Whether the blocks are whole multiples of 64 bytes and add up to the file.</summary>
    internal bool SizesAddUp(long fileBytes)
    {
        ulong metadata = MetadataSize;
        ulong payload = PayloadSize;
        ulong file = (ulong)fileBytes;
        ulong here = HasOwnPayloadSegment ? 0 : payload;
        return metadata % 64 == 0 && payload % 64 == 0 && metadata <= file && here <= file
            && (ulong)MetadataOffset + metadata + here == file;
    }

    /// <summary>The parts that <see cref="SizesAddUp"/> adds, for people.</summary>
    internal string Parts => $"{MetadataOffset} + {MetadataSize}" + (HasOwnPayloadSegment ? "" : $" + {PayloadSize}");

    /// <summary>Copies a header; all of it when it says that it is one of version 2.</summary>
    internal static bool TryRead(SegmentImage image, out ZeroBufferHeader header, long offset = 0)
    {
        byte[] bytes = image.ReadSettled(offset, SizeBytes, out bool settled);
        if (bytes.Length == SizeBytes && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == SecondSizeBytes
            && image.ReadSettled(offset, SecondSizeBytes, out bool all) is { Length: SecondSizeBytes } second)
        {
            (bytes, settled) = (second, all);
        }

        header = new ZeroBufferHeader(bytes, settled);
        return bytes.Length >= SizeBytes;
    }

    /// <summary>A header that was copied already: all that is there of it.</summary>
    internal static ZeroBufferHeader Of(ReadOnlySpan<byte> bytes, bool settled)
    {
        bool second = bytes.Length >= SecondSizeBytes
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == SecondSizeBytes;
        return new(bytes[..(second ? SecondSizeBytes : SizeBytes)].ToArray(), settled);
    }

    private ulong At(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(offset));
}
