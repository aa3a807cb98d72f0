using System.Runtime.CompilerServices;

namespace Plenum.Platform;

/// <summary>One byte in shared memory, for one-byte flags (ZeroIPC <c>closed</c>, <c>ready</c>,
/// <c>consumed</c>).</summary>
/// <remarks>Thread-safe. Lifetime and checks as for <see cref="SharedUInt32"/>.</remarks>
public readonly unsafe struct SharedByte
{
    // SAFETY: SharedSegment checked bounds; the holder keeps a reference to the mapping.
    private readonly byte* _address;

    internal SharedByte(byte* address) => _address = address;

    /// <summary>True for the default value, which addresses nothing.</summary>
    public bool IsDefault => _address is null;

    /// <summary>Loads with acquire order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte ReadAcquire() => Volatile.Read(ref *_address);

    /// <summary>Stores with release order.</summary>
    /// <param name="value">The value to publish.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteRelease(byte value) => Volatile.Write(ref *_address, value);

    /// <summary>Plain load.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte ReadOwned() => *_address;

    /// <summary>Plain store.</summary>
    /// <param name="value">The value to store.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteOwned(byte value) => *_address = value;

    /// <summary>Atomically replaces <paramref name="comparand"/> by <paramref name="value"/> (full fence).</summary>
    /// <param name="value">The value to store if the comparison holds.</param>
    /// <param name="comparand">The value expected.</param>
    /// <returns>The value found.</returns>
    public byte CompareExchange(byte value, byte comparand) =>
        Interlocked.CompareExchange(ref *_address, value, comparand);

    /// <summary>Atomically replaces the value (full fence).</summary>
    /// <param name="value">The new value.</param>
    /// <returns>The value found.</returns>
    public byte Exchange(byte value) => Interlocked.Exchange(ref *_address, value);
}
