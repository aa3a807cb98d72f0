using System.Buffers.Binary;

namespace Plenum.Inspection.ZeroIpc;

/// <summary>The peers' hash functions (spec zeroipc 2.4), to tell whether a key lies where its writer would put
/// it.</summary>
internal static class ZeroIpcHash
{
    private const ulong Knuth = 2654435761;

    internal static ulong Unsigned(ReadOnlySpan<byte> key) => unchecked(Extend(key, signed: false) * Knuth);

    internal static ulong Signed(ReadOnlySpan<byte> key) => unchecked(Extend(key, signed: true) * Knuth);

    /// <summary>libstdc++'s string hash over the raw bytes, used for floats and structs.</summary>
    internal static ulong Bytes(ReadOnlySpan<byte> key)
    {
        const ulong mul = 0xC6A4A7935BD1E995;
        unchecked
        {
            ulong hash = 0xC70F6907 ^ ((ulong)key.Length * mul);
            ReadOnlySpan<byte> rest = key;
            for (; rest.Length >= 8; rest = rest[8..])
            {
                ulong word = BinaryPrimitives.ReadUInt64LittleEndian(rest) * mul;
                word = (word ^ (word >> 47)) * mul;
                hash = (hash ^ word) * mul;
            }

            if (rest.Length > 0)
            {
                hash = (hash ^ Extend(rest, signed: false)) * mul;
            }

            hash = (hash ^ (hash >> 47)) * mul;
            return hash ^ (hash >> 47);
        }
    }

    /// <summary>The Python package's: folds the bytes with 31; its unbounded integer equals this modulo 2^64.</summary>
    internal static ulong Python(ReadOnlySpan<byte> key)
    {
        ulong hash = 0;
        foreach (byte value in key)
        {
            hash = unchecked((hash * 31) + value);
        }

        return unchecked(hash * Knuth);
    }

    private static ulong Extend(ReadOnlySpan<byte> bytes, bool signed)
    {
        ulong value = 0;
        for (int i = bytes.Length - 1; i >= 0; i--)
        {
            value = (value << 8) | bytes[i];
        }

        int bits = bytes.Length * 8;
        return signed && bits < 64 && (value >> (bits - 1)) != 0 ? value | (ulong.MaxValue << bits) : value;
    }
}
