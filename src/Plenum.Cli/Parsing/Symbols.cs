using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Plenum.Cli.Parsing;

/// <summary>The kinds of arguments and options the commands are made of.</summary>
internal static class Symbols
{
    // Once in eleven days; the period of less would not fit a TimeSpan.
    private const double LeastRate = 1e-6;

    /// <summary>A switch without a value.</summary>
    internal static Option<bool> Flag(string name, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, Arity = ArgumentArity.Zero };

    /// <summary>The switch that makes a command print JSON.</summary>
    internal static Option<bool> Json() => Flag("--json", "Print JSON instead of text.");

    internal static ValueOption<string?> Text(
        string name, string description, string? fallback = null, params string[] aliases) =>
        new(name, aliases, description, fallback, fallback) { HelpName = "text" };

    /// <summary>A file, or a standard stream with <c>-</c>.</summary>
    internal static ValueOption<string?> FilePath(string name, string description, params string[] aliases) =>
        new(name, aliases, description, null, null) { HelpName = "file" };

    /// <summary>A number of bytes. An empty <c>fallbackText</c> keeps the default out of <c>--help</c>.</summary>
    internal static ValueOption<long> Size(
        string name, string description, long fallback, string fallbackText, params string[] aliases) =>
        new(name, aliases, description, fallback, fallbackText)
        {
            HelpName = "size",
            CustomParser =
                result => Parse<long>(result, SizeText.TryParse, "a size such as 4096, 64KiB, 10MiB or 1GiB"),
        };

    internal static ValueOption<TimeSpan> Duration(
        string name, string description, TimeSpan fallback, string fallbackText, params string[] aliases) =>
        new(name, aliases, description, fallback, fallbackText)
        {
            HelpName = "duration",
            CustomParser = result => Parse<TimeSpan>(
                result, DurationText.TryParse, "a duration such as 500ms, 5s or 2m"),
        };

    /// <summary>A whole number in a range.</summary>
    internal static ValueOption<T> Number<T>(
        string name, string description, T fallback, T minimum, T maximum, params string[] aliases)
        where T : struct, IBinaryInteger<T> =>
        new(name, aliases, description, fallback, fallback.ToString(null, CultureInfo.InvariantCulture))
        {
            HelpName = "n",
            CustomParser = result => Parse(
                result,
                (string text, out T value) =>
                    T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
                    && value >= minimum && value <= maximum,
                $"a whole number from {minimum} to {maximum}"),
        };

    /// <summary>A finite, positive number.</summary>
    internal static ValueOption<double> Rate(string name, string description, double fallback, string fallbackText) =>
        new(name, [], description, fallback, fallbackText)
        {
            HelpName = "number",
            CustomParser = result => Parse(
                result,
                (string text, out double value) =>
                    double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
                    && double.IsFinite(value) && value >= LeastRate,
                "a number from 0.000001 on"),
        };

    /// <summary>One of a few words.</summary>
    internal static ValueOption<string> Choice(
        string name, string description, string fallback, params string[] words) =>
        new(name, [], description, fallback, fallback)
        {
            HelpName = string.Join('|', words),
            CustomParser = result => Parse(
                result,
                (string text, out string value) => words.Contains(value = text, StringComparer.Ordinal),
                $"one of {string.Join(", ", words)}"),
        };

    /// <summary>The name of a segment, with or without a leading slash, optionally <c>protocol:NAME</c>.</summary>
    internal static Argument<string> Name(string name, string description) =>
        new(name)
        {
            Description = description,
            Arity = ArgumentArity.ExactlyOne,
        };

    /// <summary>A name that may be missing.</summary>
    internal static Argument<string?> OptionalName(string name, string description) =>
        new(name)
        {
            Description = description,
            Arity = ArgumentArity.ZeroOrOne,
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
}
