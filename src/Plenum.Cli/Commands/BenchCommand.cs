using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Plenum.Cli.Commands.Void;
using Plenum.Cli.Commands.ZeroBuffer;
using Plenum.Cli.Commands.ZeroIpc;
using Plenum.Cli.Hosting;
using Plenum.Cli.Measurement;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;

namespace Plenum.Cli.Commands;

/// <summary><c>plenum bench</c>: quick latency and throughput beside the machine's limit.</summary>
internal sealed class BenchCommand : PlenumCommand
{
    internal const string Summary =
        "Measure latency and throughput between two processes beside the machine's physical limit.";

    private const int MessageBytes = 64;
    private static readonly int[] s_frameSizes = [64, 1024, 64 * 1024, 1 << 20, 6 << 20];

    private readonly Argument<string?> _what;
    private readonly Option<bool> _json;

    internal BenchCommand()
        : base("bench", Summary)
    {
        _what = Declare(new Argument<string?>("WHAT")
        {
            Description = "zerobuffer, zeroipc, void or limit, all of them by default; or duplex.",
            Arity = ArgumentArity.ZeroOrOne,
        });
        _json = Declare(Symbols.Json());
        Examples = ["plenum bench", "plenum bench zerobuffer --json", "plenum bench limit"];
        Remarks = """
            The ruler is the round trip of a bare cache line between the two pinned processes. It tells how far
            apart the two processors were: SIBLING (< 95 ns), NEAR (95 to 220), FAR (> 330); MIXED samples are not
            comparable. Every sample stands between two readings, and the best-bracketed one is kept. Compare ratios
            to the ruler, not nanoseconds.
            """;
    }

    internal override int Run(CommandContext context)
    {
        string what = context.Get(_what) ?? "all";
        if (what == BenchDuplexPart.Word)
        {
            return BenchDuplexPart.Run(context, context.Get(_json));
        }

        if (what is not ("all" or "zerobuffer" or "zeroipc" or "void" or "limit"))
        {
            throw CommandException.Usage($"'{what}' is not zerobuffer, zeroipc, void, limit or duplex");
        }

        using var session = MeasuringSession.Start(context.Cancellation);
        foreach (string note in session.Notes)
        {
            context.Error.WriteLine($"plenum: {note}");
        }

        List<ProtocolResult> results = [];
        if (what is "all" or "zerobuffer")
        {
            results.Add(MeasureZeroBuffer(session));
        }

        if (what is "all" or "zeroipc")
        {
            results.Add(ZeroIpcPart.Bench(session));
        }

        if (what is "all" or "void")
        {
            results.Add(VoidPart.Bench(session));
        }

        Bracket ruler = results.FirstOrDefault(result => result.PingPong is not null)?.PingPong!.Bracket
            ?? new Bracket(session.Ruler.Read(), session.Ruler.Read());
        List<MemoryCopyResult> copies = what is "all" or "limit" ? [.. s_frameSizes.Select(MemoryCopy.Measure)] : [];
        if (context.Get(_json))
        {
            JsonOutput.Document(context.Output, json => WriteJson(json, session, ruler, results, copies));
        }
        else
        {
            WriteText(context.Output, ruler, results, copies);
        }

        return results.TrueForAll(result => result.Verified) ? ExitCode.Success : ExitCode.Problem;
    }

    private static ProtocolResult MeasureZeroBuffer(MeasuringSession session)
    {
        var measurement = new ZeroBufferMeasurement(session);
        measurement.WarmUp();
        Bracketed<PingPongResult> pingPong = Bracketed.Best(
            session.Ruler, 5, TimeSpan.FromSeconds(3),
            () => measurement.PingPong(MessageBytes, TimeSpan.FromMilliseconds(300)), session.Cancellation);
        List<Bracketed<OneWayResult>> oneWay = [.. s_frameSizes.Select(size => Bracketed.Best(
            session.Ruler, 3, TimeSpan.FromSeconds(1.5),
            () => measurement.OneWayBesideRuler(size, TimeSpan.FromMilliseconds(400)), session.Cancellation))];
        return new ProtocolResult("zerobuffer")
        {
            PingPong = pingPong,
            OneWay = oneWay,
            Rest = ZeroBufferRest.Measure(session, TimeSpan.FromSeconds(1.5)),
            Verified = pingPong.Value.Verified && oneWay.TrueForAll(sample => sample.Value.Verified),
        };
    }

    private static void WriteJson(
        Utf8JsonWriter json, MeasuringSession session, Bracket ruler, List<ProtocolResult> results,
            List<MemoryCopyResult> copies)
    {
        json.WriteStartObject();
        MeasurementOutput.WriteRuler(json, ruler);
        json.WriteNumber("processors", session.Processors);
        JsonOutput.Strings(json, "notes", session.Notes);
        foreach (ProtocolResult result in results)
        {
            MeasurementOutput.WriteProtocol(json, result);
        }

        if (copies.Count > 0)
        {
            json.WriteStartArray("memoryCopy");
            foreach (MemoryCopyResult copy in copies)
            {
                json.WriteStartObject();
                json.WriteNumber("sizeBytes", copy.SizeBytes);
                json.WriteNumber("bytesPerSecond", Math.Round(copy.BytesPerSecond));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteText(
        TextWriter output, Bracket ruler, List<ProtocolResult> results, List<MemoryCopyResult> copies)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"ruler R: {ruler.Mean:0} ns, the round trip of a bare cache line "
            + $"({MeasurementOutput.StateText(ruler.State)})"));
        foreach (ProtocolResult result in results)
        {
            MeasurementOutput.WriteText(output, result);
        }

        foreach (MemoryCopyResult copy in copies)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"memory copy {SizeText.Format(copy.SizeBytes),8}  {copy.BytesPerSecond / 1e9,7:0.00} GB/s"));
        }
    }
}
