using System.CommandLine;

namespace Plenum.Cli.Hosting;

/// <summary>Makes the value of an option a value whatever it starts with: <c>--metadata -x</c> becomes <c>--metadata=-x</c>.</summary>
/// <remarks>The parser would otherwise take a value that looks like one of the command's options for that option.</remarks>
internal static class ArgumentNormalizer
{
    internal static string[] Normalize(Command root, string[] args)
    {
        var result = new List<string>(args.Length);
        var scope = new List<Command> { root };
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
            else if (i + 1 < args.Length && args[i + 1].StartsWith('-') && TakesOneValue(scope, word))
            {
                result.Add($"{word}={args[++i]}");
                continue;
            }

            result.Add(word);
        }

        return [.. result];
    }

    private static bool TakesOneValue(List<Command> scope, string word)
    {
        if (!word.StartsWith('-'))
        {
            return false;
        }

        for (int i = scope.Count - 1; i >= 0; i--)
        {
            foreach (Option option in scope[i].Options)
            {
                if ((option.Name == word || option.Aliases.Contains(word)) && (option.Recursive || i == scope.Count - 1))
                {
                    return option.Arity is { MinimumNumberOfValues: 1, MaximumNumberOfValues: 1 };
                }
            }
        }

        return false;
    }
}
