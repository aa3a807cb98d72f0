using System.Buffers.Binary;
using Plenum.Platform;

namespace Plenum.VoidShm.Layout;

/// <summary>The creator's fields of a trailer, decoded from a copy and checked. Anything may stand there: the peer is
/// not trusted.</summary>
internal readonly record struct TrailerFacts(
    bool IsPresent, long Offset, long SecondOffset, uint Flags, uint ProcessId, ulong ProcessStart, ulong BootId)
{
    internal static ulong CurrentBoot { get; } = BitConverter.ToUInt64(BootIdentity.Current.ToByteArray(), 0);

    internal bool HasSecondBuffer => SecondOffset != 0;

    internal static TrailerFacts Parse(ReadOnlySpan<byte> trailer, long offset, long payloadBytes, long segmentBytes)
    {
        if (trailer.Length < TrailerV1.SizeBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(trailer) != TrailerV1.TagValue
            || BinaryPrimitives.ReadUInt32LittleEndian(trailer[0x04..]) != TrailerV1.SizeBytes)
        {
            return default;
        }

        // Only the place this version of the trailer uses is believed; an offset of the peer's choosing is not
        // followed.
        long expected = TrailerV1.SecondBufferAfter(offset);
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(trailer[0x1C..]);
        ulong second = BinaryPrimitives.ReadUInt64LittleEndian(trailer[0x30..]);
        bool usable = (flags & TrailerV1.FlagSecondBuffer) != 0 && second == (ulong)expected
            && segmentBytes - expected >= payloadBytes;
        return new TrailerFacts(
            true,
            offset,
            usable ? expected : 0,
            flags,
            BinaryPrimitives.ReadUInt32LittleEndian(trailer[0x18..]),
            BinaryPrimitives.ReadUInt64LittleEndian(trailer[0x28..]),
            BinaryPrimitives.ReadUInt64LittleEndian(trailer[0x38..]));
    }
}
