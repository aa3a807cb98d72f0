using System.Buffers.Binary;
using System.Globalization;
using Plenum.Platform;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>The metadata block: a length of 8 bytes and as many bytes, written once (spec zerobuffer 1.7).</summary>
internal sealed class MetadataArea
{
    /// <summary>Bytes of the length before the metadata.</summary>
    internal const int PrefixBytes = 8;

    private readonly SharedSegment _segment;
    private readonly long _offset;
    private readonly SharedUInt64 _freeBytes;
    private readonly SharedUInt64 _writtenBytes;

    internal MetadataArea(SharedSegment segment, in BufferLayout layout)
    {
        _segment = segment;
        _offset = layout.MetadataOffset;
        SizeBytes = layout.MetadataSizeBytes;
        _freeBytes = segment.UInt64(OperationInfoBlock.MetadataFreeBytesOffset);
        _writtenBytes = segment.UInt64(OperationInfoBlock.MetadataWrittenBytesOffset);
    }

    /// <summary>Size of the block.</summary>
    internal long SizeBytes { get; }

    /// <summary>The largest metadata in bytes; 0 when the block cannot hold any.</summary>
    internal int CapacityBytes => (int)Math.Max(0, SizeBytes - PrefixBytes);

    /// <summary>Whether metadata was written.</summary>
    internal bool IsWritten => _writtenBytes.ReadAcquire() != 0;

    /// <summary>The metadata, validated; false when none was written.</summary>
    /// <exception cref="SegmentCorruptedException">The length contradicts the header.</exception>
    internal bool TryRead(out ReadOnlySpan<byte> metadata)
    {
        // OBSERVE [metadata] Pairs with Publish: prefix and bytes are complete.
        ulong written = _writtenBytes.ReadAcquire();
        metadata = default;
        if (written == 0)
        {
            return false;
        }

        if (written < PrefixBytes || written > (ulong)SizeBytes)
        {
            throw Corrupted("metadata_written_bytes", written, $"{PrefixBytes} to {SizeBytes} is possible");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(_segment.ReadOnlySpan(_offset, PrefixBytes));
        if (length != written - PrefixBytes)
        {
            throw Corrupted("metadata length", length, $"metadata_written_bytes is {written}");
        }

        metadata = _segment.ReadOnlySpan(_offset + PrefixBytes, (int)length);
        return true;
    }

    /// <summary>The room for metadata of a size.</summary>
    internal Span<byte> Room(int sizeBytes) => _segment.Span(_offset + PrefixBytes, sizeBytes);

    /// <summary>Publishes metadata whose bytes are in the block.</summary>
    internal void Publish(int sizeBytes)
    {
        StepHook.At("metadata.filled");
        BinaryPrimitives.WriteUInt64LittleEndian(_segment.Span(_offset, PrefixBytes), (ulong)sizeBytes);
        StepHook.At("metadata.prefix");
        ulong written = (ulong)sizeBytes + PrefixBytes;

        // PLAIN nobody decides by this field.
        _freeBytes.WriteOwned((ulong)SizeBytes - written);
        StepHook.At("metadata.free");

        // PUBLISH [metadata] The bytes are visible before the field says that they are there.
        //   Weaker: on arm64 a reader that looks before the first frame sees a length without its bytes.
        _writtenBytes.WriteRelease(written);
        StepHook.At("metadata.written");
    }

    private SegmentCorruptedException Corrupted(string field, ulong value, string expected) => new(
        $"Could not read metadata from '{_segment.Name}': {field} is {value}; {expected}. The writer is faulty; create the buffer again.",
        "read metadata",
        _segment.Name.Value,
        field,
        value.ToString(CultureInfo.InvariantCulture));
}
