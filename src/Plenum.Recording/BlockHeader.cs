using System.Buffers.Binary;

namespace Plenum.Recording;

/// <summary>The 64 bytes before the body of a block.</summary>
internal readonly record struct BlockHeader(
    BlockType Type, ulong Number, uint BodyBytes, uint Items, long FirstTime, long LastTime, ulong Lost,
    uint BodyChecksum)
{
    internal const int Bytes = 64;

    private const uint Magic = 0x4B4C4250; // "PBLK"
    private const int ChecksumOffset = 60;

    internal void WriteTo(Span<byte> target)
    {
        target[..Bytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(target, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(target[4..], (ushort)Type);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], Number);
        BinaryPrimitives.WriteUInt32LittleEndian(target[16..], BodyBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(target[20..], Items);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], FirstTime);
        BinaryPrimitives.WriteInt64LittleEndian(target[32..], LastTime);
        BinaryPrimitives.WriteUInt64LittleEndian(target[40..], Lost);
        BinaryPrimitives.WriteUInt32LittleEndian(target[56..], BodyChecksum);
        BinaryPrimitives.WriteUInt32LittleEndian(target[ChecksumOffset..], Crc32C.Of(target[..ChecksumOffset]));
    }

    /// <summary>Reads a header; false when its magic number or checksum is wrong.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> source, out BlockHeader header)
    {
        header = new BlockHeader(
            (BlockType)BinaryPrimitives.ReadUInt16LittleEndian(source[4..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[20..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[32..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[40..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[56..]));
        return BinaryPrimitives.ReadUInt32LittleEndian(source) == Magic
            && BinaryPrimitives.ReadUInt32LittleEndian(source[ChecksumOffset..]) == Crc32C.Of(source[..ChecksumOffset]);
    }
}
