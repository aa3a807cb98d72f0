using System.Runtime.CompilerServices;

namespace Plenum.Platform;

/// <summary>One row of <see cref="SharedRows{TKey, TValue}"/>.</summary>
/// <typeparam name="TKey">The key type.</typeparam>
/// <typeparam name="TValue">The value type.</typeparam>
/// <remarks>Key and value are plain bytes: <see cref="State"/> orders them. The holder keeps the segment
/// mapped.</remarks>
public readonly unsafe struct SharedRow<TKey, TValue>
    where TKey : unmanaged
    where TValue : unmanaged
{
    // SAFETY: SharedRows checked the index, SharedSegment the places inside the row.
    private readonly byte* _row;
    private readonly byte* _key;
    private readonly byte* _value;

    internal SharedRow(byte* row, byte* key, byte* value)
    {
        _row = row;
        _key = key;
        _value = value;
    }

    /// <summary>The state word.</summary>
    public SharedUInt32 State
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new((uint*)_row);
    }

    /// <summary>Copies the key out, without any ordering of its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TKey ReadKey() => Unsafe.ReadUnaligned<TKey>(_key);

    /// <summary>Stores the key, without any ordering of its own.</summary>
    /// <param name="key">The key.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteKey(TKey key) => Unsafe.WriteUnaligned(_key, key);

    /// <summary>Copies the value out, without any ordering of its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TValue ReadValue() => Unsafe.ReadUnaligned<TValue>(_value);

    /// <summary>Stores the value, without any ordering of its own.</summary>
    /// <param name="value">The value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteValue(TValue value) => Unsafe.WriteUnaligned(_value, value);
}
