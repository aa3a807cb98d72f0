using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.VoidShm;

namespace Plenum.Cli.Commands.Void;

/// <summary><c>plenum void state</c>: exists, alive, and what happens.</summary>
internal sealed class VoidStateCommand : PlenumCommand
{
    internal const string Summary = "Tell whether a segment exists and is alive, or follow its events.";

    private readonly Argument<string> _name;
    private readonly Option<bool> _poll;
    private readonly Option<double> _frequency;
    private readonly Option<int> _stall;
    private readonly Option<long> _count;
    private readonly Option<string?> _profile;
    private readonly Option<bool> _json;

    internal VoidStateCommand()
        : base("state", Summary)
    {
        _name = Declare(Symbols.Name("NAME", "The segment's name."));
        _poll = Declare(Symbols.Flag("--poll", "Follow the state and its events until Ctrl-C."));
        _frequency = Declare(Symbols.Rate("--poll-freq", "Checks a second.", 60, "60"));
        _stall = Declare(Symbols.Number("--stall-frames", "Unchanged checks that make a stall.", 5, 1, int.MaxValue));
        _count = Declare(Symbols.Number(
            "--count", "With --poll, stop after this many lines; 0 for no limit.", 0L, 0, long.MaxValue, "-n"));
        _profile = Declare(VoidArguments.Profile());
        _json = Declare(Symbols.Json());
        Examples =
            ["plenum void state levels", "plenum void state levels --poll --poll-freq 60 --stall-frames 5 --json"];
        Remarks = """
            Without --poll it checks --stall-frames + 1 times and tells the last state. States: missing, invalid,
            idle (no change seen), alive, stalled. A writer that writes only on change looks idle or stalled between
            changes. Exit code 3 when the segment is missing, 4 when it is not valid.
            """;
    }

    internal override int Run(CommandContext context)
    {
        string name = VoidArguments.Name(context.Get(_name));
        var monitor =
            new VoidStateMonitor(name, VoidArguments.Resolve(context, _profile)) { StallFrames = context.Get(_stall) };
        var period = TimeSpan.FromSeconds(1 / context.Get(_frequency));
        if (context.Get(_poll))
        {
            Follow(context, monitor, period);
            return ExitCode.Success;
        }

        VoidStateReport report = monitor.Check();
        for (int i = 0; i < context.Get(_stall) && report.Exists && !report.Alive && context.Delay(period); i++)
        {
            report = monitor.Check();
        }

        Print(context, name, report, context.Get(_json));
        return VoidArguments.ExitCodeOf(report.Code);
    }

    private void Follow(CommandContext context, VoidStateMonitor monitor, TimeSpan period)
    {
        long limit = context.Get(_count) is > 0 and var count ? count : long.MaxValue;
        VoidState? shown = null;
        for (long printed = 0; printed < limit;)
        {
            // Not every change of the state is an event: what was idle and moves for the first time is alive.
            VoidStateReport report = monitor.Check();
            if (report.State != shown || report.Events != VoidStateEvents.None)
            {
                Print(context, monitor.Name, report, context.Get(_json));
                shown = report.State;
                printed++;
            }

            if (!context.Delay(period))
            {
                break;
            }
        }
    }

    private static void Print(CommandContext context, string name, in VoidStateReport report, bool asJson)
    {
        VoidStateReport seen = report;
        if (asJson)
        {
            JsonOutput.Line(context.Output, json => WriteJson(json, name, seen));
            return;
        }

        string age = seen.SinceLastChange is { } since ? $", changed {DurationText.Format(since)} ago" : string.Empty;
        string events =
            seen.Events == VoidStateEvents.None ? string.Empty : $" [{string.Join(", ", Events(seen.Events))}]";
        string found = seen.Code == VoidValidity.Ok
            ? string.Create(CultureInfo.InvariantCulture, $"epoch {seen.Epoch} frame {seen.Frame}{age}")
            : $"{VoidCodes.SpecName(seen.Code)}: {VoidCodes.Explain(seen.Code)}";
        context.Output.WriteLine(
            $"{name}: exists {(seen.Exists ? 1 : 0)} alive {(seen.Alive ? 1 : 0)} {StateText(seen.State)} "
            + $"{found}{events}");
        context.Output.Flush();
    }

    private static void WriteJson(Utf8JsonWriter json, string name, VoidStateReport report)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteBoolean("exists", report.Exists);
        json.WriteBoolean("alive", report.Alive);
        json.WriteString("state", StateText(report.State));
        JsonOutput.Strings(json, "events", Events(report.Events));
        json.WriteString("code", VoidCodes.SpecName(report.Code));
        json.WriteNumber("oldEpoch", report.OldEpoch);
        json.WriteNumber("epoch", report.Epoch);
        json.WriteNumber("frame", report.Frame);
        if (report.SinceLastChange is { } since)
        {
            json.WriteNumber("lastChangeMs", (long)since.TotalMilliseconds);
        }
        else
        {
            json.WriteNull("lastChangeMs");
        }

        json.WriteEndObject();
    }

    private static string StateText(VoidState state) => state switch
    {
        VoidState.Missing => "missing",
        VoidState.Invalid => "invalid",
        VoidState.Alive => "alive",
        VoidState.Stalled => "stalled",
        _ => "idle",
    };

    private static List<string> Events(VoidStateEvents events)
    {
        (VoidStateEvents Event, string Word)[] words =
        [
            (VoidStateEvents.Appeared, "appeared"), (VoidStateEvents.Vanished, "vanished"),
                (VoidStateEvents.Reset, "reset"),
            (VoidStateEvents.Resumed, "resumed"), (VoidStateEvents.Stalled, "stalled"),
            (VoidStateEvents.OwnerChanged, "owner-changed"), (VoidStateEvents.ShapeChanged, "shape-changed"),
        ];
        return [.. words.Where(word => events.HasFlag(word.Event)).Select(word => word.Word)];
    }
}
