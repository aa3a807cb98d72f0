namespace Plenum.ZeroIpc;

/// <summary>Where state, key and value lie in a slot of a map or set (spec zeroipc 2.4, 2.5).</summary>
/// <param name="KeyOffset">Offset of the key; the state is at 0.</param>
/// <param name="ValueOffset">Offset of the value.</param>
/// <param name="Stride">Distance of two slots.</param>
/// <remarks>All in bytes.</remarks>
internal readonly record struct SlotLayout(int KeyOffset, int ValueOffset, int Stride)
{
    /// <summary>The C++ layout: natural alignment.</summary>
    internal static SlotLayout Native(int keySize, int keyAlignment, int valueSize, int valueAlignment)
    {
        int key = (int)StructureSize.Up(4, keyAlignment);
        int value = (int)StructureSize.Up(key + keySize, valueAlignment);
        int alignment = Math.Max(4, Math.Max(keyAlignment, valueAlignment));
        return new SlotLayout(key, value, (int)StructureSize.Up(value + valueSize, alignment));
    }

    /// <summary>The Python layout: packed, padded to 8.</summary>
    internal static SlotLayout Packed(int keySize, int valueSize) =>
        new(4, 4 + keySize, (int)StructureSize.Up(4 + keySize + valueSize, 8));

    internal long TotalBytes(long capacity) => checked(MapHeader.SizeBytes + (capacity * Stride));
}
