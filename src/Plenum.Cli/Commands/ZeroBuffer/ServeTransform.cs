using System.Numerics;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>What a duplex server makes of a request, and its client expects.</summary>
internal sealed class ServeTransform(string mode, byte xorKey)
{
    internal const string Echo = "echo";
    internal const string Reverse = "reverse";
    internal const string Xor = "xor";

    /// <summary>Changes a request into its answer.</summary>
    internal void Apply(Span<byte> data)
    {
        switch (mode)
        {
            case Reverse:
                data.Reverse();
                break;
            case Xor:
                ApplyXor(data);
                break;
            default:
                break;
        }
    }

    private void ApplyXor(Span<byte> bytes)
    {
        var keys = new Vector<byte>(xorKey);
        int at = 0;
        for (; at <= bytes.Length - Vector<byte>.Count; at += Vector<byte>.Count)
        {
            (new Vector<byte>(bytes[at..]) ^ keys).CopyTo(bytes[at..]);
        }

        for (; at < bytes.Length; at++)
        {
            bytes[at] ^= xorKey;
        }
    }
}
