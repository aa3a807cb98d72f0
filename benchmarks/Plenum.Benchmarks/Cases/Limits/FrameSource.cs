namespace Plenum.Benchmarks.Cases.Limits;

/// <summary>Frames whose every byte can be recomputed: byte i of frame k is (k + i) mod 256.</summary>
/// <remarks>Made and compared in tiles that stay in the first-level cache, so that a frame that is filled and read in
/// place costs the memory of the ring and of nothing else.</remarks>
internal sealed class FrameSource
{
    private const int Period = 256;
    private const int TileBytes = 64 * 1024;
    private readonly byte[] _tile = new byte[TileBytes + Period];
    private readonly int _sizeBytes;

    internal FrameSource(int sizeBytes)
    {
        _sizeBytes = sizeBytes;
        for (int i = 0; i < _tile.Length; i++)
        {
            _tile[i] = (byte)i;
        }
    }

    /// <summary>How many frames between two looks at the clock.</summary>
    internal static int ChunkOf(int sizeBytes) => Math.Clamp((1 << 20) / sizeBytes, 1, 512);

    /// <summary>Frame number <paramref name="index"/>, of at most a tile.</summary>
    internal ReadOnlySpan<byte> Frame(long index) => _tile.AsSpan((int)(index % Period), _sizeBytes);

    /// <summary>Makes frame number <paramref name="index"/> where it is to stand.</summary>
    internal void Fill(Span<byte> frame, long index)
    {
        int phase = (int)(index % Period);
        for (; frame.Length > TileBytes; frame = frame[TileBytes..])
        {
            _tile.AsSpan(phase, TileBytes).CopyTo(frame);
        }

        _tile.AsSpan(phase, frame.Length).CopyTo(frame);
    }

    /// <summary>Whether every byte is that of frame number <paramref name="index"/>.</summary>
    internal bool Matches(ReadOnlySpan<byte> frame, long index)
    {
        if (frame.Length != _sizeBytes)
        {
            return false;
        }

        int phase = (int)(index % Period);
        for (; frame.Length > TileBytes; frame = frame[TileBytes..])
        {
            if (!frame[..TileBytes].SequenceEqual(_tile.AsSpan(phase, TileBytes)))
            {
                return false;
            }
        }

        return frame.SequenceEqual(_tile.AsSpan(phase, frame.Length));
    }
}
