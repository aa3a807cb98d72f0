namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>One byte that is true unless it is 0.</summary>
internal sealed class BoolElement : Element<bool>
{
    internal override bool TryParse(string text, out bool value)
    {
        value = text is "true" or "1";
        return value || text is "false" or "0";
    }

    internal override ElementText Format(bool value) => ElementText.Of(value);
}
