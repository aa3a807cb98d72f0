namespace Plenum.Inspection.Watching;

/// <summary>The live numbers of one ZeroIPC entry.</summary>
/// <param name="Produced">What was put in so far.</param>
/// <param name="Consumed">What was taken out so far; null for a kind without that.</param>
/// <param name="Depth">Elements inside; null for a kind without elements.</param>
/// <param name="Capacity">Elements that fit; null when unbounded.</param>
/// <param name="Bits">Width of the counters: 32 or 64 bits; 0 when the structure does not count.</param>
/// <param name="ElementBytes">Size of an element; 0 when unknown.</param>
internal readonly record struct EntryReading(
    ulong Produced, ulong? Consumed, long? Depth, long? Capacity, int Bits, uint ElementBytes = 0);
