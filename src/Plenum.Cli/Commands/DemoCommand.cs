using System.CommandLine;
using System.Globalization;
using Plenum.Cli.Commands.Void;
using Plenum.Cli.Commands.ZeroBuffer;
using Plenum.Cli.Commands.ZeroIpc;
using Plenum.Cli.Hosting;
using Plenum.Cli.Measurement;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;

namespace Plenum.Cli.Commands;

/// <summary><c>plenum demo</c>: the main job on one machine, verified.</summary>
internal sealed class DemoCommand : PlenumCommand
{
    internal const string Summary = "Exchange verified data with a second process and show how fast it went.";

    private const int MessageBytes = 64;

    private readonly Option<double> _seconds;
    private readonly Option<long> _frameSize;
    private readonly Option<bool> _json;

    internal DemoCommand()
        : base("demo", Summary)
    {
        _seconds = Declare(Symbols.Rate("--seconds", "How long to run, about.", 3, "3"));
        _frameSize = Declare(Symbols.Size("--frame-size", "Size of the streamed frames.", 6 << 20, "6MiB"));
        _json = Declare(Symbols.Json());
        Examples = ["plenum demo", "plenum demo --seconds 10 --frame-size 1MiB", "plenum demo --json"];
        Remarks = "Exit code 0 only when every byte was verified.";
    }

    internal override int Run(CommandContext context)
    {
        long size = context.Get(_frameSize);
        if (size is < 1 or > 1 << 30)
        {
            throw CommandException.Usage("--frame-size: from 1 byte to 1GiB");
        }

        var time = TimeSpan.FromSeconds(Math.Min(context.Get(_seconds), 86_400));
        (Bracket ruler, List<ProtocolResult> results) = DemoProgress.Run(
            !context.Get(_json), report => Measure((int)size, time, report, context.Cancellation));
        bool verified = results.TrueForAll(result => result.Verified);
        if (context.Get(_json))
        {
            JsonOutput.Document(context.Output, json =>
            {
                json.WriteStartObject();
                MeasurementOutput.WriteRuler(json, ruler);
                foreach (ProtocolResult result in results)
                {
                    MeasurementOutput.WriteProtocol(json, result);
                }

                json.WriteBoolean("verified", verified);
                json.WriteEndObject();
            });
        }
        else
        {
            foreach (ProtocolResult result in results)
            {
                MeasurementOutput.WriteText(context.Output, result);
            }

            context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"two processes, R = {ruler.Mean:0} ns apart ({MeasurementOutput.StateText(ruler.State)}); "
                + $"{(verified ? "everything verified" : "VERIFICATION FAILED")}"));
        }

        return verified ? ExitCode.Success : ExitCode.Problem;
    }

    private static (Bracket Ruler, List<ProtocolResult> Results) Measure(
        int frameBytes, TimeSpan time, Action<string> report, CancellationToken cancellation)
    {
        using var session = MeasuringSession.Start(cancellation);
        var results = new List<ProtocolResult> { ZeroBufferPart(session, frameBytes, time, report) };
        results.AddRange(DemoDuplexPart.Measure(session, frameBytes, time, report));
        results.Add(ZeroIpcPart.Demo(session, time, report));
        results.Add(VoidPart.Demo(session, time, report));
        Bracket ruler = results.First(result => result.PingPong is not null).PingPong!.Bracket;
        return (ruler, results);
    }

    private static ProtocolResult ZeroBufferPart(
        MeasuringSession session, int frameBytes, TimeSpan time, Action<string> report)
    {
        var measurement = new ZeroBufferMeasurement(session);
        Bracketed<OneWayResult> stream = Bracketed.Best(
            session.Ruler, 1, time,
            () => measurement.OneWay(
                frameBytes, time * 0.75, (frames, seconds) =>
                    report(DemoProgress.Frames("ZeroBuffer", frameBytes, frames, seconds))),
            session.Cancellation);
        report("ZeroBuffer: round trips of 64 bytes");
        Bracketed<PingPongResult> pingPong = Bracketed.Best(
            session.Ruler, 1, time, () => measurement.PingPong(MessageBytes, time * 0.1), session.Cancellation);
        return new ProtocolResult("zerobuffer")
        {
            PingPong = pingPong,
            OneWay = [stream],
            Verified = stream.Value.Verified && pingPong.Value.Verified,
        };
    }
}
