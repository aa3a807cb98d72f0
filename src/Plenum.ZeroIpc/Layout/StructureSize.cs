using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Rounding and refusals that the layouts of all structures share.</summary>
internal static class StructureSize
{
    /// <summary>Rounds up to a multiple of a power of two.</summary>
    internal static long Up(long value, int alignment) => (value + alignment - 1) & -(long)alignment;

    /// <summary>Refuses element types that cannot lie in a segment; returns their size.</summary>
    internal static int OfElement<T>()
        where T : unmanaged
    {
        ShareableType.Check<T>();
        return ShareableType.SizeOf<T>();
    }

    /// <summary>Opens a structure, or creates it if there is none; of several creators at once, one wins and all
    /// open.</summary>
    internal static TStructure OpenOrCreate<TStructure>(
        SharedMemory memory, string name, Func<TStructure> open, Func<TStructure> create)
    {
        ArgumentNullException.ThrowIfNull(memory);
        if (memory.Table.TryFind(name, out _))
        {
            return open();
        }

        try
        {
            return create();
        }
        catch (EntryExistsException)
        {
            return open();
        }
    }
}
