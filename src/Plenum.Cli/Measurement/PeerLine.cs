using System.Globalization;

namespace Plenum.Cli.Measurement;

/// <summary>One line of the measuring protocol: a verb and its words.</summary>
internal sealed class PeerLine(string text)
{
    private readonly string[] _words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    internal string Verb => _words.Length > 0 ? _words[0] : string.Empty;

    internal string Text(int index) => _words[index];

    internal long Number(int index) =>
        long.Parse(_words[index], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
