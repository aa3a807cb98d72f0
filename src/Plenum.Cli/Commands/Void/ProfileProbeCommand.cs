using System.CommandLine;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.VoidShm;

namespace Plenum.Cli.Commands.Void;

/// <summary><c>plenum void profile probe</c>: which layouts a live segment fits, and why the others do not.</summary>
internal sealed class ProfileProbeCommand : PlenumCommand
{
    internal const string Summary = "Tell which layout profiles a live segment fits, and why.";

    private readonly Argument<string> _name;
    private readonly Option<bool> _json;

    internal ProfileProbeCommand()
        : base("probe", Summary)
    {
        _name = Declare(Symbols.Name("NAME", "The segment's name."));
        _json = Declare(Symbols.Json());
        Examples = ["plenum void profile probe levels"];
        Remarks = "Exit code 3 when the segment is missing, 4 when no profile fits.";
    }

    internal override int Run(CommandContext context)
    {
        string name = VoidArguments.Name(context.Get(_name));
        VoidProbeReport report = VoidProbe.Examine(name);
        if (report.Code != VoidValidity.Ok)
        {
            throw VoidArguments.Failure(name, report.Code);
        }

        if (context.Get(_json))
        {
            JsonOutput.Document(context.Output, json =>
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteNumber("sizeBytes", report.SizeBytes);
                json.WriteString("match", report.Match?.Name);
                json.WriteBoolean("ambiguous", report.IsAmbiguous);
                json.WriteStartArray("profiles");
                foreach (VoidProbeFinding finding in report.Findings)
                {
                    json.WriteStartObject();
                    json.WriteString("name", finding.Profile.Name);
                    json.WriteBoolean("fits", finding.Fits);
                    json.WriteBoolean("magicMatches", finding.MagicMatches);
                    JsonOutput.Strings(json, "reasons", finding.Reasons);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
        }
        else
        {
            WriteText(context.Output, report);
        }

        return report.Fitting.Any() ? ExitCode.Success
            : throw CommandException.Malformed($"no profile fits '{name}'; try calibrate");
    }

    private static void WriteText(TextWriter output, VoidProbeReport report)
    {
        foreach (VoidProbeFinding finding in report.Findings)
        {
            output.WriteLine($"{finding.Profile.Name,-8} {(finding.Fits ? "fits" : "does not fit")}");
            foreach (string reason in finding.Reasons)
            {
                output.WriteLine($"         {reason}");
            }
        }

        if (report.IsAmbiguous)
        {
            output.WriteLine("several profiles fit: the bytes alone can not tell them apart");
        }
    }
}
