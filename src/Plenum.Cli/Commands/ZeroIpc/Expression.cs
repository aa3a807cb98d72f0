using System.Globalization;
using Plenum.Cli.Hosting;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>An expression of the command line: names, numbers, + - * / %, comparisons, &amp;&amp; ||, ! and brackets,
/// in floating point. A comparison is 1 or 0; everything but 0 is true.</summary>
internal sealed class Expression
{
    private static readonly string[][] s_levels =
    [
        ["||"], ["&&"], ["==", "!="], ["<=", ">=", "<", ">"], ["+", "-"], ["*", "/", "%"],
    ];

    private readonly string _text;
    private readonly string[] _names;
    private int _at;

    private Expression(string text, string[] names)
    {
        _text = text;
        _names = names;
    }

    /// <summary>Reads an expression.</summary>
    /// <param name="text">The text.</param>
    /// <param name="names">The names that may stand in it; their values are the arguments of the result, in this
    /// order.</param>
    /// <exception cref="CommandException">It is no expression.</exception>
    internal static Func<double, double, double> Parse(string text, params string[] names)
    {
        var parser = new Expression(text, names);
        Func<double, double, double> result = parser.Level(0);
        parser.SkipBlanks();
        return parser._at == text.Length ? result : throw parser.Unexpected();
    }

    private Func<double, double, double> Level(int level)
    {
        if (level == s_levels.Length)
        {
            return Unary();
        }

        Func<double, double, double> left = Level(level + 1);
        while (TryTake(s_levels[level]) is { } sign)
        {
            left = Join(sign, left, Level(level + 1));
        }

        return left;
    }

    private Func<double, double, double> Unary()
    {
        if (TryTake(["-"]) is not null)
        {
            Func<double, double, double> operand = Unary();
            return (x, y) => -operand(x, y);
        }

        if (TryTake(["!"]) is not null)
        {
            Func<double, double, double> operand = Unary();
            return (x, y) => operand(x, y) == 0 ? 1 : 0;
        }

        if (TryTake(["("]) is not null)
        {
            Func<double, double, double> inner = Level(0);
            return TryTake([")"]) is not null ? inner : throw Unexpected();
        }

        return Name() ?? Number();
    }

    private Func<double, double, double>? Name()
    {
        SkipBlanks();
        int end = _at;
        while (end < _text.Length && char.IsAsciiLetter(_text[end]))
        {
            end++;
        }

        int index = Array.IndexOf(_names, _text[_at..end]);
        if (index < 0)
        {
            return null;
        }

        _at = end;
        return index == 0 ? static (x, _) => x : static (_, y) => y;
    }

    private Func<double, double, double> Number()
    {
        int end = _at;
        while (end < _text.Length && (char.IsAsciiDigit(_text[end]) || _text[end] == '.'
            || (end > _at && _text[end] is 'e' or 'E')
            || (end > _at && _text[end] is '+' or '-' && _text[end - 1] is 'e' or 'E')))
        {
            end++;
        }

        if (!double.TryParse(_text[_at..end], NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
        {
            throw Unexpected();
        }

        _at = end;
        return (_, _) => number;
    }

    private static Func<double, double, double> Join(
        string sign, Func<double, double, double> a, Func<double, double, double> b) => sign switch
        {
            "||" => (x, y) => a(x, y) != 0 || b(x, y) != 0 ? 1 : 0,
            "&&" => (x, y) => a(x, y) != 0 && b(x, y) != 0 ? 1 : 0,
            "==" => (x, y) => a(x, y) == b(x, y) ? 1 : 0,
            "!=" => (x, y) => a(x, y) != b(x, y) ? 1 : 0,
            "<=" => (x, y) => a(x, y) <= b(x, y) ? 1 : 0,
            ">=" => (x, y) => a(x, y) >= b(x, y) ? 1 : 0,
            "<" => (x, y) => a(x, y) < b(x, y) ? 1 : 0,
            ">" => (x, y) => a(x, y) > b(x, y) ? 1 : 0,
            "+" => (x, y) => a(x, y) + b(x, y),
            "-" => (x, y) => a(x, y) - b(x, y),
            "*" => (x, y) => a(x, y) * b(x, y),
            "/" => (x, y) => a(x, y) / b(x, y),
            _ => (x, y) => a(x, y) % b(x, y),
        };

    private string? TryTake(string[] signs)
    {
        SkipBlanks();
        foreach (string sign in signs)
        {
            if (string.CompareOrdinal(_text, _at, sign, 0, sign.Length) == 0)
            {
                _at += sign.Length;
                return sign;
            }
        }

        return null;
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    private CommandException Unexpected() => CommandException.Usage(
        $"'{_text}' is no expression at position {_at + 1}: use {string.Join(", ", _names)}, numbers, "
        + "+ - * / %, comparisons, && || and brackets");
}
