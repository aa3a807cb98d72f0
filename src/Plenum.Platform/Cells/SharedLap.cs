using System.Runtime.CompilerServices;

namespace Plenum.Platform;

/// <summary>A power of two of contiguous values, addressed by positions that run on without end.</summary>
/// <typeparam name="T">The value type.</typeparam>
/// <remarks>
/// <para>Every position is valid: it is reduced to the number of values, so that no check is needed and none can
/// fail.</para>
/// <para>Values are plain bytes: cells beside them order them. An immutable value; the holder keeps the segment
/// mapped.</para>
/// </remarks>
public readonly unsafe struct SharedLap<T>
    where T : unmanaged
{
    // SAFETY: SharedSegment checked that (mask + 1) values lie inside the mapping; positions are masked.
    private readonly byte* _base;
    private readonly uint _mask;

    internal SharedLap(byte* @base, uint mask)
    {
        _base = @base;
        _mask = mask;
    }

    /// <summary>Copies a value out, without any ordering of its own.</summary>
    /// <param name="position">Its position; only the lowest bits count.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Read(uint position) => Unsafe.ReadUnaligned<T>(_base + ((nuint)(position & _mask) * (nuint)sizeof(T)));

    /// <summary>Stores a value, without any ordering of its own.</summary>
    /// <param name="position">Its position; only the lowest bits count.</param>
    /// <param name="value">The value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(uint position, T value) =>
        Unsafe.WriteUnaligned(_base + ((nuint)(position & _mask) * (nuint)sizeof(T)), value);
}
