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

    private readonly Random _random = new(0x5EED);
    private byte[] _bytes = [];

    /// <summary>Fills a frame.</summary>
    internal void Fill(Span<byte> frame, long index)
    {
        switch (name)
        {
            case Sequential:
                Expected(frame.Length, index).CopyTo(frame);
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
        Sequential => frame.SequenceEqual(Expected(frame.Length, index)),
        Zero => !frame.ContainsAnyExcept((byte)0),
        Ones => !frame.ContainsAnyExcept((byte)0xFF),
        _ => true,
    };

    // One long run of 0..255 repeated: frame k is the part that starts at k mod 256.
    private ReadOnlySpan<byte> Expected(int length, long index)
    {
        if (_bytes.Length < length + Period)
        {
            _bytes = new byte[length + Period];
            for (int i = 0; i < _bytes.Length; i++)
            {
                _bytes[i] = (byte)i;
            }
        }

        return _bytes.AsSpan((int)(index % Period), length);
    }
}
