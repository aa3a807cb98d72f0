using System.Globalization;
using System.Text;
using Plenum.Cli.Hosting;
using Plenum.VoidShm;

namespace Plenum.Cli.Commands.Void;

/// <summary>Turns lines of text into writes and structural changes.</summary>
internal sealed class VoidLineSource(VoidShmWriter writer, long limit)
{
    private static readonly char[] s_separators = [' ', '\t', ',', ';'];

    private long _line;
    private long _frames;
    private bool _isTable;

    /// <summary>Runs until the end of the input, the limit, or cancellation.</summary>
    /// <returns>Frames written.</returns>
    internal long Run(TextReader input, CancellationToken cancellation)
    {
        try
        {
            while (_frames < limit)
            {
                // A terminal or pipe may stay silent for ever: it is read on another thread, which Ctrl-C leaves
                // behind.
                string? line =
                    Task.Run(input.ReadLine, CancellationToken.None).WaitAsync(cancellation).GetAwaiter().GetResult();
                if (line is null)
                {
                    break;
                }

                _line++;
                TakeChecked(line.Trim());
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C ends the source; the command disconnects and reports.
        }

        return _frames;
    }

    private void TakeChecked(string line)
    {
        try
        {
            Take(line);
        }
        catch (ArgumentException e)
        {
            throw Bad(ErrorReport.LineOf(e));
        }
    }

    private void Take(string line)
    {
        if (line.Length == 0 || line[0] == '#')
        {
            return;
        }

        if (line[0] is '[' or '{')
        {
            Count(VoidJson.TryReadFrame(Encoding.UTF8.GetBytes(line), out _, out _, out float[]? values)
                ? writer.Write(values)
                : throw Bad("it is not a JSON array of numbers, or of rows of one length"));
            return;
        }

        if (line.StartsWith("frame,time_ns,", StringComparison.Ordinal))
        {
            _isTable = true;
            return;
        }

        if (_isTable && line.Contains(',', StringComparison.Ordinal))
        {
            TakeRow(line);
            return;
        }

        string[] words = line.Split(s_separators, StringSplitOptions.RemoveEmptyEntries);
        switch (words[0])
        {
            case "set":
                Count(writer.Set(Whole(words, 1, 0), Values(words, 2)));
                break;
            case "connect":
                Connect(Whole(words, 1, 0));
                break;
            case "reset":
                writer.Reset();
                break;
            case "destroy":
                writer.Destroy();
                break;
            case "name":
                writer.Rename(words.Length == 2 ? words[1] : throw Bad("needs one name"));
                break;
            case "channels":
                writer.Reshape(Whole(words, 1, 1), writer.Length);
                break;
            case "length":
                writer.Reshape(writer.Channels, Whole(words, 1, 1));
                break;
            default:
                Count(writer.Write(Values(words, 0)));
                break;
        }
    }

    private void TakeRow(string line)
    {
        float[] row = new float[Math.Max(0, line.AsSpan().Count(',') - 1)];
        Count(VoidCsv.TryReadFrame(line, out _, out _, row, out _)
            ? writer.Write(row)
            : throw Bad("it is not a frame number, a time and values"));
    }

    private void Connect(int wanted)
    {
        if (wanted != 0 && !writer.IsConnected)
        {
            writer.Connect();
        }
        else if (wanted == 0)
        {
            writer.Disconnect();
        }
    }

    private void Count(bool written) => _frames += written ? 1 : 0;

    private float[] Values(string[] words, int first)
    {
        float[] values = new float[words.Length - first];
        for (int i = first; i < words.Length; i++)
        {
            values[i - first] =
                TryParse(words[i], out float value) ? value : throw Bad($"'{words[i]}' is not a number");
        }

        return values;
    }

    // "inf" is what C, Python and awk print.
    private static bool TryParse(string word, out float value)
    {
        if (word.TrimStart('+', '-').Equals("inf", StringComparison.OrdinalIgnoreCase))
        {
            value = word[0] == '-' ? float.NegativeInfinity : float.PositiveInfinity;
            return true;
        }

        return float.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    private int Whole(string[] words, int index, int minimum) =>
        words.Length > index
            && int.TryParse(words[index], NumberStyles.None, CultureInfo.InvariantCulture, out int value)
        && value >= minimum
            ? value
            : throw Bad($"'{words[0]}' needs a whole number from {minimum} on");

    private CommandException Bad(string what) =>
        CommandException.Usage(
            string.Create(CultureInfo.InvariantCulture, $"writing '{writer.Name}': line {_line} of stdin: {what}"));
}
