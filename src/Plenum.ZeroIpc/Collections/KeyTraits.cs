using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Hash and equality of keys as the peers compute them (spec zeroipc 2.4). Type tests vanish when
/// compiled.</summary>
internal static class KeyTraits<TKey>
    where TKey : unmanaged
{
    private const ulong Multiplier = 2654435761;
    private const ulong Murmur = 0xC6A4_A793_5BD1_E995;
    private const ulong Seed = 0xC70F_6907;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Hash(TKey key, HashLayout layout) =>
        layout == HashLayout.Native ? NativeHash(key) : FoldedKey(key);

    /// <summary>The hash of the C++ layout.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong NativeHash(TKey key)
    {
        // The tests stand in the condition itself: only then the compiler drops them before it looks at the rest.
        if (typeof(TKey) == typeof(int) || typeof(TKey) == typeof(uint) || typeof(TKey) == typeof(long)
            || typeof(TKey) == typeof(ulong) || typeof(TKey) == typeof(short) || typeof(TKey) == typeof(ushort)
            || typeof(TKey) == typeof(byte) || typeof(TKey) == typeof(sbyte) || typeof(TKey) == typeof(char)
            || typeof(TKey) == typeof(bool))
        {
            return Extend(key) * Multiplier;
        }

        return HashedKey(key);
    }

    /// <summary>Numbers compare as numbers (0.0 equals -0.0, NaN equals nothing), everything else byte by
    /// byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AreEqual(TKey a, TKey b)
    {
        if (typeof(TKey) == typeof(int))
        {
            return ShareableType.SameBits<TKey, int>(a) == ShareableType.SameBits<TKey, int>(b);
        }

        if (typeof(TKey) == typeof(uint))
        {
            return ShareableType.SameBits<TKey, uint>(a) == ShareableType.SameBits<TKey, uint>(b);
        }

        if (typeof(TKey) == typeof(long) || typeof(TKey) == typeof(ulong) || typeof(TKey) == typeof(short)
            || typeof(TKey) == typeof(ushort) || typeof(TKey) == typeof(byte) || typeof(TKey) == typeof(sbyte)
            || typeof(TKey) == typeof(char) || typeof(TKey) == typeof(bool))
        {
            return Extend(a) == Extend(b);
        }

        if (typeof(TKey) == typeof(double))
        {
            return ShareableType.SameBits<TKey, double>(a) == ShareableType.SameBits<TKey, double>(b);
        }

        if (typeof(TKey) == typeof(float))
        {
            return ShareableType.SameBits<TKey, float>(a) == ShareableType.SameBits<TKey, float>(b);
        }

        return SameBytes(a, b);
    }

    // Methods of their own: a key whose address is taken anywhere stays in memory everywhere, also where the compiler
    // drops that branch (2 ns of a look-up).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong HashedKey(TKey key) => HashBytes(ShareableType.BytesOf(in key));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong FoldedKey(TKey key) => FoldBytes(ShareableType.BytesOf(in key));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool SameBytes(TKey a, TKey b) =>
        ShareableType.BytesOf(in a).SequenceEqual(ShareableType.BytesOf(in b));

    /// <summary>The byte hash of libstdc++ (64-bit Murmur variant).</summary>
    internal static ulong HashBytes(ReadOnlySpan<byte> bytes)
    {
        ulong hash = Seed ^ ((ulong)bytes.Length * Murmur);
        while (bytes.Length >= 8)
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(bytes) * Murmur;
            word ^= word >> 47;
            hash ^= word * Murmur;
            hash *= Murmur;
            bytes = bytes[8..];
        }

        if (!bytes.IsEmpty)
        {
            ulong rest = 0;
            for (int i = bytes.Length - 1; i >= 0; i--)
            {
                rest = (rest << 8) | bytes[i];
            }

            hash ^= rest;
            hash *= Murmur;
        }

        hash ^= hash >> 47;
        hash *= Murmur;
        return hash ^ (hash >> 47);
    }

    /// <summary>The hash of the Python package; its unbounded integers end in the same 64 bits.</summary>
    internal static ulong FoldBytes(ReadOnlySpan<byte> bytes)
    {
        ulong hash = 0;
        foreach (byte b in bytes)
        {
            hash = (hash * 31) + b;
        }

        return hash * Multiplier;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Extend(TKey key)
    {
        if (typeof(TKey) == typeof(int))
        {
            return (ulong)ShareableType.SameBits<TKey, int>(key);
        }

        if (typeof(TKey) == typeof(uint))
        {
            return ShareableType.SameBits<TKey, uint>(key);
        }

        if (typeof(TKey) == typeof(long))
        {
            return (ulong)ShareableType.SameBits<TKey, long>(key);
        }

        if (typeof(TKey) == typeof(ulong))
        {
            return ShareableType.SameBits<TKey, ulong>(key);
        }

        if (typeof(TKey) == typeof(short))
        {
            return (ulong)ShareableType.SameBits<TKey, short>(key);
        }

        if (typeof(TKey) == typeof(ushort))
        {
            return ShareableType.SameBits<TKey, ushort>(key);
        }

        if (typeof(TKey) == typeof(byte))
        {
            return ShareableType.SameBits<TKey, byte>(key);
        }

        if (typeof(TKey) == typeof(sbyte))
        {
            return (ulong)ShareableType.SameBits<TKey, sbyte>(key);
        }

        return typeof(TKey) == typeof(char)
            ? ShareableType.SameBits<TKey, char>(key)
            : ShareableType.SameBits<TKey, bool>(key) ? 1UL : 0UL;
    }
}
