using System.Runtime.CompilerServices;

namespace Plenum.Platform;

/// <summary>A 32-bit unsigned integer in a segment that may be mapped read-only.</summary>
/// <remarks>Thread-safe. Lifetime and checks as for <see cref="SharedUInt32"/>.</remarks>
public readonly unsafe struct SharedReadOnlyUInt32
{
    // SAFETY: SharedSegment checked bounds and alignment; the holder keeps a reference to the mapping.
    private readonly uint* _address;

    internal SharedReadOnlyUInt32(uint* address) => _address = address;

    /// <summary>True for the default value, which addresses nothing.</summary>
    public bool IsDefault => _address is null;

    /// <summary>Loads with acquire order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadAcquire() => Volatile.Read(ref *_address);
}
