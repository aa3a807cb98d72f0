using System.CommandLine;
using System.Globalization;
using Plenum.Cli.Commands.ZeroBuffer;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Inspection;
using Plenum.Recording;
using Plenum.VoidShm;

namespace Plenum.Cli.Commands.Recording;

/// <summary><c>plenum replay</c>: plays a recording back, or says what it holds.</summary>
internal sealed class ReplayCommand : PlenumCommand
{
    internal const string Summary = "Play a recording back into a segment, at the recorded times.";

    private readonly Argument<string> _file;
    private readonly Option<string?> _to;
    private readonly Option<string?> _entry;
    private readonly Option<string?> _as;
    private readonly Option<double> _speed;
    private readonly Option<bool> _loop;
    private readonly Option<long> _count;
    private readonly Option<TimeSpan> _wait;
    private readonly Option<bool> _hold;
    private readonly Option<bool> _skipDamaged;
    private readonly Option<bool> _info;
    private readonly Option<bool> _verify;
    private readonly Option<string?> _profile;
    private readonly Option<bool> _json;

    internal ReplayCommand()
        : base("replay", Summary)
    {
        _file = Declare(Symbols.Name("FILE", "The recording; - is stdin."));
        _to = Declare(Symbols.Text("--to", "The segment to play into, instead of the recorded name."));
        _entry = Declare(Symbols.Text("--entry", "The entry of a ZeroIPC segment to play into, instead of the "
            + "recorded one."));
        _as = Declare(Symbols.Text("--as", "Play values into a signal, stream, ring, queue or broadcast, instead of "
            + "what was recorded."));
        _speed = Declare(Symbols.Rate("--speed", "How many times as fast.", 1, "1.0"));
        _loop = Declare(Symbols.Flag("--loop", "Begin again at the end, until Ctrl-C."));
        _count = Declare(Symbols.Number("--count", "Stop after this many items; 0 for all.", 0L, 0, long.MaxValue,
            "-n"));
        _wait = Declare(Symbols.Duration(
            "--wait", "How long to wait for a buffer's reader.", TimeSpan.FromSeconds(5), "5s"));
        _hold = Declare(Symbols.Flag("--hold", "Keep the last item published until Ctrl-C."));
        _skipDamaged = Declare(Symbols.Flag("--skip-damaged", "Leave damaged blocks out instead of stopping there."));
        _info = Declare(Symbols.Flag("--info", "Print what the file holds instead of playing it."));
        _verify = Declare(Symbols.Flag("--verify", "Check every block's checksum instead of playing it."));
        _profile = Declare(Void.VoidArguments.Profile());
        _json = Declare(Symbols.Json());
        Examples =
        [
            "plenum replay camera.plr",
            "plenum replay camera.plr --to test-camera --speed 2",
            "plenum replay levels.plr --loop",
            "plenum replay camera.plr --info",
        ];
        Remarks = """
            Frames go into a ZeroBuffer as its writer: start the buffer's reader first, or within --wait. Snapshots
            are published as a VOID segment of their own, which is removed at the end. Values go into a ZeroIPC
            structure, which is created when it is not there and stays.

            Each item is played at its recorded distance from the first one, divided by --speed; a delay is caught
            up and never adds up. A recording whose recorder was killed is played as far as it goes.

            Exit code: 0; 1 the recording is empty or damaged (--verify); 2 no such file; 3 no buffer within --wait;
            4 the file is no recording, is damaged, or is of a newer version; 6 the reader died; 7 the name has a
            writer already; 130 Ctrl-C.
            """;
    }

    internal override int Run(CommandContext context)
    {
        string file = context.Get(_file);
        using RecordingReader reader = Open(file);
        if (context.Get(_info) || context.Get(_verify))
        {
            return RecordingReport.Print(context, reader, file, context.Get(_verify), context.Get(_json));
        }

        using ReplayTarget target = OpenTarget(context, reader.Description);
        var run = new ReplayRun(reader, target)
        {
            Speed = context.Get(_speed),
            Loop = context.Get(_loop),
            Count = context.Get(_count),
            SkipDamaged = context.Get(_skipDamaged),
        };
        int code = ExitCode.Success;
        try
        {
            run.Run(context.Cancellation);
            if (context.Get(_hold))
            {
                _ = context.Cancellation.WaitHandle.WaitOne();
            }
        }
        catch (OperationCanceledException)
        {
            code = ExitCode.Cancelled;
        }

        Report(context, target, run);
        return code == ExitCode.Success ? Explain(context, file, reader, run) : code;
    }

    private static RecordingReader Open(string file)
    {
        if (file == "-")
        {
            return new RecordingReader(ByteStreams.OpenInput(file), "standard input");
        }

        try
        {
            return RecordingReader.Open(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw CommandException.Usage($"cannot read '{file}': there is no such file");
        }
    }

    private ReplayTarget OpenTarget(CommandContext context, RecordingDescription description)
    {
        string to = context.Get(_to) ?? description.Segment;
        switch (description.Kind)
        {
            case RecordingKind.Frames:
                return new BufferTarget(BufferConnection.Connect(
                    SegmentSelector.NameFor(SegmentProtocol.ZeroBuffer, to), context.Get(_wait), context.Cancellation));
            case RecordingKind.Snapshots:
                return new SnapshotTarget(Void.VoidArguments.Name(to), new VoidWriterOptions
                {
                    Profile = Void.VoidArguments.Resolve(context, _profile),
                    Owner = new VoidOwner(
                        description.Property("owner-app") ?? string.Empty,
                        description.Property("owner-project") ?? string.Empty,
                        description.Property("owner-node") ?? string.Empty),
                });
            case RecordingKind.Values:
                return ValueTarget.Open(
                    SegmentSelector.NameFor(SegmentProtocol.ZeroIpc, to),
                    context.Get(_entry) ?? description.Entry ?? "values",
                    context.Get(_as),
                    description);
            default:
                throw CommandException.Malformed(
                    $"the recording holds items of kind {(int)description.Kind}, which this program cannot play");
        }
    }

    private void Report(CommandContext context, ReplayTarget target, ReplayRun run)
    {
        if (!context.Get(_json))
        {
            context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{target.Name}: played {run.Items} items, {SizeText.Format(run.DataBytes)} in "
                + $"{DurationText.Format(run.Elapsed)}, at most {run.Latest.TotalMilliseconds:0.0} ms late"));
            context.Output.Flush();
            return;
        }

        JsonOutput.Line(context.Output, json =>
        {
            json.WriteStartObject();
            json.WriteString("name", target.Name);
            json.WriteNumber("items", run.Items);
            json.WriteNumber("dataBytes", run.DataBytes);
            json.WriteNumber("passes", run.Passes);
            json.WriteNumber("durationMs", (long)run.Elapsed.TotalMilliseconds);
            json.WriteNumber("latestNs", run.Latest.Ticks * 100);
            json.WriteNumber("damagedBlocks", run.Damaged);
            json.WriteEndObject();
        });
    }

    private static int Explain(CommandContext context, string file, RecordingReader reader, ReplayRun run)
    {
        if (reader.Ending == RecordingEnding.Unfinished)
        {
            context.Error.WriteLine($"plenum: replaying '{file}': its recorder did not finish it; it was played as "
                + "far as it goes");
        }

        if (run.Items > 0)
        {
            return ExitCode.Success;
        }

        context.Error.WriteLine($"plenum: replaying '{file}': the recording holds no items");
        return ExitCode.Problem;
    }
}
