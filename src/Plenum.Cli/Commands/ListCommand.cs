using System.CommandLine;
using System.Text.Json;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Inspection;

namespace Plenum.Cli.Commands;

/// <summary><c>plenum list</c>: every segment of this machine.</summary>
internal sealed class ListCommand : PlenumCommand
{
    internal const string Summary = "List the shared-memory segments of this machine.";

    private readonly Option<string> _protocol;
    private readonly Option<bool> _watch;
    private readonly Option<TimeSpan> _interval;
    private readonly Option<bool> _json;

    internal ListCommand()
        : base("list", Summary)
    {
        _protocol = Declare(Symbols.Choice(
            "--protocol", "Only segments of this protocol.", "all", "all", "zerobuffer", "zeroipc", "void", "unknown"));
        _watch = Declare(Symbols.Flag("--watch", "Repeat until Ctrl-C."));
        _interval = Declare(Symbols.Duration(
            "--interval", "Time between two looks with --watch.", TimeSpan.FromSeconds(1), "1s"));
        _json = Declare(Symbols.Json());
        Examples = ["plenum list", "plenum list --protocol zerobuffer --json", "plenum list --watch"];
        Remarks = """
            States: active (moving, or all parties connected), idle (valid, nothing moves), stale (its owners are
            dead or gone), invalid (recognised, but broken), foreign (none of the three protocols, or unreadable).
            The age is an upper bound: a change that nobody saw is not known.
            """;
    }

    internal override int Run(CommandContext context)
    {
        var catalog = new SegmentCatalog();
        bool json = context.Get(_json);
        string protocol = context.Get(_protocol);
        bool watch = context.Get(_watch);
        do
        {
            List<SegmentSummary> segments = [.. catalog.Look(context.Cancellation).Where(
                summary => protocol == "all" || ProtocolText.Of(summary.Protocol) == protocol)];
            if (json && watch)
            {
                JsonOutput.Line(context.Output, writer => WriteJson(writer, segments));
            }
            else if (json)
            {
                JsonOutput.Document(context.Output, writer => WriteJson(writer, segments));
            }
            else
            {
                WriteText(context.Output, segments, watch);
            }
        }
        while (watch && context.Delay(context.Get(_interval)));

        return ExitCode.Success;
    }

    private static void WriteJson(Utf8JsonWriter json, List<SegmentSummary> segments)
    {
        json.WriteStartObject();
        json.WriteStartArray("segments");
        foreach (SegmentSummary segment in segments)
        {
            json.WriteStartObject();
            JsonOutput.Summary(json, segment);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteText(TextWriter output, List<SegmentSummary> segments, bool watch)
    {
        if (watch && !Console.IsOutputRedirected && !Terminal.IsPlain)
        {
            output.Write("\e[H\e[2J");
        }

        var table =
            new TextTable("NAME", "PROTOCOL", "SIZE", "STATE", "WRITER", "READER", "CHANGED") { RightAligned = [2] };
        foreach (SegmentSummary segment in segments)
        {
            table.Add(
                segment.Name,
                ProtocolText.Of(segment.Protocol),
                SizeText.Format(segment.SizeBytes),
                ProtocolText.Of(segment.State),
                FieldText.Of(segment.Writer),
                FieldText.Of(segment.Reader),
                DurationText.Format(segment.LastChange) + " ago");
        }

        if (segments.Count == 0)
        {
            output.WriteLine("no segments");
        }
        else
        {
            table.Write(output);
        }

        output.Flush();
    }
}
