using System.Globalization;

namespace Plenum.VoidShm;

/// <summary>Frames as lines of comma-separated values: frame number, time in nanoseconds, then every value channel by
/// channel.</summary>
/// <remarks>Thread-safe. Numbers are written in the shortest form that reads back the same, in the invariant
/// culture.</remarks>
public static class VoidCsv
{
    /// <summary>Writes the line of column names: <c>frame,time_ns,c0,c1,...</c>, or <c>c0_s0,...</c> when a channel has
    /// several values.</summary>
    /// <param name="writer">Receives the line.</param>
    /// <param name="channels">Rows.</param>
    /// <param name="length">Floats in each row.</param>
    public static void WriteHeader(TextWriter writer, int channels, int length)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write("frame,time_ns");
        for (int i = 0; i < channels * length; i++)
        {
            writer.Write(length == 1
                ? string.Create(CultureInfo.InvariantCulture, $",c{i}")
                : string.Create(CultureInfo.InvariantCulture, $",c{i / length}_s{i % length}"));
        }

        writer.Write('\n');
    }

    /// <summary>Writes one frame as a line.</summary>
    /// <param name="writer">Receives the line.</param>
    /// <param name="frame">Number of the frame.</param>
    /// <param name="timeNanoseconds">Its time.</param>
    /// <param name="values">Its values.</param>
    public static void WriteFrame(TextWriter writer, ulong frame, long timeNanoseconds, ReadOnlySpan<float> values)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Span<char> text = stackalloc char[32];
        Write(writer, text, frame);
        writer.Write(',');
        Write(writer, text, timeNanoseconds);
        foreach (float value in values)
        {
            writer.Write(',');
            Write(writer, text, value);
        }

        writer.Write('\n');
    }

    /// <summary>Reads one line of <see cref="WriteFrame"/>.</summary>
    /// <param name="line">The line, without its end.</param>
    /// <param name="frame">Number of the frame.</param>
    /// <param name="timeNanoseconds">Its time.</param>
    /// <param name="values">Receives the values.</param>
    /// <param name="count">Values found; more than fit <paramref name="values"/> are counted and dropped.</param>
    /// <returns>False for a line of names or one that is malformed.</returns>
    public static bool TryReadFrame(
        ReadOnlySpan<char> line, out ulong frame, out long timeNanoseconds, Span<float> values, out int count)
    {
        frame = 0;
        timeNanoseconds = 0;
        count = 0;
        int column = 0;
        foreach (Range range in line.Split(','))
        {
            ReadOnlySpan<char> cell = line[range].Trim();
            bool good = column switch
            {
                0 => ulong.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out frame),
                1 => long.TryParse(
                    cell, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out timeNanoseconds),
                _ => TryValue(cell, values, column - 2),
            };
            if (!good)
            {
                return false;
            }

            column++;
        }

        count = Math.Max(0, column - 2);
        return column >= 2;
    }

    /// <summary>Reads a line of plain values, separated by blanks, commas or semicolons: what a writer's standard input
    /// takes.</summary>
    /// <param name="line">The line.</param>
    /// <param name="values">Receives the values.</param>
    /// <param name="count">Values found; more than fit are counted and dropped.</param>
    /// <returns>False when a word is not a number.</returns>
    public static bool TryReadValues(ReadOnlySpan<char> line, Span<float> values, out int count)
    {
        count = 0;
        foreach (Range range in line.SplitAny(' ', '\t', ',', ';'))
        {
            ReadOnlySpan<char> cell = line[range];
            if (!cell.IsEmpty && !TryValue(cell, values, count++))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryValue(ReadOnlySpan<char> cell, Span<float> values, int index)
    {
        if (!float.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out float value))
        {
            return false;
        }

        if (index < values.Length)
        {
            values[index] = value;
        }

        return true;
    }

    private static void Write<T>(TextWriter writer, Span<char> text, T value)
        where T : ISpanFormattable
    {
        _ = value.TryFormat(text, out int written, default, CultureInfo.InvariantCulture);
        writer.Write(text[..written]);
    }
}
