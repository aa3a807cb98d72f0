namespace Plenum.Inspection.Watching;

/// <summary>What one look at an entry found. Immutable.</summary>
/// <param name="Elements">The raw elements, oldest first: what is new since the look before (ring, stream, queue,
/// channel), the value when it changed (signal) or became known (future), everything (array).</param>
/// <param name="Missed">Elements that came and went between two looks, or that were too many for one.</param>
/// <param name="Position">How many elements there were before the first of <paramref name="Elements"/>; the version of
/// a signal; 0 for an array.</param>
public sealed record EntryValues(IReadOnlyList<ReadOnlyMemory<byte>> Elements, ulong Missed, ulong Position)
{
    /// <summary>Nothing new.</summary>
    public static EntryValues None { get; } = new([], 0, 0);
}
