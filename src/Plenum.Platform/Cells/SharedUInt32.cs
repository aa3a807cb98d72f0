using System.Runtime.CompilerServices;

namespace Plenum.Platform;

/// <summary>A 32-bit unsigned integer in shared memory, accessed with an explicit ordering verb.</summary>
/// <remarks>
/// <para>A cell is a checked address: bounds and natural alignment are verified once, when
/// <see cref="SharedSegment.UInt32(long)"/> hands it out; afterwards an access costs what a raw pointer costs.</para>
/// <para>Thread-safe: every verb is one hardware access. A cell must not be used after the last reference to its
/// segment is gone; protocol objects hold a reference for their lifetime (<see cref="SharedSegment.AddReference"/>).
/// The default cell throws <see cref="NullReferenceException"/> on use.</para>
/// </remarks>
public readonly unsafe struct SharedUInt32
{
    // SAFETY: SharedSegment checked bounds and alignment; the holder keeps a reference to the mapping.
    private readonly uint* _address;

    internal SharedUInt32(uint* address) => _address = address;

    internal uint* Address => _address;

    /// <summary>True for the default value, which addresses nothing.</summary>
    public bool IsDefault => _address is null;

    /// <summary>Loads with acquire order: what the other side stored before its release is visible
    /// afterwards.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadAcquire() => Volatile.Read(ref *_address);

    /// <summary>Stores with release order: everything this thread stored before is visible to who reads this
    /// value.</summary>
    /// <param name="value">The value to publish.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteRelease(uint value) => Volatile.Write(ref *_address, value);

    /// <summary>Plain load, for a field that only the calling thread writes, or a hint that is validated
    /// later.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadOwned() => *_address;

    /// <summary>Plain store, for a field that is published by a later release.</summary>
    /// <param name="value">The value to store.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteOwned(uint value) => *_address = value;

    /// <summary>Atomically replaces <paramref name="comparand"/> by <paramref name="value"/> (full fence).</summary>
    /// <param name="value">The value to store if the comparison holds.</param>
    /// <param name="comparand">The value expected.</param>
    /// <returns>The value found; equal to <paramref name="comparand"/> when the exchange took place.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint CompareExchange(uint value, uint comparand) =>
        Interlocked.CompareExchange(ref *_address, value, comparand);

    /// <summary>Atomically replaces the value (full fence).</summary>
    /// <param name="value">The new value.</param>
    /// <returns>The value found.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Exchange(uint value) => Interlocked.Exchange(ref *_address, value);

    /// <summary>Atomically adds, wrapping on overflow (full fence).</summary>
    /// <param name="value">The amount to add.</param>
    /// <returns>The new value.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Add(uint value) => Interlocked.Add(ref *_address, value);

    /// <summary>Atomically adds one (full fence).</summary>
    /// <returns>The new value.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Increment() => Interlocked.Increment(ref *_address);

    /// <summary>Atomically subtracts one (full fence).</summary>
    /// <returns>The new value.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Decrement() => Interlocked.Decrement(ref *_address);

    /// <summary>Atomically sets bits (full fence).</summary>
    /// <param name="bits">The bits to set.</param>
    /// <returns>The value found before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Or(uint bits) => Interlocked.Or(ref *_address, bits);

    /// <summary>Atomically keeps only the given bits (full fence).</summary>
    /// <param name="bits">The bits to keep.</param>
    /// <returns>The value found before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint And(uint bits) => Interlocked.And(ref *_address, bits);

    /// <summary>The same four bytes as a signed cell.</summary>
    public SharedInt32 AsInt32() => new((int*)_address);
}
