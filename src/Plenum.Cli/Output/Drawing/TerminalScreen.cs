using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Plenum.Cli.Output.Drawing;

/// <summary>The whole terminal, on its second page: what was there before comes back at the end.</summary>
[SuppressMessage(
    "Usage", "CA2213:Disposable fields should be disposed", Justification = "The stream is the caller's.")]
internal sealed class TerminalScreen : IDisposable
{
    private readonly TextWriter _output;
    private readonly bool _colour;
    private string[] _shown = [];

    internal TerminalScreen(TextWriter output, bool colour)
    {
        _output = output;
        _colour = colour;
        _output.Write("\e[?1049h\e[?25l\e[2J");
        _output.Flush();
    }

    /// <summary>Columns and rows now.</summary>
    internal static (int Width, int Height) Size
    {
        get
        {
            try
            {
                int width = Console.WindowWidth;
                int height = Console.WindowHeight;
                return (width > 0 ? width : 80, height > 0 ? height : 24);
            }
            catch (IOException)
            {
                return (80, 24);
            }
        }
    }

    /// <summary>Shows a picture; only the rows that differ from the one before are sent.</summary>
    internal void Present(ScreenBuffer buffer)
    {
        var text = new StringBuilder();
        if (_shown.Length != buffer.Height)
        {
            _shown = new string[buffer.Height];
            text.Append("\e[2J");
        }

        for (int y = 0; y < buffer.Height; y++)
        {
            string line = buffer.Ansi(y, _colour);
            if (line != _shown[y])
            {
                // A row fills its line; erasing to the line's end would take the last column on some terminals.
                text.Append("\e[").Append(y + 1).Append(";1H").Append(line);
                _shown[y] = line;
            }
        }

        _output.Write(text.ToString());
        _output.Flush();
    }

    /// <summary>The next key that waits; null when there is none, or no keyboard.</summary>
    internal static ConsoleKeyInfo? NextKey() =>
        !Console.IsInputRedirected && Console.KeyAvailable ? Console.ReadKey(intercept: true) : null;

    public void Dispose()
    {
        _output.Write("\e[0m\e[?25h\e[?1049l");
        _output.Flush();
    }
}
