namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>The contents that frames are filled with and checked against.</summary>
/// <remarks>Byte i of the k-th frame of a run, k from 0: sequential (k + i) mod 256, zero 0x00, ones 0xFF; random has
/// no expectation.</remarks>
internal sealed class FramePattern(string name)
{
    internal const string Sequential = "sequential";
    internal const string Random = "random";
    internal const string Zero = "zero";
    internal const string Ones = "ones";
    internal const string None = "none";

    private const int Period = 256;
    private const int TileBytes = 16 * 1024;

    private static readonly byte[] s_tile = MakeTile();

    private readonly Random _random = new(0x5EED);

    /// <summary>Fills a frame.</summary>
    internal void Fill(Span<byte> frame, long index)
    {
        switch (name)
        {
            case Sequential:
                FillSequential(frame, index);
                break;
            case Random:
                _random.NextBytes(frame);
                break;
            default:
                frame.Fill(name == Ones ? (byte)0xFF : (byte)0);
                break;
        }
    }

    /// <summary>Whether every byte is what the pattern says; true where there is no expectation.</summary>
    internal bool Matches(ReadOnlySpan<byte> frame, long index) => name switch
    {
        Sequential => IsSequential(frame, index),
        Zero => !frame.ContainsAnyExcept((byte)0),
        Ones => !frame.ContainsAnyExcept((byte)0xFF),
        _ => true,
    };

    // Frame k is 0, 1, 2 ... 255, 0 ... from k mod 256 on. Copied and compared in tiles that stay in the first-level cache.
    private static void FillSequential(Span<byte> frame, long index)
    {
        int phase = (int)(index % Period);
        while (frame.Length > TileBytes)
        {
            s_tile.AsSpan(phase, TileBytes).CopyTo(frame);
            frame = frame[TileBytes..];
        }

        s_tile.AsSpan(phase, frame.Length).CopyTo(frame);
    }

    private static bool IsSequential(ReadOnlySpan<byte> frame, long index)
    {
        int phase = (int)(index % Period);
        bool right = true;
        while (frame.Length > TileBytes)
        {
            right &= frame[..TileBytes].SequenceEqual(s_tile.AsSpan(phase, TileBytes));
            frame = frame[TileBytes..];
        }

        return right && frame.SequenceEqual(s_tile.AsSpan(phase, frame.Length));
    }

    private static byte[] MakeTile()
    {
        byte[] tile = new byte[TileBytes + Period];
        for (int i = 0; i < tile.Length; i++)
        {
            tile[i] = (byte)i;
        }

        return tile;
    }
}
