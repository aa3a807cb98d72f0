using System.Runtime.CompilerServices;

namespace Plenum.Platform;

/// <summary>A 64-bit signed integer in shared memory, accessed with an explicit ordering verb.</summary>
/// <remarks>
/// <para>A cell is a checked address: bounds and natural alignment are verified once, when
/// <see cref="SharedSegment.Int64(long)"/> hands it out; afterwards an access costs what a raw pointer costs.</para>
/// <para>Thread-safe: every verb is one hardware access. A cell must not be used after the last reference to its
/// segment is gone; protocol objects hold a reference for their lifetime (<see cref="SharedSegment.AddReference"/>).
/// The default cell throws <see cref="NullReferenceException"/> on use.</para>
/// </remarks>
public readonly unsafe struct SharedInt64
{
    // SAFETY: SharedSegment checked bounds and alignment; the holder keeps a reference to the mapping.
    private readonly long* _address;

    internal SharedInt64(long* address) => _address = address;

    internal long* Address => _address;

    /// <summary>True for the default value, which addresses nothing.</summary>
    public bool IsDefault => _address is null;

    /// <summary>Loads with acquire order: what the other side stored before its release is visible
    /// afterwards.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadAcquire() => Volatile.Read(ref *_address);

    /// <summary>Stores with release order: everything this thread stored before is visible to who reads this
    /// value.</summary>
    /// <param name="value">The value to publish.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteRelease(long value) => Volatile.Write(ref *_address, value);

    /// <summary>Plain load, for a field that only the calling thread writes, or a hint that is validated
    /// later.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadOwned() => *_address;

    /// <summary>Plain store, for a field that is published by a later release.</summary>
    /// <param name="value">The value to store.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteOwned(long value) => *_address = value;

    /// <summary>Atomically replaces <paramref name="comparand"/> by <paramref name="value"/> (full fence).</summary>
    /// <param name="value">The value to store if the comparison holds.</param>
    /// <param name="comparand">The value expected.</param>
    /// <returns>The value found; equal to <paramref name="comparand"/> when the exchange took place.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long CompareExchange(long value, long comparand) =>
        Interlocked.CompareExchange(ref *_address, value, comparand);

    /// <summary>Atomically replaces the value (full fence).</summary>
    /// <param name="value">The new value.</param>
    /// <returns>The value found.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Exchange(long value) => Interlocked.Exchange(ref *_address, value);

    /// <summary>Atomically adds, wrapping on overflow (full fence).</summary>
    /// <param name="value">The amount to add.</param>
    /// <returns>The new value.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Add(long value) => Interlocked.Add(ref *_address, value);

    /// <summary>Atomically adds one (full fence).</summary>
    /// <returns>The new value.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Increment() => Interlocked.Increment(ref *_address);

    /// <summary>Atomically subtracts one (full fence).</summary>
    /// <returns>The new value.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Decrement() => Interlocked.Decrement(ref *_address);

    /// <summary>Atomically sets bits (full fence).</summary>
    /// <param name="bits">The bits to set.</param>
    /// <returns>The value found before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Or(long bits) => Interlocked.Or(ref *_address, bits);

    /// <summary>Atomically keeps only the given bits (full fence).</summary>
    /// <param name="bits">The bits to keep.</param>
    /// <returns>The value found before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long And(long bits) => Interlocked.And(ref *_address, bits);
}
