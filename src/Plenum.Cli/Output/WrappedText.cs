namespace Plenum.Cli.Output;

/// <summary>Long lines for people: cut between words where a terminal would cut anywhere.</summary>
/// <param name="output">Receives the lines.</param>
/// <param name="width">Columns; lines are left whole when it is 0, as in a pipe.</param>
internal sealed class WrappedText(TextWriter output, int width)
{
    /// <summary>For a command's output: wrapped in a terminal, whole elsewhere.</summary>
    internal static WrappedText For(TextWriter output) => new(
        output, output is StreamWriter && !Console.IsOutputRedirected ? Drawing.TerminalScreen.Size.Width : 0);

    /// <summary>Writes a line; what does not fit follows below, indented.</summary>
    internal void WriteLine(string line, int indent)
    {
        int room = width - 1;
        while (width > indent + 20 && line.Length > room)
        {
            int at = line.LastIndexOf(' ', room);
            if (at <= indent)
            {
                break;
            }

            output.WriteLine(line[..at]);
            line = new string(' ', indent) + line[(at + 1)..];
        }

        output.WriteLine(line);
    }
}
