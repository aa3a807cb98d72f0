using System.CommandLine;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Inspection;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary><c>plenum zeroipc entries</c>: the name table.</summary>
internal sealed class EntriesCommand : PlenumCommand
{
    internal const string Summary = "List a segment's table.";

    private readonly Argument<string> _segment;
    private readonly Option<bool> _json;

    internal EntriesCommand()
        : base("entries", Summary)
    {
        _segment = Declare(Symbols.Name("SEGMENT", "The segment's name, or the path of a copied segment."));
        _json = Declare(Symbols.Json());
        Examples = ["plenum zeroipc entries sensors --json"];
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
                json.WriteStartArray("entries");
                foreach (EntryDescription entry in description.Entries)
                {
                    json.WriteStartObject();
                    DescriptionJson.WriteEntryBody(json, entry);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
        }
        else if (description.Entries.Count == 0)
        {
            context.Output.WriteLine("no entries");
        }
        else
        {
            DescriptionText.WriteEntries(context.Output, description.Entries);
        }

        return description.Summary.State is SegmentState.Invalid or SegmentState.Foreign
            ? ShowCommand.Complain(context, description.Summary)
            : ExitCode.Success;
    }
}
