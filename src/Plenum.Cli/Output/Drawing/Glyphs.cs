namespace Plenum.Cli.Output.Drawing;

/// <summary>Bars, sparklines and cuts, in block characters or in ASCII.</summary>
internal sealed class Glyphs(bool unicode)
{
    private const string Blocks = " ▏▎▍▌▋▊▉█";
    private const string Sparks = "▁▂▃▄▅▆▇█";
    private const string PlainSparks = "_.-~=+*#";

    internal bool IsUnicode { get; } = unicode;

    /// <summary>Those that this process' locale can show.</summary>
    internal static Glyphs OfLocale()
    {
        foreach (string name in (string[])["LC_ALL", "LC_CTYPE", "LANG"])
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } locale)
            {
                return new Glyphs(locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase)
                    || locale.Contains("UTF8", StringComparison.OrdinalIgnoreCase));
            }
        }

        return new Glyphs(false);
    }

    /// <summary>A horizontal bar of a share from 0 to 1.</summary>
    internal string Bar(double share, int width)
    {
        double filled = Math.Clamp(double.IsFinite(share) ? share : 0, 0, 1) * width;
        if (!IsUnicode)
        {
            int whole = (int)Math.Round(filled);
            return new string('#', whole) + new string('.', width - whole);
        }

        int eighths = (int)Math.Round(filled * 8);
        string bar = new('█', eighths / 8);
        string part = eighths % 8 > 0 ? Blocks[eighths % 8].ToString() : string.Empty;
        return (bar + part).PadRight(width);
    }

    /// <summary>The last values as heights, scaled to the largest.</summary>
    internal string Spark(IReadOnlyList<double> values, int width)
    {
        string heights = IsUnicode ? Sparks : PlainSparks;
        int count = Math.Min(values.Count, width);
        double largest = 0;
        for (int i = values.Count - count; i < values.Count; i++)
        {
            largest = Math.Max(largest, values[i]);
        }

        return string.Create(count, (values, heights, largest), static (text, state) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                double value = state.values[state.values.Count - text.Length + i];
                int height = state.largest > 0 ? (int)Math.Ceiling(value / state.largest * 7) : 0;
                text[i] = value > 0 ? state.heights[Math.Clamp(height, 0, 7)] : state.heights[0];
            }
        });
    }

    /// <summary>Text cut to a width, the cut shown.</summary>
    internal string Fit(string text, int width) =>
        text.Length <= width ? text
        : width <= 1 ? text[..Math.Max(0, width)]
        : string.Concat(text.AsSpan(0, width - 1), IsUnicode ? "…" : "~");
}
