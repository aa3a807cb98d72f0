namespace Plenum.Inspection;

/// <summary>FNV-1a 64-bit, to notice changes.</summary>
internal static class Fingerprint
{
    internal const ulong Start = 14695981039346656037;

    internal static ulong Add(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            hash = (hash ^ value) * 1099511628211;
        }

        return hash;
    }
}
