using System.CommandLine;
using System.Globalization;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Inspection;
using Plenum.Inspection.Watching;
using Plenum.Platform;

namespace Plenum.Cli.Commands.Live;

/// <summary><c>plenum monitor</c>: follows one segment, or the values of one of its structures.</summary>
internal sealed class MonitorCommand : PlenumCommand
{
    internal const string Summary = "Follow a segment's rates, depth, stalls and resets, or a structure's values.";

    private readonly Argument<string> _segment;
    private readonly Argument<string?> _entry;
    private readonly Option<TimeSpan> _interval;
    private readonly Option<long> _count;
    private readonly Option<TimeSpan> _stall;
    private readonly Option<string?> _type;
    private readonly Option<bool> _json;

    internal MonitorCommand()
        : base("monitor", Summary)
    {
        _segment = Declare(Symbols.Name("SEGMENT", "A segment's name, or protocol:NAME."));
        _entry = Declare(Symbols.OptionalName("ENTRY", "The name of one structure of a ZeroIPC segment."));
        _interval = Declare(Symbols.Duration(
            "--interval", "Time between two looks.", TimeSpan.FromMilliseconds(500), "500ms"));
        _count = Declare(Symbols.Number(
            "--count", "Stop after this many lines (with values: values); 0 for no limit.", 0L, 0, long.MaxValue,
            "-n"));
        _stall = Declare(Symbols.Duration(
            "--stall-after", "A segment that stands still this long is stalled.", TimeSpan.FromSeconds(2), "2s"));
        _type = Declare(Symbols.Text("--type", "Type of the values: i8 to u64, f32, f64, bool, bytes:N; else "
            + "guessed."));
        _json = Declare(Symbols.Json());
        Examples =
        [
            "plenum monitor camera",
            "plenum monitor camera --interval 1s --count 10 --json",
            "plenum monitor sensors temperature --type f64",
            "plenum monitor sensors jobs --type i32",
        ];
        Remarks = """
            Only reads: nothing is consumed, nobody is woken. A line tells what came in and went out in a second since
            the line before, what waits, how full it is, and why it does not move; events (stalled, resumed, reset,
            replaced, writer-died, ...) stand on lines of their own. With ENTRY: every new value of a stream, ring or
            signal, all elements of an array, a future's state and then its value, otherwise the structure's numbers.
            Values that came and went between two looks are counted as missed on stderr. A segment that vanishes is
            waited for. Ends with Ctrl-C (exit code 130).
            """;
    }

    internal override int Run(CommandContext context)
    {
        SegmentSelector selector = SegmentSelector.Parse(context.Get(_segment));
        SegmentName name = selector.ToName();
        using (selector.Open())
        {
            // It must exist: exit code 3 otherwise.
        }

        var options = new WatchOptions
        {
            Name = name.Value,
            Protocol = selector.Protocol,
            StallAfter = context.Get(_stall),
            EntriesPerSample = int.MaxValue,
            UsersEvery = TimeSpan.FromSeconds(5),
        };
        if (context.Get(_entry) is { } entry)
        {
            var follow = new EntryMonitor(context, options, entry, context.Get(_type), context.Get(_json));
            return follow.Run(context.Get(_interval), Limit(context));
        }

        return Follow(context, options);
    }

    private long Limit(CommandContext context) => context.Get(_count) is > 0 and var count ? count : long.MaxValue;

    private int Follow(CommandContext context, WatchOptions options)
    {
        using var watch = new SegmentWatch(options);
        bool json = context.Get(_json);
        _ = watch.Sample();
        for (long printed = 0; printed < Limit(context) && context.Delay(context.Get(_interval)); printed++)
        {
            WatchSnapshot snapshot = watch.Sample();
            WatchedSegment? segment = snapshot.Segments.Count > 0 ? snapshot.Segments[0] : null;
            if (json)
            {
                WriteJson(context, options.Name!, snapshot, segment);
            }
            else
            {
                WriteText(context, snapshot, segment, printed);
            }
        }

        return ExitCode.Success;
    }

    private static void WriteJson(CommandContext context, string name, WatchSnapshot snapshot,
        WatchedSegment? segment) =>
        JsonOutput.Line(context.Output, json =>
        {
            json.WriteStartObject();
            json.WriteString("time", snapshot.TimeUtc);
            if (segment is null)
            {
                json.WriteString("name", name);
                json.WriteString("state", "missing");
            }
            else
            {
                WatchJson.Segment(json, segment);
            }

            WatchJson.Events(json, snapshot.Events);
            json.WriteEndObject();
        });

    private static void WriteText(CommandContext context, WatchSnapshot snapshot, WatchedSegment? segment, long line)
    {
        TextWriter output = context.Output;
        if (line == 0)
        {
            output.WriteLine("TIME      MOTION        IN/S   OUT/S        BYTES/S   DEPTH  USED  NOTE");
        }

        string time = snapshot.TimeUtc.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        foreach (WatchEvent found in snapshot.Events)
        {
            output.WriteLine($"{time}  * {WatchJson.KindText(found.Kind)}: {found.Message}");
        }

        if (segment is null)
        {
            output.WriteLine($"{time}  missing");
        }
        else
        {
            string note = segment.Explanation ?? string.Empty;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{time}  {WatchJson.MotionText(segment.Motion),-8}  {RateText.Of(segment.ProducedPerSecond),8}  "
                + $"{RateText.Of(segment.ConsumedPerSecond),6}  {RateText.OfBytes(segment.BytesPerSecond),13}  "
                + $"{RateText.OfCount(segment.Depth),6}  {RateText.OfShare(segment.Utilization),4}  {note}").TrimEnd());
        }

        output.Flush();
    }
}
