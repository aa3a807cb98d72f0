using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Plenum.Cli.Parsing;

/// <summary>The kinds of arguments and options the commands are made of.</summary>
internal static class Symbols
{
    /// <summary>A switch without a value.</summary>
    internal static Option<bool> Flag(string name, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, Arity = ArgumentArity.Zero };

    /// <summary>The switch that makes a command print JSON.</summary>
    internal static Option<bool> Json() => Flag("--json", "Print JSON instead of text.");

    internal static Option<string?> Text(string name, string description, string? fallback = null, params string[] aliases) =>
        new(name, aliases)
        {
            Description = description,
            DefaultValueFactory = _ => fallback,
            Arity = ArgumentArity.ExactlyOne,
        };

    internal static Option<long> Size(string name, string description, long fallback, params string[] aliases) =>
        new(name, aliases)
        {
            Description = description,
            HelpName = "size",
            DefaultValueFactory = _ => fallback,
            CustomParser = result => Parse<long>(result, SizeText.TryParse, "a size such as 4096, 64KiB, 10MiB or 1GiB"),
            Arity = ArgumentArity.ExactlyOne,
        };

    internal static Option<TimeSpan> Duration(string name, string description, TimeSpan fallback, params string[] aliases) =>
        new(name, aliases)
        {
            Description = description,
            HelpName = "duration",
            DefaultValueFactory = _ => fallback,
            CustomParser = result => Parse<TimeSpan>(
                result, DurationText.TryParse, "a duration such as 500ms, 5s or 2m"),
            Arity = ArgumentArity.ExactlyOne,
        };

    /// <summary>A whole number in a range.</summary>
    internal static Option<T> Number<T>(
        string name, string description, T fallback, T minimum, T maximum, params string[] aliases)
        where T : struct, IBinaryInteger<T> =>
        new(name, aliases)
        {
            Description = description,
            HelpName = "n",
            DefaultValueFactory = _ => fallback,
            CustomParser = result => Parse(
                result,
                (string text, out T value) =>
                    T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
                    && value >= minimum && value <= maximum,
                $"a whole number from {minimum} to {maximum}"),
            Arity = ArgumentArity.ExactlyOne,
        };

    /// <summary>A finite, positive number.</summary>
    internal static Option<double> Rate(string name, string description, double fallback, params string[] aliases) =>
        new(name, aliases)
        {
            Description = description,
            HelpName = "number",
            DefaultValueFactory = _ => fallback,
            CustomParser = result => Parse(
                result,
                (string text, out double value) =>
                    double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
                    && double.IsFinite(value) && value > 0,
                "a number above 0"),
            Arity = ArgumentArity.ExactlyOne,
        };

    /// <summary>One of a few words.</summary>
    internal static Option<string> Choice(string name, string description, string fallback, params string[] words) =>
        new(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            DefaultValueFactory = _ => fallback,
            CustomParser = result => Parse(
                result,
                (string text, out string value) => words.Contains(value = text, StringComparer.Ordinal),
                $"one of {string.Join(", ", words)}"),
            Arity = ArgumentArity.ExactlyOne,
        };

    /// <summary>The name of a segment, with or without a leading slash, optionally <c>protocol:NAME</c>.</summary>
    internal static Argument<string> Name(string name, string description) =>
        new(name)
        {
            Description = description,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = ParseName,
        };

    /// <summary>A name that may be missing.</summary>
    internal static Argument<string?> OptionalName(string name, string description) =>
        new(name)
        {
            Description = description,
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = ParseName,
            DefaultValueFactory = _ => null,
        };

    private delegate bool TryParse<T>(string text, out T value);

    private static T Parse<T>(ArgumentResult result, TryParse<T> parse, string expected)
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : string.Empty;
        if (parse(text, out T value))
        {
            return value;
        }

        string name = result.Parent is OptionResult option ? option.Option.Name : result.Argument.Name;
        result.AddError($"{name}: '{text}' is not {expected}");
        return default!;
    }

    // A name that looks like a long option is far more often a mistyped option than a name; after "--" it is a name.
    private static string ParseName(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (text.Length > 2 && text.StartsWith("--", StringComparison.Ordinal) && char.IsAsciiLetter(text[2])
            && !IsAfterSeparator(result))
        {
            result.AddError($"unknown option '{text}' (put -- before a name that starts with --)");
        }
        else if (text.Length == 0)
        {
            result.AddError($"{result.Argument.Name} must not be empty");
        }

        return text;
    }

    private static bool IsAfterSeparator(ArgumentResult result)
    {
        SymbolResult root = result;
        while (root.Parent is { } parent)
        {
            root = parent;
        }

        return root.Tokens.Any(token => token.Type == TokenType.DoubleDash)
            || (result.Parent is CommandResult command && command.Tokens.Any(token => token.Type == TokenType.DoubleDash));
    }
}
