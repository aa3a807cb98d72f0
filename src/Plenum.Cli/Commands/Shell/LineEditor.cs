using System.Text;

namespace Plenum.Cli.Commands.Shell;

/// <summary>Reads a line from a terminal: cursor keys, history, completion.</summary>
internal sealed class LineEditor(TextWriter output, Func<string, IReadOnlyList<string>> complete)
{
    private readonly List<string> _history = [];
    private readonly StringBuilder _line = new();
    private int _cursor;
    private int _at;

    /// <summary>Reads a line; null at the end of the input (Ctrl-D on an empty line).</summary>
    internal string? Read(string prompt)
    {
        Console.TreatControlCAsInput = true;
        try
        {
            _line.Clear();
            _cursor = 0;
            _at = _history.Count;
            while (true)
            {
                Draw(prompt);
                ConsoleKeyInfo key = Console.ReadKey(intercept: true);
                bool control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
                switch (key.Key)
                {
                    case ConsoleKey.Enter:
                        return Finish();
                    case ConsoleKey.D when control && _line.Length == 0:
                        output.WriteLine();
                        output.Flush();
                        return null;
                    case ConsoleKey.C when control:
                        output.WriteLine("^C");
                        Replace(string.Empty);
                        break;
                    case ConsoleKey.Tab:
                        Complete();
                        break;
                    default:
                        Edit(key, control);
                        break;
                }
            }
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private string Finish()
    {
        output.WriteLine();
        output.Flush();
        string line = _line.ToString();
        if (line.Trim().Length > 0 && (_history.Count == 0 || _history[^1] != line))
        {
            _history.Add(line);
        }

        return line;
    }

    private void Edit(in ConsoleKeyInfo key, bool control)
    {
        switch (key.Key)
        {
            case ConsoleKey.LeftArrow:
                _cursor = Math.Max(0, _cursor - 1);
                break;
            case ConsoleKey.RightArrow:
                _cursor = Math.Min(_line.Length, _cursor + 1);
                break;
            case ConsoleKey.Home:
            case ConsoleKey.A when control:
                _cursor = 0;
                break;
            case ConsoleKey.End:
            case ConsoleKey.E when control:
                _cursor = _line.Length;
                break;
            case ConsoleKey.UpArrow:
                Recall(-1);
                break;
            case ConsoleKey.DownArrow:
                Recall(1);
                break;
            case ConsoleKey.Backspace when _cursor > 0:
                _line.Remove(--_cursor, 1);
                break;
            case ConsoleKey.Delete or ConsoleKey.D when (key.Key == ConsoleKey.Delete || control)
                && _cursor < _line.Length:
                _line.Remove(_cursor, 1);
                break;
            case ConsoleKey.U when control:
                _line.Remove(0, _cursor);
                _cursor = 0;
                break;
            case ConsoleKey.K when control:
                _line.Remove(_cursor, _line.Length - _cursor);
                break;
            case ConsoleKey.L when control:
                output.Write("\e[2J\e[H");
                break;
            default:
                Insert(key.KeyChar);
                break;
        }
    }

    private void Insert(char typed)
    {
        if (!char.IsControl(typed))
        {
            _line.Insert(_cursor++, typed);
        }
    }

    private void Recall(int step)
    {
        int to = Math.Clamp(_at + step, 0, _history.Count);
        if (to != _at)
        {
            _at = to;
            Replace(to == _history.Count ? string.Empty : _history[to]);
        }
    }

    private void Replace(string text)
    {
        _line.Clear().Append(text);
        _cursor = text.Length;
    }

    // One candidate is taken; of several, what they have in common, or else they are listed.
    private void Complete()
    {
        string before = _line.ToString(0, _cursor);
        int start = before.LastIndexOf(' ') + 1;
        IReadOnlyList<string> found = complete(before);
        if (found.Count == 0)
        {
            return;
        }

        string common = found.Aggregate(Common);
        string text = found.Count == 1 ? common + " " : common;
        if (text.Length > _cursor - start)
        {
            _line.Remove(start, _cursor - start).Insert(start, text);
            _cursor = start + text.Length;
        }
        else if (found.Count > 1)
        {
            output.WriteLine();
            output.WriteLine(string.Join("  ", found));
        }
    }

    private static string Common(string left, string right)
    {
        int length = 0;
        while (length < left.Length && length < right.Length && left[length] == right[length])
        {
            length++;
        }

        return left[..length];
    }

    // A line that is wider than the terminal shows the part around the cursor.
    private void Draw(string prompt)
    {
        int width = Math.Max(10, (Console.WindowWidth > 0 ? Console.WindowWidth : 80) - prompt.Length - 1);
        int from = Math.Max(0, _cursor - width + 1);
        string shown = _line.ToString(from, Math.Min(width, _line.Length - from));
        output.Write($"\r{prompt}{shown}\e[K\r\e[{prompt.Length + _cursor - from}C");
        output.Flush();
    }
}
