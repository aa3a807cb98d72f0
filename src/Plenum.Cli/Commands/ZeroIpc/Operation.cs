namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>One row of the table of operations: its words, values and options.</summary>
/// <param name="Name">The word on the command line.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Inputs">Its options.</param>
/// <param name="Values">What its values are called in the help; empty for none. A trailing <c>…</c> allows more,
/// brackets allow none.</param>
internal sealed record Operation(string Name, string Summary, Inputs Inputs = Inputs.None, string Values = "")
{
    /// <summary>The fewest and the most values.</summary>
    internal (int Minimum, int Maximum) ValueCount
    {
        get
        {
            int words = Values.Length == 0 ? 0 : Values.Split(' ').Length;
            int optional = Values.IndexOf('[', StringComparison.Ordinal);
            string required = optional < 0 ? Values : Values[..optional];
            return (
                required.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length,
                Values.TrimEnd(']').EndsWith('…') ? 100_000 : words);
        }
    }
}
