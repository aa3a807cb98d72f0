using System.Runtime.CompilerServices;

namespace Plenum.Platform;

/// <summary>A 64-bit unsigned integer in shared memory, accessed with an explicit ordering verb.</summary>
/// <remarks>
/// <para>A cell is a checked address: bounds and natural alignment are verified once, when
/// <see cref="SharedSegment.UInt64(long)"/> hands it out; afterwards an access costs what a raw pointer costs.</para>
/// <para>Thread-safe: every verb is one hardware access. A cell must not be used after the last reference to its
/// segment is gone; protocol objects hold a reference for their lifetime (<see cref="SharedSegment.AddReference"/>).
/// The default cell throws <see cref="NullReferenceException"/> on use.</para>
/// </remarks>
public readonly unsafe struct SharedUInt64
{
    // SAFETY: SharedSegment checked bounds and alignment; the holder keeps a reference to the mapping.
    private readonly ulong* _address;

    internal SharedUInt64(ulong* address) => _address = address;

    internal ulong* Address => _address;

    /// <summary>True for the default value, which addresses nothing.</summary>
    public bool IsDefault => _address is null;

    /// <summary>Loads with acquire order: what the other side stored before its release is visible
    /// afterwards.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadAcquire() => Volatile.Read(ref *_address);

    /// <summary>Stores with release order: everything this thread stored before is visible to who reads this
    /// value.</summary>
    /// <param name="value">The value to publish.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteRelease(ulong value) => Volatile.Write(ref *_address, value);

    /// <summary>Plain load, for a field that only the calling thread writes, or a hint that is validated
    /// later.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadOwned() => *_address;

    /// <summary>Plain store, for a field that is published by a later release.</summary>
    /// <param name="value">The value to store.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteOwned(ulong value) => *_address = value;

    /// <summary>Atomically replaces <paramref name="comparand"/> by <paramref name="value"/> (full fence).</summary>
    /// <param name="value">The value to store if the comparison holds.</param>
    /// <param name="comparand">The value expected.</param>
    /// <returns>The value found; equal to <paramref name="comparand"/> when the exchange took place.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong CompareExchange(ulong value, ulong comparand) =>
        Interlocked.CompareExchange(ref *_address, value, comparand);

    /// <summary>Atomically replaces the value (full fence).</summary>
    /// <param name="value">The new value.</param>
    /// <returns>The value found.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Exchange(ulong value) => Interlocked.Exchange(ref *_address, value);

    /// <summary>Atomically adds, wrapping on overflow (full fence).</summary>
    /// <param name="value">The amount to add.</param>
    /// <returns>The new value.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Add(ulong value) => Interlocked.Add(ref *_address, value);

    /// <summary>Atomically adds one (full fence).</summary>
    /// <returns>The new value.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Increment() => Interlocked.Increment(ref *_address);

    /// <summary>Atomically subtracts one (full fence).</summary>
    /// <returns>The new value.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Decrement() => Interlocked.Decrement(ref *_address);

    /// <summary>Atomically sets bits (full fence).</summary>
    /// <param name="bits">The bits to set.</param>
    /// <returns>The value found before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Or(ulong bits) => Interlocked.Or(ref *_address, bits);

    /// <summary>Atomically keeps only the given bits (full fence).</summary>
    /// <param name="bits">The bits to keep.</param>
    /// <returns>The value found before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong And(ulong bits) => Interlocked.And(ref *_address, bits);

    /// <summary>The low 32 bits (little endian) as a cell, for futex waits on one half of a 64-bit word.</summary>
    public SharedUInt32 LowHalf() => new((uint*)_address);

    /// <summary>The high 32 bits (little endian) as a cell.</summary>
    public SharedUInt32 HighHalf() => new((uint*)_address + 1);
}
