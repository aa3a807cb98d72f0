using System.Text;

namespace Plenum.Cli.Output.Drawing;

/// <summary>A grid of characters in memory: what a terminal will show, and what a test can read.</summary>
internal sealed class ScreenBuffer
{
    private static readonly string[] s_codes =
        ["0", "1", "2", "7", "32", "33", "31", "36", "35", "34"];

    private readonly char[] _cells;
    private readonly Ink[] _inks;

    internal ScreenBuffer(int width, int height)
    {
        Width = Math.Max(1, width);
        Height = Math.Max(1, height);
        _cells = new char[Width * Height];
        _inks = new Ink[Width * Height];
        Array.Fill(_cells, ' ');
    }

    internal int Width { get; }

    internal int Height { get; }

    /// <summary>Writes text; what does not fit is cut off. Control characters become <c>?</c>.</summary>
    internal void Write(int x, int y, string text, Ink ink = Ink.Plain)
    {
        for (int i = 0; i < text.Length && y >= 0 && y < Height; i++)
        {
            int at = x + i;
            if (at >= 0 && at < Width)
            {
                _cells[(y * Width) + at] = char.IsControl(text[i]) ? '?' : text[i];
                _inks[(y * Width) + at] = ink;
            }
        }
    }

    /// <summary>Writes text so that it ends before a column.</summary>
    internal void WriteRight(int end, int y, string text, Ink ink = Ink.Plain) =>
        Write(end - text.Length, y, text, ink);

    /// <summary>Gives a whole row a look.</summary>
    internal void Paint(int y, Ink ink)
    {
        if (y >= 0 && y < Height)
        {
            _inks.AsSpan(y * Width, Width).Fill(ink);
        }
    }

    /// <summary>One row as text without trailing blanks.</summary>
    internal string Line(int y) => new string(_cells, y * Width, Width).TrimEnd();

    /// <summary>All rows.</summary>
    internal IReadOnlyList<string> Lines() => [.. Enumerable.Range(0, Height).Select(Line)];

    /// <summary>One row with the terminal's codes for its looks; colours only when wanted.</summary>
    internal string Ansi(int y, bool colour)
    {
        var line = new StringBuilder(Width + 32);
        Ink now = Ink.Plain;
        for (int x = 0; x < Width; x++)
        {
            Ink ink = _inks[(y * Width) + x];
            ink = !colour && ink >= Ink.Green ? Ink.Plain : ink;
            if (ink != now)
            {
                line.Append("\e[0m");
                if (ink != Ink.Plain)
                {
                    line.Append("\e[").Append(s_codes[(int)ink]).Append('m');
                }

                now = ink;
            }

            line.Append(_cells[(y * Width) + x]);
        }

        return now == Ink.Plain ? line.ToString() : line.Append("\e[0m").ToString();
    }
}
