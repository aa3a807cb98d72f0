using System.CommandLine;
using System.Text.Json;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Inspection;
using Plenum.Inspection.Watching;

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
            The age is an upper bound: a change that nobody saw is not known. With --watch, also what comes in a second;
            with --json then one object a line.
            """;
    }

    internal override int Run(CommandContext context) =>
        context.Get(_watch) ? Watch(context) : Once(context);

    private int Once(CommandContext context)
    {
        List<SegmentSummary> segments =
            [.. new SegmentCatalog().Look(context.Cancellation).Where(summary => IsWanted(context, summary))];
        if (context.Get(_json))
        {
            JsonOutput.Document(context.Output, writer => WriteJson(writer, segments, WriteSummary));
        }
        else
        {
            WriteText(context.Output, segments);
        }

        return ExitCode.Success;
    }

    private int Watch(CommandContext context)
    {
        using var watch = new SegmentWatch();
        do
        {
            List<WatchedSegment> segments =
                [.. watch.Sample().Segments.Where(segment => IsWanted(context, segment.Summary))];
            if (context.Get(_json))
            {
                JsonOutput.Line(context.Output, writer => WriteJson(writer, segments, WriteWatched));
            }
            else
            {
                WriteWatchText(context.Output, segments);
            }
        }
        while (context.Delay(context.Get(_interval)));

        return ExitCode.Success;
    }

    private bool IsWanted(CommandContext context, SegmentSummary summary) =>
        context.Get(_protocol) is var protocol && (protocol == "all" || ProtocolText.Of(summary.Protocol) == protocol);

    private static void WriteJson<T>(Utf8JsonWriter json, List<T> segments, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartObject();
        json.WriteStartArray("segments");
        foreach (T segment in segments)
        {
            json.WriteStartObject();
            write(json, segment);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSummary(Utf8JsonWriter json, SegmentSummary summary) => JsonOutput.Summary(json, summary);

    private static void WriteWatched(Utf8JsonWriter json, WatchedSegment segment)
    {
        JsonOutput.Summary(json, segment.Summary);
        json.WriteString("motion", WatchJson.MotionText(segment.Motion));
        json.WriteNumber("producedPerSecond", Math.Round(segment.ProducedPerSecond, 3));
    }

    private static void WriteWatchText(TextWriter output, List<WatchedSegment> segments)
    {
        if (!Console.IsOutputRedirected && !Terminal.IsPlain)
        {
            output.Write("\e[H\e[2J");
        }

        var table = new TextTable("NAME", "PROTOCOL", "SIZE", "STATE", "RATE", "WRITER", "READER", "CHANGED")
        {
            RightAligned = [2, 4],
        };
        foreach (WatchedSegment segment in segments)
        {
            SegmentSummary summary = segment.Summary;
            table.Add(
                summary.Name,
                ProtocolText.Of(summary.Protocol),
                SizeText.Format(summary.SizeBytes),
                ProtocolText.Of(summary.State),
                RateText.Of(segment.ProducedPerSecond) + "/s",
                FieldText.Of(summary.Writer),
                FieldText.Of(summary.Reader),
                DurationText.Format(summary.LastChange) + " ago");
        }

        Finish(output, table, segments.Count);
    }

    private static void WriteText(TextWriter output, List<SegmentSummary> segments)
    {
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

        Finish(output, table, segments.Count);
    }

    private static void Finish(TextWriter output, TextTable table, int count)
    {
        if (count == 0)
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
