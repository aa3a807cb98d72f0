using System.Runtime.CompilerServices;

namespace Plenum.Platform;

/// <summary>A 64-bit unsigned integer in a segment that may be mapped read-only.</summary>
/// <remarks>Thread-safe. Lifetime and checks as for <see cref="SharedUInt64"/>.</remarks>
public readonly unsafe struct SharedReadOnlyUInt64
{
    // SAFETY: SharedSegment checked bounds and alignment; the holder keeps a reference to the mapping.
    private readonly ulong* _address;

    internal SharedReadOnlyUInt64(ulong* address) => _address = address;

    /// <summary>True for the default value, which addresses nothing.</summary>
    public bool IsDefault => _address is null;

    /// <summary>Loads with acquire order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadAcquire() => Volatile.Read(ref *_address);
}
