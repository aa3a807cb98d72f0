using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Plenum.ZeroIpc;

/// <summary>The functions that this process gave for lazies of a segment, so that they are found by references
/// too.</summary>
/// <remarks>Functions never cross processes. Kept as long as the segment's object. Thread-safe.</remarks>
internal static class LazyFunctions<T>
    where T : unmanaged
{
    private static readonly ConditionalWeakTable<SharedMemory, ConcurrentDictionary<long, Known>> s_known = [];

    /// <summary>Remembers a function, the newest for an entry.</summary>
    internal static void Add(SharedMemory memory, long offset, Func<T> compute, SharedLazy<T>[] dependencies) =>
        s_known.GetValue(memory, static _ => new())[offset] = new Known(compute, dependencies);

    /// <summary>The function for an entry, if one was given.</summary>
    internal static Known Find(SharedMemory memory, long offset) =>
        s_known.TryGetValue(memory, out ConcurrentDictionary<long, Known>? known)
            && known.TryGetValue(offset, out Known found)
            ? found
            : new Known(null, []);

    /// <summary>A function with what it is computed from.</summary>
    internal readonly record struct Known(Func<T>? Compute, SharedLazy<T>[] Dependencies);
}
