using System.CommandLine;
using System.Globalization;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Inspection;
using Plenum.Inspection.Watching;

namespace Plenum.Cli.Commands;

/// <summary><c>plenum show</c>: everything about one segment or one of its entries.</summary>
internal sealed class ShowCommand : PlenumCommand
{
    internal const string Summary = "Show everything a segment's headers say, decoded, with derived facts.";

    private readonly Argument<string> _segment;
    private readonly Argument<string?> _entry;
    private readonly Option<string?> _kind;
    private readonly Option<string?> _type;
    private readonly Option<bool> _json;

    internal ShowCommand()
        : base("show", Summary)
    {
        _segment = Declare(Symbols.Name(
            "SEGMENT", "A segment's name, protocol:NAME, or the path of a copied segment."));
        _entry = Declare(Symbols.OptionalName("ENTRY", "The name of one structure of a ZeroIPC segment."));
        _kind = Declare(Symbols.Text("--kind", "With ENTRY: decode it as this kind instead of the guessed one."));
        _type = Declare(Symbols.Text("--type", "With ENTRY: print its values as i8 to u64, f32, f64, bool or "
            + "bytes:N."));
        _json = Declare(Symbols.Json());
        Examples =
        [
            "plenum show camera", "plenum show /sensors temperature --json", "plenum show zerobuffer:camera",
            "plenum show sensors guard --kind mutex", "plenum show sensors jobs --type i32",
        ];
        Remarks =
            "Exit code 4 when the segment is malformed or of no known protocol; what can be told is printed.";
    }

    internal override int Run(CommandContext context)
    {
        SegmentSelector selector = SegmentSelector.Parse(context.Get(_segment));
        using SegmentImage image = selector.Open();
        SegmentDescription description = SegmentInspector.Describe(image, new SegmentUsers(), selector.Protocol);
        if (context.Get(_entry) is { } entryName)
        {
            return ShowEntry(context, image, description, entryName);
        }

        if (context.Get(_json))
        {
            JsonOutput.Document(context.Output, json => DescriptionJson.Write(json, description));
        }
        else
        {
            DescriptionText.Write(context.Output, description);
        }

        return description.Summary.State is SegmentState.Invalid or SegmentState.Foreign
            ? Complain(context, description.Summary)
            : ExitCode.Success;
    }

    private int ShowEntry(CommandContext context, SegmentImage image, SegmentDescription description, string name)
    {
        EntryDescription entry = FindEntry(description, name);
        if (context.Get(_kind) is { } kind)
        {
            entry = SegmentInspector.DescribeAs(image, entry, kind) ?? throw CommandException.Malformed(
                $"the bytes of '{name}' do not fit the kind '{kind}'; they fit {string.Join(", ", entry.Candidates)}");
        }

        EntryValuesText? values = context.Get(_type) is { } type
            ? EntryValuesText.Read(image, description, entry, type) : null;
        if (context.Get(_json))
        {
            JsonOutput.Document(context.Output, json =>
            {
                json.WriteStartObject();
                DescriptionJson.WriteEntryProperties(json, description.Summary, entry);
                values?.WriteJson(json);
                json.WriteEndObject();
            });
        }
        else
        {
            DescriptionText.WriteEntry(context.Output, entry);
            values?.WriteText(context.Output);
        }

        return ExitCode.Success;
    }

    internal static EntryDescription FindEntry(SegmentDescription description, string name) =>
        EntryFollower.Find(description, name) ?? throw CommandException.NotFound(string.Create(
            CultureInfo.InvariantCulture,
            $"no entry '{name}' in '{description.Summary.Name}', which has {description.Entries.Count} entries"));

    /// <summary>Says on stderr why the segment cannot be used.</summary>
    /// <returns>The exit code.</returns>
    internal static int Complain(CommandContext context, SegmentSummary summary)
    {
        context.Output.Flush();
        context.Error.WriteLine("plenum: " + ErrorReport.OneLine(
            $"'{summary.Name}' is {ProtocolText.Of(summary.State)}: {summary.Reason}"));
        return ExitCode.Malformed;
    }
}
