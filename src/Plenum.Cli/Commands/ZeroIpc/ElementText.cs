using System.Text.Json;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>A value as text, and whether that text is a JSON number or literal.</summary>
internal readonly record struct ElementText(string Text, bool IsLiteral)
{
    internal static ElementText Of(long number) =>
        new(number.ToString(System.Globalization.CultureInfo.InvariantCulture), IsLiteral: true);

    internal static ElementText Of(ulong number) =>
        new(number.ToString(System.Globalization.CultureInfo.InvariantCulture), IsLiteral: true);

    internal static ElementText Of(bool truth) => new(truth ? "true" : "false", IsLiteral: true);

    internal static ElementText Of(string text) => new(text, IsLiteral: false);

    internal void WriteTo(Utf8JsonWriter json)
    {
        if (IsLiteral)
        {
            json.WriteRawValue(Text);
        }
        else
        {
            json.WriteStringValue(Text);
        }
    }
}
