using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Plenum.ZeroBuffer.Layout;

/// <summary>The 16 bytes before each frame's data; all zero for a wrap marker.</summary>
/// <remarks>
/// <code>
/// offset size field
/// 0x00    8   payload_size       bytes of data that follow; 0 only in a wrap marker
/// 0x08    8   sequence_number    1 for a writer's first frame, + 1 for each further one; 0 only in a wrap marker
/// </code>
/// Frames are packed without alignment, so a header may start at any address.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal readonly struct FrameHeader
{
    internal const int SizeBytes = 0x10;

    [FieldOffset(0x00)] internal readonly ulong PayloadSize;
    [FieldOffset(0x08)] internal readonly ulong SequenceNumber;

    internal FrameHeader(ulong payloadSize, ulong sequenceNumber)
    {
        PayloadSize = payloadSize;
        SequenceNumber = sequenceNumber;
    }

    /// <summary>True for the 16 zero bytes that say "continue at position 0".</summary>
    internal bool IsWrapMarker => (PayloadSize | SequenceNumber) == 0;

    /// <summary>Reads both fields, each once.</summary>
    internal static FrameHeader Decode(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> header = bytes[..SizeBytes];
        return new FrameHeader(
            BinaryPrimitives.ReadUInt64LittleEndian(header), BinaryPrimitives.ReadUInt64LittleEndian(header[8..]));
    }

    /// <summary>Stores both fields.</summary>
    internal void Encode(Span<byte> bytes)
    {
        Span<byte> header = bytes[..SizeBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(header, PayloadSize);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], SequenceNumber);
    }
}
