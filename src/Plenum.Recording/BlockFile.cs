using System.Buffers.Binary;

namespace Plenum.Recording;

/// <summary>Appends whole blocks to a stream; a block that does not fit is taken back.</summary>
internal sealed class BlockFile(Stream stream, string name)
{
    private ulong _number;
    private long _length;

    internal void WriteStart(RecordingDescription description)
    {
        byte[] preamble = new byte[RecordingFormat.PreambleBytes];
        RecordingFormat.Magic.CopyTo(preamble);
        BinaryPrimitives.WriteUInt16LittleEndian(preamble.AsSpan(8), RecordingFormat.Major);
        BinaryPrimitives.WriteUInt16LittleEndian(preamble.AsSpan(10), RecordingFormat.Minor);
        BinaryPrimitives.WriteUInt32LittleEndian(preamble.AsSpan(12), Crc32C.Of(preamble.AsSpan(0, 12)));
        Append(preamble);
        AppendBlock(BlockType.Description, description.ToUtf8(), 0);
    }

    internal void WriteItems(Block block) => Append(block.Seal(_number++).Span);

    internal void WriteEnd(in RecordingStatistics statistics, ulong lostAtEnd)
    {
        byte[] body = new byte[RecordingFormat.EndBodyBytes];
        BinaryPrimitives.WriteInt64LittleEndian(body, statistics.Items);
        BinaryPrimitives.WriteInt64LittleEndian(body.AsSpan(8), statistics.DataBytes);
        BinaryPrimitives.WriteInt64LittleEndian(body.AsSpan(16), statistics.Lost);
        AppendBlock(BlockType.End, body, lostAtEnd);
    }

    private void AppendBlock(BlockType type, byte[] body, ulong lost)
    {
        byte[] bytes = new byte[BlockHeader.Bytes + body.Length];
        new BlockHeader(type, _number++, (uint)body.Length, 0, 0, 0, lost, Crc32C.Of(body)).WriteTo(bytes);
        body.CopyTo(bytes, BlockHeader.Bytes);
        Append(bytes);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            stream.Write(bytes);
            stream.Flush();
            _length += bytes.Length;
        }
        catch (IOException e)
        {
            CutBack();
            throw new IOException(
                $"writing the recording '{name}' at byte {_length}: {e.Message.TrimEnd('.')}; the {_length} bytes "
                + "before "
                + "it are a readable recording",
                e);
        }
    }

    // The part of a block that did fit.
    private void CutBack()
    {
        try
        {
            if (stream.CanSeek)
            {
                stream.SetLength(_length);
            }
        }
        catch (Exception e) when (
            e is IOException or NotSupportedException or ArgumentException or UnauthorizedAccessException)
        {
            // A device, or a disk that refuses even that: a reader stops before the partial block anyhow.
        }
    }
}
