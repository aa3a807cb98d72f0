using System.CommandLine;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Inspection;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary><c>plenum zeroipc validate</c>: every rule of the format.</summary>
internal sealed class ValidateCommand : PlenumCommand
{
    internal const string Summary = "Check magic, version, bounds, overlaps, names and each structure's invariants.";

    private readonly Argument<string> _segment;
    private readonly Option<bool> _json;

    internal ValidateCommand()
        : base("validate", Summary)
    {
        _segment = Declare(Symbols.Name("SEGMENT", "The segment's name, or the path of a copied segment."));
        _json = Declare(Symbols.Json());
        Examples = ["plenum zeroipc validate sensors"];
        Remarks = "Exit code 1 with every finding; 4 when it is no ZeroIPC segment at all.";
    }

    internal override int Run(CommandContext context)
    {
        SegmentDescription description = ZeroIpcSegment.Describe(context.Get(_segment));
        if (context.Get(_json))
        {
            JsonOutput.Document(context.Output, json =>
            {
                json.WriteStartObject();
                json.WriteString("name", description.Summary.Name);
                json.WriteBoolean("valid", description.Findings.Count == 0);
                JsonOutput.Findings(json, description.Findings);
                json.WriteEndObject();
            });
        }
        else
        {
            foreach (Finding finding in description.Findings)
            {
                context.Output.WriteLine(
                    PrintableText.Of($"{JsonOutput.SeverityText(finding.Severity)}: {finding.Message}"));
            }

            if (description.Findings.Count == 0)
            {
                context.Output.WriteLine($"{description.Summary.Name}: valid, {description.Entries.Count} entries");
            }
        }

        return description.Findings.Count == 0 ? ExitCode.Success : ExitCode.Problem;
    }
}
