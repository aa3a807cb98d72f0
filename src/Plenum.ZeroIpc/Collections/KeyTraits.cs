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

    private static bool IsIntegral =>
        typeof(TKey) == typeof(int) || typeof(TKey) == typeof(uint) || typeof(TKey) == typeof(long)
            || typeof(TKey) == typeof(ulong)
        || typeof(TKey) == typeof(short) || typeof(TKey) == typeof(ushort) || typeof(TKey) == typeof(byte)
        || typeof(TKey) == typeof(sbyte) || typeof(TKey) == typeof(char) || typeof(TKey) == typeof(bool);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Hash(TKey key, HashLayout layout) =>
        layout == HashLayout.Native ? IsIntegral ? Extend(key) * Multiplier : HashBytes(ShareableType.BytesOf(in key))
        : FoldBytes(ShareableType.BytesOf(in key));

    /// <summary>Numbers compare as numbers (0.0 equals -0.0, NaN equals nothing), everything else byte by
    /// byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AreEqual(TKey a, TKey b)
    {
        if (IsIntegral)
        {
            return Extend(a) == Extend(b);
        }

        if (typeof(TKey) == typeof(double))
        {
            return (double)(object)a == (double)(object)b;
        }

        return typeof(TKey) == typeof(float)
            ? (float)(object)a == (float)(object)b
            : ShareableType.BytesOf(in a).SequenceEqual(ShareableType.BytesOf(in b));
    }

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
            return (ulong)(int)(object)key;
        }

        if (typeof(TKey) == typeof(uint))
        {
            return (uint)(object)key;
        }

        if (typeof(TKey) == typeof(long))
        {
            return (ulong)(long)(object)key;
        }

        if (typeof(TKey) == typeof(ulong))
        {
            return (ulong)(object)key;
        }

        if (typeof(TKey) == typeof(short))
        {
            return (ulong)(short)(object)key;
        }

        if (typeof(TKey) == typeof(ushort))
        {
            return (ushort)(object)key;
        }

        if (typeof(TKey) == typeof(byte))
        {
            return (byte)(object)key;
        }

        if (typeof(TKey) == typeof(sbyte))
        {
            return (ulong)(sbyte)(object)key;
        }

        return typeof(TKey) == typeof(char) ? (char)(object)key : (bool)(object)key ? 1UL : 0UL;
    }
}
