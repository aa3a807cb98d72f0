using System.Text;

namespace Plenum.Cli.Output;

/// <summary>Aligned columns of plain text.</summary>
internal sealed class TextTable(params string[] titles)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Index of columns whose text stands at the right.</summary>
    internal int[] RightAligned { get; init; } = [];

    /// <summary>Spaces before each line.</summary>
    internal int Indent { get; init; }

    /// <summary>A row; what a terminal would obey is left out.</summary>
    internal void Add(params string[] cells) => _rows.Add([.. cells.Select(PrintableText.Of)]);

    internal void Write(TextWriter output)
    {
        int[] widths = new int[titles.Length];
        foreach (string[] row in _rows.Prepend(titles))
        {
            for (int i = 0; i < row.Length; i++)
            {
                widths[i] = Math.Max(widths[i], row[i].Length);
            }
        }

        WriteRow(output, titles, widths);
        foreach (string[] row in _rows)
        {
            WriteRow(output, row, widths);
        }
    }

    private void WriteRow(TextWriter output, string[] cells, int[] widths)
    {
        var line = new StringBuilder().Append(' ', Indent);
        for (int i = 0; i < cells.Length; i++)
        {
            string cell = RightAligned.Contains(i) ? cells[i].PadLeft(widths[i]) : cells[i].PadRight(widths[i]);
            line.Append(cell).Append("  ");
        }

        output.WriteLine(line.ToString().TrimEnd());
    }
}
