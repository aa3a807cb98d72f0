using System.CommandLine;

namespace Plenum.Cli.Parsing;

/// <summary>An option with a value, and the value it has when it is not given.</summary>
/// <remarks>The parser's own default would be shown by <c>--help</c> in the type's format, not in the one people
/// write.</remarks>
internal sealed class ValueOption<T> : Option<T>
{
    internal ValueOption(string name, string[] aliases, string description, T fallback, string? fallbackText)
        : base(name, aliases)
    {
        Fallback = fallback;
        Arity = ArgumentArity.ExactlyOne;
        Description = string.IsNullOrEmpty(fallbackText) ? description : $"{description} [default: {fallbackText}]";
    }

    internal T Fallback { get; }
}
