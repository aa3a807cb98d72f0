using System.Globalization;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>FNV-1a 64-bit over all payload bytes in order.</summary>
internal sealed class FrameChecksum
{
    private ulong _hash = 14695981039346656037;

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        ulong hash = _hash;
        foreach (byte value in bytes)
        {
            hash = (hash ^ value) * 1099511628211;
        }

        _hash = hash;
    }

    /// <summary>16 hexadecimal digits.</summary>
    public override string ToString() => _hash.ToString("x16", CultureInfo.InvariantCulture);
}
