namespace Plenum.TestSupport;

/// <summary>Test data that both ends can compute, and its checksum; the foreign peers compute the same.</summary>
public static class FramePattern
{
    private const ulong FnvStart = 0xCBF29CE484222325;
    private const ulong FnvPrime = 0x100000001B3;

    /// <summary>Fills with byte i = (i + seed) mod 256.</summary>
    public static void Fill(Span<byte> data, ulong seed)
    {
        byte value = (byte)seed;
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = value++;
        }
    }

    /// <summary>Byte i = (i + seed) mod 256.</summary>
    public static byte[] Make(int sizeBytes, ulong seed)
    {
        byte[] data = new byte[sizeBytes];
        Fill(data, seed);
        return data;
    }

    /// <summary>Whether byte i = (i + seed) mod 256 throughout.</summary>
    public static bool Matches(ReadOnlySpan<byte> data, ulong seed)
    {
        byte value = (byte)seed;
        foreach (byte found in data)
        {
            if (found != value++)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>FNV-1a, 64 bits, going on from an earlier value (0: from the start).</summary>
    public static ulong Checksum(ReadOnlySpan<byte> data, ulong before = 0)
    {
        ulong value = before == 0 ? FnvStart : before;
        foreach (byte found in data)
        {
            value = unchecked((value ^ found) * FnvPrime);
        }

        return value;
    }

    /// <summary>A checksum as the peers print it.</summary>
    public static string Text(ulong checksum) =>
        checksum.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The size of a frame of a random-looking stream: 1 to <paramref name="maximum"/>, mostly
    /// small.</summary>
    public static int SizeOf(ulong seed, ulong sequence, int maximum)
    {
        ulong mixed = Mix((seed * 1_000_003) + sequence);
        int limit = (mixed & 7) == 0 ? maximum : Math.Max(1, maximum / 4);
        return 1 + (int)((mixed >> 8) % (ulong)limit);
    }

    /// <summary>The seed of a frame's bytes in such a stream.</summary>
    public static ulong SeedOf(ulong seed, ulong sequence) => Mix(seed ^ (sequence << 20));

    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value ^= value >> 33;
            value *= 0xFF51AFD7ED558CCD;
            value ^= value >> 33;
            value *= 0xC4CEB9FE1A85EC53;
            return value ^ (value >> 33);
        }
    }
}
