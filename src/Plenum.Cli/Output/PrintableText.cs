namespace Plenum.Cli.Output;

/// <summary>Text of other processes (names of segments and entries) without what a terminal would obey.</summary>
internal static class PrintableText
{
    /// <summary>The text with a question mark in the place of each control character, line ends included.</summary>
    internal static string Of(string text) => text.Any(char.IsControl)
        ? string.Create(text.Length, text, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) ? '?' : source[i];
            }
        })
        : text;
}
