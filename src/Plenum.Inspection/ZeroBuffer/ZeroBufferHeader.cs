using System.Buffers.Binary;

namespace Plenum.Inspection.ZeroBuffer;

/// <summary>The 128-byte header (OIEB) of a ZeroBuffer segment, copied once. Offsets: spec zerobuffer 1.2.</summary>
internal readonly struct ZeroBufferHeader
{
    internal const int SizeBytes = 0x80;
    internal const int WriterPidOffset = 0x50;
    internal const int ReaderPidOffset = 0x58;
    internal const int FrameHeaderBytes = 16;

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

    /// <summary>Whether both blocks are whole multiples of 64 bytes and add up to the file.</summary>
    internal bool SizesAddUp(long fileBytes)
    {
        ulong metadata = MetadataSize;
        ulong payload = PayloadSize;
        ulong file = (ulong)fileBytes;
        return metadata % 64 == 0 && payload % 64 == 0 && metadata <= file && payload <= file
            && SizeBytes + metadata + payload == file;
    }

    internal static bool TryRead(SegmentImage image, out ZeroBufferHeader header)
    {
        byte[] bytes = image.ReadSettled(0, SizeBytes, out bool settled);
        header = new ZeroBufferHeader(bytes, settled);
        return bytes.Length == SizeBytes;
    }

    /// <summary>A header that was copied already; at least <see cref="SizeBytes"/> bytes.</summary>
    internal static ZeroBufferHeader Of(ReadOnlySpan<byte> bytes, bool settled) =>
        new(bytes[..SizeBytes].ToArray(), settled);

    private ulong At(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(offset));
}
