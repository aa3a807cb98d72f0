using System.CommandLine;

namespace Plenum.Cli.Hosting;

/// <summary>A command that only groups others. Its members are built when named on the command line, as stubs
/// otherwise:
/// building all of them would cost more time than most commands take.</summary>
internal sealed class CommandGroup(string name, string description, IReadOnlyList<CommandEntry> entries)
    : Command(name, description)
{
    /// <summary>The members, built or not.</summary>
    internal IReadOnlyList<CommandEntry> Entries => entries;

    /// <summary>Adds the members to a command.</summary>
    /// <param name="parent">The command that gets them.</param>
    /// <param name="entries">The members.</param>
    /// <param name="words">The words of the command line after the parent's name.</param>
    internal static void Expand(Command parent, IReadOnlyList<CommandEntry> entries, ReadOnlySpan<string> words)
    {
        int first = 0;
        while (first < words.Length && words[first].StartsWith('-'))
        {
            first++;
        }

        string? wanted = first < words.Length ? words[first] : null;
        foreach (CommandEntry entry in entries)
        {
            if (entry.Name != wanted)
            {
                parent.Add(new Command(entry.Name, entry.Description) { Hidden = entry.Hidden });
                continue;
            }

            Command command = entry.Build();
            command.Hidden = entry.Hidden;
            (command as CommandGroup)?.Expand(words[(first + 1)..]);
            parent.Add(command);
        }
    }

    internal void Expand(ReadOnlySpan<string> words) => Expand(this, entries, words);
}
