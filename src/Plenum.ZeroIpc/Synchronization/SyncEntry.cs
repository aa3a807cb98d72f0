using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Finds and creates the table entries of the synchronisation structures, and checks what it finds.</summary>
internal static class SyncEntry
{
    /// <summary>Creates entries that appear together, in order; they are initialised before anybody can find them.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="entries">Names and sizes in bytes.</param>
    /// <param name="initialize">Fills the zeroed bytes; gets the segment and the offset of each entry.</param>
    /// <exception cref="SegmentExistsException">One of the names is taken.</exception>
    internal static void Create(
        SharedMemory memory, (string Name, long SizeBytes)[] entries, Action<SharedSegment, long[]> initialize) =>
        _ = memory.Add(entries, initialize);

    /// <summary>The offset of an entry that must have one of the given sizes.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry.</param>
    /// <param name="kind">The kind, for messages.</param>
    /// <param name="sizes">The sizes in bytes that the kind can have.</param>
    /// <exception cref="SegmentNotFoundException">No such entry.</exception>
    /// <exception cref="SegmentFormatException">The entry has another size, so it is another structure.</exception>
    internal static long Find(SharedMemory memory, string name, string kind, params ReadOnlySpan<long> sizes)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(name);
        if (!memory.TryFind(name, out long offset, out long size))
        {
            throw new SegmentNotFoundException(
                $"Could not open {kind} '{name}' in segment '{memory.Segment.Name}': there is no such entry. Create it, or check "
                + "the name.",
                "open " + kind,
                name);
        }

        if (sizes.Contains(size) && offset % 8 == 0)
        {
            return offset;
        }

        string expected = string.Join(" or ", sizes.ToArray());
        throw new SegmentFormatException(
            $"Could not open {kind} '{name}' in segment '{memory.Segment.Name}': the entry has {size} bytes at offset {offset}, a "
            + $"{kind} has {expected} at a multiple of 8. It is another structure; open it as what it is.",
            "open " + kind,
            memory.Segment.Name.Value,
            expected + " bytes",
            $"{size} bytes",
            offset);
    }

    /// <summary>Opens what exists, or creates it; of several processes at once exactly one creates.</summary>
    internal static T CreateOrOpen<T>(SharedMemory memory, string name, Func<T> create, Func<T> open)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(name);
        while (true)
        {
            if (memory.TryFind(name, out _, out _))
            {
                return open();
            }

            try
            {
                return create();
            }
            catch (SegmentExistsException) when (memory.TryFind(name, out _, out _))
            {
                // Another process was first.
            }
        }
    }

    /// <summary>Opens what exists; null when there is no such entry.</summary>
    internal static T? TryOpen<T>(SharedMemory memory, string name, Func<T> open)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(name);
        return memory.TryFind(name, out _, out _) ? open() : null;
    }

    /// <summary>The error of a field that holds what the kind never writes.</summary>
    internal static SegmentFormatException BadField(
        SharedMemory memory, string kind, string name, string field, string expected, string actual, long offset) =>
        new(
            $"Could not open {kind} '{name}' in segment '{memory.Segment.Name}': {field} is {actual}, expected {expected}. It is "
            + "another structure of the same size, or damaged; look at it with 'plenum show'.",
            "open " + kind,
            memory.Segment.Name.Value,
            expected,
            actual,
            offset);
}
