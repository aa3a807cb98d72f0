using System.Buffers.Binary;

namespace Plenum.Inspection.ZeroIpc;

/// <summary>The bytes of one entry, offsets from the entry's start. Beyond its end everything reads as zero.</summary>
internal sealed class EntryView
{
    private const int HeadBytes = 512;

    private readonly SegmentImage _image;
    private readonly byte[] _head;

    internal EntryView(SegmentImage image, ZeroIpcRow row)
    {
        _image = image;
        Row = row;
        _head = new byte[HeadBytes];
        if (row.IsInside)
        {
            byte[] bytes = image.ReadSettled(row.Offset, (int)Math.Min(HeadBytes, row.SizeBytes), out bool settled);
            bytes.CopyTo(_head, 0);
            IsSettled = settled;
        }
    }

    internal ZeroIpcRow Row { get; }

    internal string Name => Row.Name;

    internal long SizeBytes => Row.IsInside ? Row.SizeBytes : -1;

    /// <summary>False when the first bytes kept moving while they were copied.</summary>
    internal bool IsSettled { get; } = true;

    internal uint U32(long offset) => BinaryPrimitives.ReadUInt32LittleEndian(At(offset, stackalloc byte[4]));

    internal int I32(long offset) => (int)U32(offset);

    internal ulong U64(long offset) => BinaryPrimitives.ReadUInt64LittleEndian(At(offset, stackalloc byte[8]));

    internal byte U8(long offset) => At(offset, stackalloc byte[1])[0];

    /// <summary>Copies a region of the entry; shorter at its end.</summary>
    internal byte[] Bytes(long offset, long count)
    {
        long length = Math.Min(count, SizeBytes - offset);
        return offset < 0 || length <= 0 ? []
            : _image.ReadBytes(Row.Offset + offset, (int)Math.Min(length, int.MaxValue));
    }

    internal bool IsZero(long offset, long count) => !Bytes(offset, count).AsSpan().ContainsAnyExcept((byte)0);

    private ReadOnlySpan<byte> At(long offset, Span<byte> buffer)
    {
        if (offset >= 0 && offset + buffer.Length <= HeadBytes)
        {
            return _head.AsSpan((int)offset, buffer.Length);
        }

        byte[] bytes = Bytes(offset, buffer.Length);
        buffer.Clear();
        bytes.CopyTo(buffer);
        return buffer.ToArray();
    }
}
