using System.Runtime.CompilerServices;

namespace Plenum.Platform;

/// <summary>A power of two of contiguous values, addressed by positions that count bytes and run on without
/// end.</summary>
/// <typeparam name="T">The value type; its size is a power of two.</typeparam>
/// <remarks>
/// <para>Every position is valid: it is reduced to the start of a value inside the lap, so that no check is needed and
/// none can fail.</para>
/// <para>Values are plain bytes: cells beside them order them. An immutable value; the holder keeps the segment
/// mapped.</para>
/// </remarks>
public readonly unsafe struct SharedByteLap<T>
    where T : unmanaged
{
    // SAFETY: SharedSegment checked that (mask + sizeof(T)) bytes lie inside the mapping; positions are masked.
    private readonly byte* _base;
    private readonly ulong _mask;

    internal SharedByteLap(byte* @base, ulong mask)
    {
        _base = @base;
        _mask = mask;
    }

    /// <summary>Copies a value out, without any ordering of its own.</summary>
    /// <param name="position">Its position in bytes; what is above the lap and below the size of a value does not
    /// count.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Read(ulong position) => Unsafe.ReadUnaligned<T>(_base + (position & _mask));

    /// <summary>Stores a value, without any ordering of its own.</summary>
    /// <param name="position">Its position in bytes, as for <see cref="Read"/>.</param>
    /// <param name="value">The value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ulong position, T value) => Unsafe.WriteUnaligned(_base + (position & _mask), value);
}
