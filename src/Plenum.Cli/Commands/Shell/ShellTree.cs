using System.Globalization;
using Plenum.Cli.Commands.ZeroIpc;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Inspection;

namespace Plenum.Cli.Commands.Shell;

/// <summary>What stands in the tree: ZeroIPC segments at the root, their entries below.</summary>
internal static class ShellTree
{
    internal static IEnumerable<string> Segments() => new SegmentCatalog().Look()
        .Where(segment => segment.Protocol == SegmentProtocol.ZeroIpc)
        .Select(segment => segment.Name)
        .Order(StringComparer.Ordinal);

    internal static IReadOnlyList<EntryDescription> Entries(string segment) =>
        ZeroIpcSegment.Describe("zeroipc:" + segment).Entries;

    /// <summary>The names below a place; none when it cannot be looked at.</summary>
    internal static IReadOnlyList<string> Names(ShellPath place)
    {
        try
        {
            return place.Segment is null ? [.. Segments()] : [.. Entries(place.Segment).Select(entry => entry.Name)];
        }
        catch (Exception e) when (e is CommandException or IOException)
        {
            return [];
        }
    }

    internal static void List(TextWriter output, ShellPath place)
    {
        if (place.Segment is null)
        {
            foreach (string name in Segments())
            {
                output.WriteLine(PrintableText.Of(name) + "/");
            }

            return;
        }

        IEnumerable<EntryDescription> entries = Entries(place.Segment);
        EntryDescription[] shown = [.. entries.Where(entry => place.Entry is null || entry.Name == place.Entry)];
        if (shown.Length == 0 && place.Entry is not null)
        {
            throw CommandException.NotFound($"ls: no '{place}'");
        }

        int width = shown.Length == 0 ? 0 : shown.Max(entry => entry.Name.Length);
        foreach (EntryDescription entry in shown)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{PrintableText.Of(entry.Name).PadRight(width)}  {entry.Kind,-10}  {entry.SizeBytes,10}"));
        }
    }

    /// <summary>Fails unless the place exists.</summary>
    /// <exception cref="CommandException">It does not.</exception>
    internal static void Require(ShellPath place)
    {
        if (place.Segment is { } segment && place.Entry is { } entry)
        {
            throw Entries(segment).Any(found => found.Name == entry)
                ? CommandException.Usage($"cd: '{place}' is a structure; 'cat {entry}' shows it")
                : CommandException.NotFound($"cd: no '{place}'");
        }

        if (place.Segment is not null)
        {
            _ = Entries(place.Segment);
        }
    }
}
