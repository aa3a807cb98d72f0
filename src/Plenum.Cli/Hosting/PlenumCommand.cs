using System.CommandLine;

namespace Plenum.Cli.Hosting;

/// <summary>A command that can be run.</summary>
internal abstract class PlenumCommand(string name, string description) : Command(name, description)
{
    /// <summary>Whole command lines shown by <c>--help</c>.</summary>
    internal IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>What <c>--help</c> says after the options.</summary>
    internal string? Remarks { get; init; }

    /// <summary>Whether arguments may be anything. Where all are names, a word like <c>--jsno</c> is a mistyped
    /// option.</summary>
    internal virtual bool TakesValues => false;

    /// <summary>Runs the command.</summary>
    /// <returns>The exit code.</returns>
    internal abstract int Run(CommandContext context);

    /// <summary>Declares an argument and returns it.</summary>
    protected T Declare<T>(T symbol)
        where T : Symbol
    {
        switch (symbol)
        {
            case Argument argument:
                Add(argument);
                break;
            case Option option:
                Add(option);
                break;
            default:
                throw new ArgumentException(
                    $"{symbol.GetType().Name} is neither an argument nor an option.", nameof(symbol));
        }

        return symbol;
    }
}
