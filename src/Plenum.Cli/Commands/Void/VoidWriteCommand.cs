using System.CommandLine;
using System.Globalization;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.VoidShm;

namespace Plenum.Cli.Commands.Void;

/// <summary><c>plenum void write</c>: publishes a matrix from stdin or a generator.</summary>
internal sealed class VoidWriteCommand : PlenumCommand
{
    internal const string Summary = "Publish float values, from stdin or a signal generator.";

    private readonly Argument<string> _name;
    private readonly Option<int> _channels;
    private readonly Option<int> _length;
    private readonly Option<string> _signal;
    private readonly Option<double> _frequency;
    private readonly Option<double> _rate;
    private readonly Option<string?> _ownerApp;
    private readonly Option<string?> _ownerProject;
    private readonly Option<string?> _ownerNode;
    private readonly Option<long> _frames;
    private readonly Option<string?> _profile;
    private readonly Option<bool> _hold;
    private readonly Option<bool> _json;

    internal VoidWriteCommand()
        : base("write", Summary)
    {
        _name = Declare(Symbols.Name("NAME", "The segment's name."));
        _channels = Declare(Symbols.Number("--channels", "Rows.", 1, 1, int.MaxValue, "-c"));
        _length = Declare(Symbols.Number("--length", "Floats in each row.", 1, 1, int.MaxValue, "-l"));
        _signal = Declare(Symbols.Choice("--signal", "Generate values instead of reading stdin.", "none",
            "none", "sine", "ramp", "noise", "step"));
        _frequency = Declare(Symbols.Rate("--frequency", "Frequency of the signal in Hz.", 1, "1"));
        _rate = Declare(Symbols.Rate("--rate", "Frames a second of the signal.", 60, "60"));
        _ownerApp = Declare(Symbols.Text("--owner-app", "Owner string.", "plenum"));
        _ownerProject = Declare(Symbols.Text("--owner-project", "Owner string."));
        _ownerNode = Declare(Symbols.Text("--owner-node", "Owner string."));
        _frames = Declare(Symbols.Number(
            "--frames", "Stop after this many frames; 0 for no limit.", 0L, 0, long.MaxValue, "-n"));
        _profile = Declare(VoidArguments.Profile());
        _hold = Declare(Symbols.Flag("--hold", "Keep it published after the last frame, until Ctrl-C."));
        _json = Declare(Symbols.Json());
        Examples =
        [
            "plenum void write levels --channels 4 --signal sine --frequency 0.5",
            "printf '0.1 0.2\\nset 1 0.5\\n' | plenum void write levels --channels 2 --hold",
        ];
        Remarks = """
            Lines of stdin: values (one frame, channel by channel), set CHANNEL VALUE..., a JSON array of rows,
            connect 0|1, reset, destroy, name NEW, channels N, length N; also what 'void read --format csv' and
            'json' print, where frame numbers and times are left out. At the end it disconnects: the segment is
            marked invalid and removed. Exit code 7 when another writer is alive; that is known before the source is
            read.
            """;
    }

    internal override int Run(CommandContext context)
    {
        using var writer = VoidShmWriter.Connect(
            VoidArguments.Name(context.Get(_name)), context.Get(_channels), context.Get(_length), new VoidWriterOptions
            {
                Profile = VoidArguments.Resolve(context, _profile),
                Owner = new VoidOwner(
                    context.Get(_ownerApp) ?? string.Empty,
                    context.Get(_ownerProject) ?? string.Empty,
                    context.Get(_ownerNode) ?? string.Empty),
            });
        long limit = context.Get(_frames) is > 0 and var frames ? frames : long.MaxValue;
        if (context.Verbose)
        {
            context.Error.WriteLine($"connected '{writer.Name}', epoch {writer.Epoch}");
        }

        if (context.Get(_signal) is "none" && !Console.IsInputRedirected)
        {
            context.Error.WriteLine(
                $"plenum: '{writer.Name}' is published; type its {writer.FloatCount} values, a frame a line. Ctrl-D "
                + "ends");
        }

        long written = context.Get(_signal) is "none"
            ? new VoidLineSource(writer, limit).Run(Console.In, context.Cancellation)
            : Generate(context, writer, limit);
        if (context.Get(_hold))
        {
            _ = context.Cancellation.WaitHandle.WaitOne();
        }

        Report(context, writer, written);
        return ExitCode.Success;
    }

    private long Generate(CommandContext context, VoidShmWriter writer, long limit)
    {
        var signal = new VoidSignal(Kind(context.Get(_signal)), context.Get(_frequency));
        double period = 1 / context.Get(_rate);
        float[] values = new float[writer.FloatCount];
        long start = Platform.MonotonicClock.Nanoseconds;
        long frame = 0;
        while (frame < limit)
        {
            signal.Fill(values, writer.Channels, writer.Length, frame * period, period);
            writer.Write(values);
            frame++;
            long due = start + (long)(frame * period * 1e9);
            if (frame < limit && !context.Delay(TimeSpan.FromTicks((due - Platform.MonotonicClock.Nanoseconds) / 100)))
            {
                break;
            }
        }

        return frame;
    }

    private void Report(CommandContext context, VoidShmWriter writer, long written)
    {
        if (context.Get(_json))
        {
            JsonOutput.Line(context.Output, json =>
            {
                json.WriteStartObject();
                json.WriteString("name", writer.Name);
                json.WriteNumber("framesWritten", written);
                json.WriteNumber("channels", writer.Channels);
                json.WriteNumber("length", writer.Length);
                json.WriteNumber("epoch", writer.Epoch);
                json.WriteEndObject();
            });
        }
        else
        {
            context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{writer.Name}: {written} frames of {writer.Channels} x {writer.Length}"));
        }
    }

    private static VoidSignalKind Kind(string word) => word switch
    {
        "sine" => VoidSignalKind.Sine,
        "ramp" => VoidSignalKind.Ramp,
        "noise" => VoidSignalKind.Noise,
        _ => VoidSignalKind.Step,
    };
}
