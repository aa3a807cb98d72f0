using System.CommandLine;

namespace Plenum.Cli.Hosting;

/// <summary>Makes the value of an option a value whatever it starts with: <c>--metadata -x</c> becomes
/// <c>--metadata=-x</c>.</summary>
/// <remarks>The parser would otherwise take a value that looks like one of the command's options for that
/// option.</remarks>
internal static class ArgumentNormalizer
{
    internal static string[] Normalize(Command root, string[] args)
    {
        var result = new List<string>(args.Length);
        var scope = new List<Command> { root };
        bool asksForHelp = args.Any(word => word is "--help" or "-h" or "-?");
        for (int i = 0; i < args.Length; i++)
        {
            string word = args[i];
            if (word == "--")
            {
                result.AddRange(args[i..]);
                break;
            }

            Command? child = scope[^1].Subcommands.FirstOrDefault(command => command.Name == word);
            if (child is not null)
            {
                scope.Add(child);
            }
            else if (word.StartsWith('-') && FindOption(scope, word) is var option)
            {
                if (option is null && !asksForHelp && scope[^1] is PlenumCommand { TakesValues: false }
                    && LooksLikeOption(word))
                {
                    throw CommandException.Usage($"unknown option '{word}' (put -- before a name that starts with --)");
                }

                if (i + 1 < args.Length && args[i + 1].StartsWith('-')
                    && option?.Arity is { MinimumNumberOfValues: 1, MaximumNumberOfValues: 1 })
                {
                    result.Add($"{word}={args[++i]}");
                    continue;
                }
            }

            result.Add(word);
        }

        return [.. result];
    }

    private static bool LooksLikeOption(string word) =>
        word.Length > 2 && word.StartsWith("--", StringComparison.Ordinal) && char.IsAsciiLetter(word[2]);

    private static Option? FindOption(List<Command> scope, string word)
    {
        int end = word.AsSpan().IndexOfAny('=', ':');
        string name = end < 0 ? word : word[..end];
        for (int i = scope.Count - 1; i >= 0; i--)
        {
            foreach (Option option in scope[i].Options)
            {
                if ((option.Name == name || option.Aliases.Contains(name))
                    && (option.Recursive || i == scope.Count - 1))
                {
                    return option;
                }
            }
        }

        return null;
    }
}
