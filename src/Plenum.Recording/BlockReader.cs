using System.Buffers.Binary;
using System.Globalization;

namespace Plenum.Recording;

/// <summary>Reads a file block by block and checks each.</summary>
internal sealed class BlockReader(Stream stream, string name) : IDisposable
{
    private const int MaximumDescriptionBytes = 1 << 20;

    private readonly byte[] _header = new byte[BlockHeader.Bytes];
    private byte[] _body = [];
    private long _firstBlock;
    private long _position;
    private long _blockOffset;
    private ulong _number;

    internal BlockHeader Header { get; private set; }

    internal ReadOnlySpan<byte> Body => _body.AsSpan(0, (int)Header.BodyBytes);

    internal int Version { get; private set; }

    internal RecordingEnding Ending { get; private set; }

    internal long Lost { get; private set; }

    /// <summary>Where the next block begins is not known any more.</summary>
    internal bool HasLostTrack { get; private set; }

    public void Dispose() => stream.Dispose();

    internal RecordingDescription ReadStart()
    {
        byte[] preamble = new byte[RecordingFormat.PreambleBytes];
        int length = ReadInto(preamble);
        if (length < preamble.Length || !preamble.AsSpan().StartsWith(RecordingFormat.Magic))
        {
            throw Wrong(0, "this is no recording of Plenum's: its first 8 bytes are not 89 50 4C 52 45 43 0D 0A");
        }

        int major = BinaryPrimitives.ReadUInt16LittleEndian(preamble.AsSpan(8));
        int minor = BinaryPrimitives.ReadUInt16LittleEndian(preamble.AsSpan(10));
        if (Crc32C.Of(preamble.AsSpan(0, 12)) != BinaryPrimitives.ReadUInt32LittleEndian(preamble.AsSpan(12)))
        {
            throw Wrong(0, "the first 16 bytes are damaged: their checksum is wrong");
        }

        if (major != RecordingFormat.Major)
        {
            throw Wrong(8, string.Create(CultureInfo.InvariantCulture,
                $"the file has format version {major}.{minor}; this program reads version {RecordingFormat.Major}: "
                + $"use a newer one"));
        }

        Version = (major * 1000) + minor;
        if (!TryReadBlock() || Header.Type != BlockType.Description || Header.BodyBytes > MaximumDescriptionBytes)
        {
            throw Wrong(_blockOffset, "the recording has no description; the recorder ended before it wrote anything");
        }

        var description = RecordingDescription.FromUtf8(_body.AsMemory(0, (int)Header.BodyBytes));
        _firstBlock = _position;
        return description;
    }

    /// <summary>Reads the next block of items; false at the end.</summary>
    internal bool TryReadItems()
    {
        while (Ending == RecordingEnding.NotReached)
        {
            if (!TryReadBlock())
            {
                Ending = RecordingEnding.Unfinished;
                return false;
            }

            Lost += (long)Header.Lost;
            if (Header.Type == BlockType.End)
            {
                Ending = RecordingEnding.Complete;
                return false;
            }

            if (Header.Type == BlockType.Items)
            {
                return true;
            }
        }

        return false;
    }

    internal void Rewind()
    {
        if (!stream.CanSeek)
        {
            throw new NotSupportedException($"'{name}' is a stream that cannot be read twice.");
        }

        stream.Position = _firstBlock;
        _position = _firstBlock;
        _number = 1;
        HasLostTrack = false;
        Lost = 0;
        Ending = RecordingEnding.NotReached;
    }

    /// <summary>Walks over the headers from here to the end.</summary>
    internal RecordingContents Count()
    {
        long blocks = 1;
        long items = 0;
        long bytes = 0;
        long? first = null;
        long last = 0;
        while (Ending == RecordingEnding.NotReached)
        {
            if (!TryReadHeader() || _position + Header.BodyBytes > stream.Length)
            {
                Ending = RecordingEnding.Unfinished;
                break;
            }

            blocks++;
            Lost += (long)Header.Lost;
            Ending = Header.Type == BlockType.End ? RecordingEnding.Complete : RecordingEnding.NotReached;
            if (Header.Type == BlockType.Items)
            {
                items += Header.Items;
                bytes += Header.BodyBytes;
                first ??= Header.FirstTime;
                last = Header.LastTime;
            }

            _position = stream.Seek(Header.BodyBytes, SeekOrigin.Current);
        }

        return new RecordingContents(
            blocks, items, bytes, Lost, TimeSpan.FromTicks((first ?? 0) / 100), TimeSpan.FromTicks(last / 100), Ending);
    }

    internal RecordingFormatException Malformed(string what) => Wrong(_blockOffset, what);

    // False when the file ends before the block does.
    private bool TryReadBlock()
    {
        if (!TryReadHeader())
        {
            return false;
        }

        long limit = stream.CanSeek ? stream.Length - _position : RecordingFormat.MaximumItemBytes;
        if (Header.BodyBytes > limit && stream.CanSeek)
        {
            return false;
        }

        if (Header.BodyBytes > limit || Header.BodyBytes > RecordingFormat.MaximumItemBytes)
        {
            HasLostTrack = true;
            throw Malformed($"a block states {Header.BodyBytes} bytes, more than there can be");
        }

        if (_body.Length < Header.BodyBytes)
        {
            _body = new byte[Header.BodyBytes];
        }

        int length = ReadInto(_body.AsSpan(0, (int)Header.BodyBytes));
        if (length < Header.BodyBytes)
        {
            return false;
        }

        return Crc32C.Of(Body) == Header.BodyChecksum
            ? true
            : throw Malformed(string.Create(CultureInfo.InvariantCulture,
                $"block {Header.Number} is damaged: its checksum is wrong; its {Header.Items} items are lost"));
    }

    private bool TryReadHeader()
    {
        if (HasLostTrack)
        {
            throw Malformed("a block's header is damaged; where the next one begins is not known");
        }

        _blockOffset = _position;
        if (ReadInto(_header) < _header.Length)
        {
            return false;
        }

        if (!BlockHeader.TryRead(_header, out BlockHeader header))
        {
            HasLostTrack = true;
            throw Malformed("a block's header is damaged; what follows cannot be read");
        }

        if (header.Number != _number)
        {
            HasLostTrack = true;
            throw Malformed(string.Create(CultureInfo.InvariantCulture,
                $"block {header.Number} stands where block {_number} should be"));
        }

        _number++;
        Header = header;
        return true;
    }

    private int ReadInto(Span<byte> target)
    {
        int length = stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
        _position += length;
        return length;
    }

    private RecordingFormatException Wrong(long offset, string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"reading the recording '{name}' at byte {offset}: {what}"),
            offset);
}
