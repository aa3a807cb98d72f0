using System.Runtime.CompilerServices;

namespace Plenum.Platform;

/// <summary>Two 64-bit cells next to each other, behind one address: two positions, or a word and what belongs to
/// it.</summary>
/// <remarks>Checks and lifetime as for <see cref="SharedUInt64"/>. One address instead of two is one load less for each
/// use of the second cell, and a register that stays free.</remarks>
public readonly unsafe struct SharedUInt64Pair
{
    // SAFETY: SharedSegment checked the bounds of both cells and the alignment; the holder keeps a reference to the
    //   mapping.
    private readonly ulong* _address;

    internal SharedUInt64Pair(ulong* address) => _address = address;

    /// <summary>True for the default value, which addresses nothing.</summary>
    public bool IsDefault => _address is null;

    /// <summary>The cell at the lower address.</summary>
    public SharedUInt64 First
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_address);
    }

    /// <summary>The cell 8 bytes behind it.</summary>
    public SharedUInt64 Second
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_address + 1);
    }
}
