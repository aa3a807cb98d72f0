using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Plenum.Cli.Output.Drawing;

/// <summary>Draws series of points as lines: braille dots (2 x 4 in a cell), or one letter a series in ASCII.</summary>
[SuppressMessage(
    "Performance", "CA1814:Prefer jagged arrays", Justification = "A raster is a rectangle.")]
internal sealed class LinePlot(int width, int height, bool unicode)
{
    private const int LabelWidth = 10;
    private const int RowsOfAStep = 5;
    private const string Letters = "*+ox#@%&";

    // Bits of the braille characters' dots, by column and row.
    private static readonly int[][] s_dots = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
    private static readonly Ink[] s_inks = [Ink.Green, Ink.Cyan, Ink.Yellow, Ink.Magenta, Ink.Red, Ink.Blue];

    private int Columns => Math.Max(8, width - LabelWidth - 2);

    private int Rows => Math.Max(3, height - 3);

    /// <summary>Draws into a buffer of the size given.</summary>
    internal ScreenBuffer Draw(string title, IReadOnlyList<PlotSeries> series, string unit)
    {
        var buffer = new ScreenBuffer(width, height);
        (double left, double right) = Range(series.SelectMany(one => one.X));
        (double low, double high) = Range(series.SelectMany(one => one.Y));
        var axis = PlotAxis.Around(low, high, Math.Max(2, Rows / RowsOfAStep));
        DrawFrame(buffer, title, axis, left, right, unit);
        for (int i = 0; i < series.Count; i++)
        {
            DrawSeries(buffer, series[i], i, (left, right), (axis.Low, axis.High));
        }

        DrawLegend(buffer, series);
        return buffer;
    }

    private static (double Low, double High) Range(IEnumerable<double> values)
    {
        double low = double.PositiveInfinity;
        double high = double.NegativeInfinity;
        foreach (double value in values.Where(double.IsFinite))
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        return low > high ? (0, 0) : (low, high);
    }

    private void DrawFrame(
        ScreenBuffer buffer, string title, PlotAxis axis, double left, double right, string unit)
    {
        string wall = unicode ? "│" : "|";
        string mark = unicode ? "┤" : "+";
        string floor = unicode ? "└" + new string('─', Columns) : "+" + new string('-', Columns);
        buffer.Write(LabelWidth, 0, title, Ink.Bold);
        for (int y = 0; y < Rows; y++)
        {
            buffer.Write(LabelWidth, y + 1, wall, Ink.Faint);
        }

        foreach (double value in axis.Marks())
        {
            int y = Rows - Place(value, (axis.Low, axis.High), Rows);
            buffer.Write(LabelWidth, y, mark, Ink.Faint);
            buffer.WriteRight(LabelWidth - 1, y, axis.Label(value));
        }

        buffer.Write(LabelWidth, Rows + 1, floor, Ink.Faint);
        if (unit == "s")
        {
            // Times begin whenever the first value came; less than a millisecond of it says nothing.
            left = Math.Round(left, 3);
        }

        buffer.Write(LabelWidth + 1, Rows + 2, Label(left) + unit);
        if (right > left)
        {
            buffer.WriteRight(LabelWidth + 1 + Columns, Rows + 2, Label(right) + unit);
        }
    }

    private void DrawLegend(ScreenBuffer buffer, IReadOnlyList<PlotSeries> series)
    {
        if (series.Count < 2)
        {
            return;
        }

        int x = LabelWidth + 14;
        for (int i = 0; i < series.Count && x < width - 14; i++)
        {
            string entry = unicode ? series[i].Name : $"{Letters[i % Letters.Length]} {series[i].Name}";
            buffer.Write(x, Rows + 2, entry, s_inks[i % s_inks.Length]);
            x += entry.Length + 2;
        }
    }

    private void DrawSeries(
        ScreenBuffer buffer, PlotSeries series, int index, (double Low, double High) xs, (double Low, double High) ys)
    {
        int dotsWide = unicode ? Columns * 2 : Columns;
        int dotsHigh = unicode ? Rows * 4 : Rows;
        int[] cells = new int[Columns * Rows];
        (int X, int Y)? before = null;
        for (int i = 0; i < series.Y.Count; i++)
        {
            if (!double.IsFinite(series.Y[i]) || !double.IsFinite(series.X[i]))
            {
                before = null;
                continue;
            }

            int x = Place(series.X[i], xs, dotsWide);
            int y = dotsHigh - 1 - Place(series.Y[i], ys, dotsHigh);
            Line(before ?? (x, y), (x, y), cells);
            before = (x, y);
        }

        for (int x = 0; x < Columns; x++)
        {
            for (int y = 0; y < Rows; y++)
            {
                if (cells[(y * Columns) + x] != 0)
                {
                    char cell = unicode
                        ? (char)(0x2800 + cells[(y * Columns) + x]) : Letters[index % Letters.Length];
                    buffer.Write(LabelWidth + 1 + x, y + 1, cell.ToString(), s_inks[index % s_inks.Length]);
                }
            }
        }
    }

    private static int Place(double value, (double Low, double High) range, int dots) =>
        range.High <= range.Low ? 0
        : Math.Clamp((int)Math.Round((value - range.Low) / (range.High - range.Low) * (dots - 1)), 0, dots - 1);

    private void Line((int X, int Y) from, (int X, int Y) to, int[] cells)
    {
        int steps = Math.Max(1, Math.Max(Math.Abs(to.X - from.X), Math.Abs(to.Y - from.Y)));
        for (int i = 0; i <= steps; i++)
        {
            int x = from.X + (int)Math.Round((double)(to.X - from.X) * i / steps);
            int y = from.Y + (int)Math.Round((double)(to.Y - from.Y) * i / steps);
            if (unicode)
            {
                cells[(y / 4 * Columns) + (x / 2)] |= s_dots[x % 2][y % 4];
            }
            else
            {
                cells[(y * Columns) + x] = 1;
            }
        }
    }

    private static string Label(double value) => Math.Abs(value) is >= 1e6 or (< 1e-3 and > 0)
        ? value.ToString("0.##e0", CultureInfo.InvariantCulture)
        : value.ToString("0.###", CultureInfo.InvariantCulture);
}
