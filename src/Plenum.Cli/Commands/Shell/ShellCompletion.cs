using Plenum.Cli.Commands.Help;
using Plenum.Cli.Commands.ZeroIpc;

namespace Plenum.Cli.Commands.Shell;

/// <summary>What may stand at the end of a line of the shell.</summary>
internal static class ShellCompletion
{
    /// <summary>The candidates for the last word of a line, which may be empty.</summary>
    internal static IReadOnlyList<string> Of(string line, ShellPath place)
    {
        string[] words = line.TrimStart().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool begins = line.Length == 0 || line[^1] == ' ';
        string last = begins ? string.Empty : words[^1];
        string[] before = begins ? words : words[..^1];
        return [.. Candidates(before, last, place)
            .Where(candidate => candidate.StartsWith(last, StringComparison.Ordinal))
            .Distinct()
            .Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Candidates(string[] before, string last, ShellPath place)
    {
        StructureKind? kind = before.Length == 0 ? null : StructureKinds.All.FirstOrDefault(k => k.Name == before[0]);
        if (before.Length == 0)
        {
            return
            [
                .. ShellSession.OwnCommands,
                .. StructureKinds.All.Select(known => known.Name),
                .. CommandTable.Entries.Where(entry => !entry.Hidden).Select(entry => entry.Name),
            ];
        }

        if (before[0] is "ls" or "cd" or "cat")
        {
            return Paths(last, place);
        }

        if (kind is null)
        {
            return CommandCompletion.Of([.. before, last]);
        }

        return before.Length == 1 ? kind.Operations.Select(operation => operation.Name)
            : before.Length == 2 && !last.StartsWith('-') ? Paths(last, place)
            : CommandCompletion.Of(["zeroipc", kind.Name, before[1], "segment", .. before[2..], last]);
    }

    private static IEnumerable<string> Paths(string last, ShellPath place)
    {
        int slash = last.LastIndexOf('/');
        string folder = slash < 0 ? string.Empty : last[..(slash + 1)];
        return ShellTree.Names(place.Resolve(folder)).Select(name => folder + name);
    }
}
