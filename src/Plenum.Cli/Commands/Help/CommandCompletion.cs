using System.CommandLine;
using System.CommandLine.Help;
using Plenum.Cli.Hosting;
using Plenum.Inspection;

namespace Plenum.Cli.Commands.Help;

/// <summary>What may stand at the end of a command line: commands, options, their words, segments.</summary>
internal static class CommandCompletion
{
    private static readonly string[] s_segmentArguments = ["SEGMENT", "NAME", "IN", "OUT"];

    /// <summary>The candidates for the last word, which may be empty.</summary>
    /// <param name="words">The words after <c>plenum</c>.</param>
    internal static IReadOnlyList<string> Of(IReadOnlyList<string> words)
    {
        string last = words.Count == 0 ? string.Empty : words[^1];
        return [.. Candidates([.. words.Take(words.Count - 1)], last)
            .Where(candidate => candidate.StartsWith(last, StringComparison.Ordinal))
            .Distinct()
            .Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Candidates(string[] before, string last)
    {
        IReadOnlyList<CommandEntry> entries = CommandTable.Entries;
        Command? command = null;
        int operands = 0;
        foreach (string word in before.Where(word => !word.StartsWith('-')))
        {
            CommandEntry? next = entries.FirstOrDefault(entry => entry.Name == word);
            if (next is null)
            {
                operands++;
                continue;
            }

            command = next.Build();
            entries = command is CommandGroup group ? group.Entries : [];
        }

        if (before.Length > 0 && FindOption(command, before[^1]) is { Arity.MaximumNumberOfValues: > 0 } option)
        {
            return option.HelpName?.Contains('|', StringComparison.Ordinal) == true ? option.HelpName.Split('|') : [];
        }

        if (last.StartsWith('-'))
        {
            return Options(command);
        }

        return command is null or CommandGroup
            ? entries.Where(entry => !entry.Hidden).Select(entry => entry.Name)
            : Operand(command, operands, before, last);
    }

    private static IEnumerable<string> Options(Command? command) =>
        (command?.Options.Where(option => !option.Hidden).Select(option => option.Name) ?? []).Append("--help")
            .Append("--verbose");

    private static Option? FindOption(Command? command, string word) => word.StartsWith('-')
        ? command?.Options.FirstOrDefault(option =>
            option is not HelpOption && (option.Name == word || option.Aliases.Contains(word)))
        : null;

    private static IEnumerable<string> Operand(Command command, int index, string[] before, string last)
    {
        // The value of an option was counted as an operand.
        int values = before.Zip(before.Skip(1), (option, value) => (option, value)).Count(pair =>
            !pair.value.StartsWith('-') && FindOption(command, pair.option) is { Arity.MaximumNumberOfValues: > 0 });
        int place = Math.Min(index - values, command.Arguments.Count - 1);
        if (place < 0)
        {
            return [];
        }

        string name = command.Arguments[place].Name;
        if (command is HelpCommand)
        {
            return HelpTopics.Names;
        }

        if (command is CompletionCommand)
        {
            return CompletionCommand.Shells;
        }

        if (name == "ENTRY" || (name == "NAME" && place == 1))
        {
            return Entries(before);
        }

        return s_segmentArguments.Contains(name) ? Segments(last) : [];
    }

    private static IEnumerable<string> Segments(string last)
    {
        int colon = last.IndexOf(':', StringComparison.Ordinal);
        string prefix = colon < 0 ? string.Empty : last[..(colon + 1)];
        string slash = last.StartsWith('/') ? "/" : string.Empty;
        return new SegmentCatalog().Look().Select(segment => prefix + slash + segment.Name);
    }

    // The entries of the segment that stands before.
    private static IEnumerable<string> Entries(string[] before)
    {
        string segment = before.LastOrDefault(word => !word.StartsWith('-')) ?? string.Empty;
        return Shell.ShellTree.Names(new Shell.ShellPath(segment.TrimStart('/'), null));
    }
}
