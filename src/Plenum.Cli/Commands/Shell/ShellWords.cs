using System.Text;
using Plenum.Cli.Hosting;

namespace Plenum.Cli.Commands.Shell;

/// <summary>Cuts a line into words: blanks separate, quotes hold together, a backslash takes the next character as it
/// is, <c>#</c> begins a comment.</summary>
internal static class ShellWords
{
    /// <exception cref="CommandException">A quote is not closed.</exception>
    internal static List<string> Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        bool inWord = false;
        char quote = '\0';
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (quote != '\0')
            {
                if (c == quote)
                {
                    quote = '\0';
                }
                else
                {
                    word.Append(c == '\\' && quote == '"' && i + 1 < line.Length ? line[++i] : c);
                }
            }
            else if (c is '"' or '\'')
            {
                quote = c;
                inWord = true;
            }
            else if (c == '#' && !inWord)
            {
                break;
            }
            else if (!char.IsWhiteSpace(c))
            {
                word.Append(c == '\\' && i + 1 < line.Length ? line[++i] : c);
                inWord = true;
            }
            else if (inWord)
            {
                words.Add(word.ToString());
                word.Clear();
                inWord = false;
            }
        }

        if (quote != '\0')
        {
            throw CommandException.Usage($"a quote {quote} is not closed");
        }

        if (inWord)
        {
            words.Add(word.ToString());
        }

        return words;
    }
}
