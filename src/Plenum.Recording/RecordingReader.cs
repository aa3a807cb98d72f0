using System.Buffers.Binary;

namespace Plenum.Recording;

/// <summary>Reads a recording from its beginning to its end, item by item. For one thread.</summary>
/// <remarks>Every block's checksum is verified before its items are handed out. A block that the recorder did not
/// finish ends the recording; a damaged one throws, and reading can go on after it.</remarks>
public sealed class RecordingReader : IDisposable
{
    private readonly BlockReader _blocks;
    private int _at;
    private int _end;
    private long _lastTime;

    /// <summary>Opens a recording in a stream, which the reader then owns.</summary>
    /// <param name="stream">The recording, from its first byte on.</param>
    /// <param name="name">What error messages call it.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="RecordingFormatException">It is no recording, or of a newer version, or damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public RecordingReader(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        _blocks = new BlockReader(stream, name);
        Description = _blocks.ReadStart();
    }

    /// <summary>What the recording is of.</summary>
    public RecordingDescription Description { get; }

    /// <summary>The format's version in the file, major times 1000 plus minor.</summary>
    public int FormatVersion => _blocks.Version;

    /// <summary>How it ends, once <see cref="TryRead"/> returned false.</summary>
    public RecordingEnding Ending => _blocks.Ending;

    /// <summary>Items that the recorder had to drop, as far as it was read.</summary>
    public long Lost => _blocks.Lost;

    /// <summary>False after damage that hides where the next block begins: nothing more can be read.</summary>
    public bool CanGoOn => !_blocks.HasLostTrack;

    /// <summary>Opens a recording in a file.</summary>
    /// <param name="path">The file. It may still be growing: what is there is read.</param>
    /// <exception cref="ArgumentNullException"><paramref name="path"/> is null.</exception>
    /// <exception cref="RecordingFormatException">It is no recording, or of a newer version, or damaged.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The system does not allow it.</exception>
    public static RecordingReader Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete,
            1 << 16);
        try
        {
            return new RecordingReader(stream, path);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads the next item.</summary>
    /// <param name="item">The item; its data is valid until the next call.</param>
    /// <returns>False at the end: <see cref="Ending"/> says which.</returns>
    /// <exception cref="RecordingFormatException">A block is damaged. The next call goes on after it when its length is
    /// known, and throws again when it is not.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public bool TryRead(out RecordedItem item)
    {
        while (_at >= _end)
        {
            if (!_blocks.TryReadItems())
            {
                item = default;
                return false;
            }

            _at = 0;
            _end = _blocks.Body.Length;
        }

        item = Next();
        return true;
    }

    /// <summary>Goes back to the first item.</summary>
    /// <exception cref="NotSupportedException">The stream cannot seek.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public void Rewind()
    {
        _at = _end;
        _lastTime = 0;
        _blocks.Rewind();
    }

    /// <summary>Reads all headers, without the data: quick also for a large file.</summary>
    /// <returns>What the recording holds.</returns>
    /// <exception cref="RecordingFormatException">A header is damaged.</exception>
    /// <exception cref="NotSupportedException">The stream cannot seek.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public RecordingContents ReadContents()
    {
        Rewind();
        RecordingContents contents = _blocks.Count();
        Rewind();
        return contents;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _blocks.Dispose();

    private RecordedItem Next()
    {
        ReadOnlySpan<byte> rest = _blocks.Body[_at..];
        uint length = rest.Length < RecordingFormat.ItemHeaderBytes
            ? uint.MaxValue
            : BinaryPrimitives.ReadUInt32LittleEndian(rest[16..]);
        if (length > rest.Length - RecordingFormat.ItemHeaderBytes)
        {
            _at = _end;
            throw _blocks.Malformed("an item is longer than its block");
        }

        _lastTime = Math.Max(_lastTime, BinaryPrimitives.ReadInt64LittleEndian(rest));
        var item = new RecordedItem(
            (RecordedItemKind)BinaryPrimitives.ReadUInt32LittleEndian(rest[20..]),
            TimeSpan.FromTicks(_lastTime / 100),
            BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]),
            rest.Slice(RecordingFormat.ItemHeaderBytes, (int)length));
        _at = (int)Math.Min((long)_at + RecordingFormat.ItemRoom((int)length), _blocks.Body.Length);
        return item;
    }
}
