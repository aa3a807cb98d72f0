using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Finds and creates the table entries of the synchronisation structures, and checks what it finds.</summary>
internal static class SyncEntry
{
    /// <summary>The wait table beside the segment, joined at first use.</summary>
    internal static WaitTable Waits(this SharedMemory memory) =>
        memory.Companion(static m =>
        {
            WaitTable table = WaitTable.Attach(m.Segment, (uint)m.Table.Capacity);
            table.Strategy = m.WaitStrategy;
            return table;
        });

    /// <summary>The offset of an entry that must have one of the given sizes.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry.</param>
    /// <param name="kind">The kind, for messages.</param>
    /// <param name="sizes">The sizes in bytes that the kind can have.</param>
    /// <exception cref="EntryNotFoundException">No such entry.</exception>
    /// <exception cref="SegmentFormatException">The entry has another size, so it is another structure.</exception>
    internal static long Find(SharedMemory memory, string name, string kind, params ReadOnlySpan<long> sizes)
    {
        ArgumentNullException.ThrowIfNull(memory);
        SharedEntry entry = memory.OpenEntry(kind, name, 0);
        return sizes.Contains(entry.SizeBytes)
            ? entry.Offset
            : throw memory.WrongLayout(
                kind, entry, $"{string.Join(" or ", sizes.ToArray())} bytes", $"{entry.SizeBytes} bytes", -1);
    }

    /// <summary>Opens what exists, or creates it; of several processes at once exactly one creates.</summary>
    internal static T CreateOrOpen<T>(SharedMemory memory, string name, Func<T> create, Func<T> open)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(name);
        while (true)
        {
            if (memory.Table.TryFind(name, out _))
            {
                return open();
            }

            try
            {
                return create();
            }
            catch (EntryExistsException) when (memory.Table.TryFind(name, out _))
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
        return memory.Table.TryFind(name, out _) ? open() : null;
    }

    /// <summary>The error of a field that holds what the kind never writes.</summary>
    internal static SegmentFormatException BadField(
        SharedMemory memory, string kind, string name, string field, string expected, string actual, long offset) =>
        new(
            $"Could not open {kind} '{name}' in segment '{memory.Name}': {field} is {actual}, expected {expected}. It "
            + "is another structure of the same size, or damaged; look at it with 'plenum show'.",
            "open " + kind,
            memory.Name,
            expected,
            actual,
            offset);
}
