using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Plenum.Platform;

/// <summary>A power of two of rows with the natural layout of <c>struct { u32 state; TKey key; TValue value; }</c>,
/// addressed by hashes.</summary>
/// <typeparam name="TKey">The key type.</typeparam>
/// <typeparam name="TValue">The value type.</typeparam>
/// <remarks>
/// <para>Every hash is valid: it is reduced to the number of rows. Size and places of a row are constants of the
/// compiled code. Measured worth against <see cref="SharedRows{TKey, TValue}"/>: see "Single operations" in
/// docs/performance.md.</para>
/// <para>An immutable value; the holder keeps the segment mapped. <see cref="IsDefault"/> tells a lap without
/// rows.</para>
/// </remarks>
public readonly unsafe struct SharedRowLap<TKey, TValue>
    where TKey : unmanaged
    where TValue : unmanaged
{
    // SAFETY: SharedSegment checked that (mask + 1) rows of this layout lie inside the mapping; indexes are masked.
    private readonly NaturalRow* _base;
    private readonly uint _mask;

    internal SharedRowLap(byte* @base, uint mask)
    {
        _base = (NaturalRow*)@base;
        _mask = mask;
    }

    /// <summary>True for the default value, which has no rows.</summary>
    public bool IsDefault
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _base is null;
    }

    /// <summary>The number of the row of a hash.</summary>
    /// <param name="hash">The hash; only the lowest bits count.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint IndexOf(uint hash) => hash & _mask;

    /// <summary>The row of a hash.</summary>
    /// <param name="hash">The hash; only the lowest bits count.</param>
    public SharedRow<TKey, TValue> this[uint hash]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            NaturalRow* row = _base + (nuint)(hash & _mask);
            return new SharedRow<TKey, TValue>((byte*)row, (byte*)&row->Key, (byte*)&row->Value);
        }
    }

    /// <summary>Whether rows of these measures have the natural layout.</summary>
    internal static bool Fits(int strideBytes, int keyOffset, int valueOffset)
    {
        NaturalRow row = default;
        return strideBytes == sizeof(NaturalRow) && keyOffset == (byte*)&row.Key - (byte*)&row
            && valueOffset == (byte*)&row.Value - (byte*)&row;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct NaturalRow
    {
        internal uint State;
        internal TKey Key;
        internal TValue Value;
    }
}
