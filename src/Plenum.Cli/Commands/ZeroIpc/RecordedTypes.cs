using System.Globalization;
using Plenum.Inspection;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>The element sizes that a structure records, for operations that print no element: they need no
/// --type.</summary>
internal static class RecordedTypes
{
    /// <summary>Types of the sizes that the entry says.</summary>
    /// <returns>Null when it says none that make sense: the operation then opens it as --type says, and tells what is
    /// wrong.</returns>
    internal static IReadOnlyList<ElementType>? Find(SegmentImage image, SharedMemory memory, string kind, string name)
    {
        if (!TryFindHeader(memory, kind, name, out SharedEntry entry, out long[] at))
        {
            return null;
        }

        var types = new List<ElementType>();
        foreach (long offset in at)
        {
            uint size = image.UInt32At(entry.Offset + offset) ?? 0;
            if (size is < 1 or > ElementType.MaximumBytes)
            {
                return null;
            }

            types.Add(OfSize((int)size));
        }

        return types;
    }

    /// <summary>Numbers where there are such, because the places of keys and nodes follow from the alignment.</summary>
    private static ElementType OfSize(int size) => ElementType.Find("--type", size switch
    {
        1 => "u8",
        2 => "u16",
        4 => "u32",
        8 => "u64",
        _ => string.Create(CultureInfo.InvariantCulture, $"bytes:{size}"),
    });

    private static bool TryFindHeader(
        SharedMemory memory, string kind, string name, out SharedEntry entry, out long[] at)
    {
        at = kind switch
        {
            "queue" or "channel" or "broadcast" => [0x0C],
            "stack" or "set" => [0x08],
            "map" => [0x08, 0x0C],
            "ring" or "pool" or "stream" => [0x14],
            _ => [],
        };
        return (kind is "channel" or "stream" && memory.Table.TryFind(name + "_buffer", out entry))
            || memory.Table.TryFind(name, out entry);
    }
}
