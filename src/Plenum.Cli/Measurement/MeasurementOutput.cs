using System.Globalization;
using System.Text.Json;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;

namespace Plenum.Cli.Measurement;

/// <summary>Prints measurements; the JSON shapes are those of <c>bench --json</c> and <c>demo --json</c>.</summary>
internal static class MeasurementOutput
{
    internal static string StateText(RulerState state) => state switch
    {
        RulerState.Sibling => "SIBLING",
        RulerState.Near => "NEAR",
        RulerState.Far => "FAR",
        _ => "MIXED",
    };

    internal static void WriteRuler(Utf8JsonWriter json, Bracket ruler)
    {
        json.WriteStartObject("ruler");
        json.WriteNumber("p50Ns", Math.Round(ruler.Mean, 1));
        json.WriteString("state", StateText(ruler.State));
        json.WriteEndObject();
    }

    internal static void WriteProtocol(Utf8JsonWriter json, ProtocolResult result)
    {
        json.WriteStartObject(result.Name);
        WritePingPong(json, "pingPong", result.PingPong);
        WritePingPong(json, "asleep", result.Asleep);

        json.WriteStartArray("oneWay");
        foreach (Bracketed<OneWayResult> sample in result.OneWay)
        {
            json.WriteStartObject();
            json.WriteNumber("sizeBytes", sample.Value.SizeBytes);
            json.WriteNumber("batchSize", sample.Value.BatchSize);
            json.WriteNumber("messages", sample.Value.Messages);
            json.WriteNumber("messagesPerSecond", Math.Round(sample.Value.MessagesPerSecond, 1));
            json.WriteNumber("bytesPerSecond", Math.Round(sample.Value.BytesPerSecond));
            if (sample.Value.Snapshots > 0)
            {
                json.WriteNumber("snapshots", sample.Value.Snapshots);
                json.WriteNumber("snapshotsPerSecond", Math.Round(sample.Value.SnapshotsPerSecond, 1));
            }

            if (sample.Value.RulerBytesPerSecond > 0)
            {
                json.WriteNumber("slotRulerBytesPerSecond", Math.Round(sample.Value.RulerBytesPerSecond));
                json.WriteNumber("ratioToSlotRuler", Math.Round(sample.Value.RatioToRuler, 3));
            }

            WriteAllocations(json, sample.Value.Allocated);
            json.WriteNumber("rulerNs", Math.Round(sample.Bracket.Mean, 1));
            json.WriteString("state", StateText(sample.Bracket.State));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (result.Rest is { } rest)
        {
            json.WriteStartObject("processorPercent");
            json.WriteNumber("blockedReader", Math.Round(rest.BlockedReader, 3));
            json.WriteNumber("blockedWriter", Math.Round(rest.BlockedWriter, 3));
            json.WriteNumber("idleReader", Math.Round(rest.IdleReader, 3));
            json.WriteNumber("idleWriter", Math.Round(rest.IdleWriter, 3));
            json.WriteEndObject();
        }

        json.WriteBoolean("verified", result.Verified);
        json.WriteEndObject();
    }

    internal static void WriteText(TextWriter output, ProtocolResult result)
    {
        output.WriteLine(result.Name);
        foreach (Bracketed<OneWayResult> sample in result.OneWay)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {SizeText.Format(sample.Value.SizeBytes),8} one way{Batches(sample.Value),-7}"
                + $"{Rate(sample.Value.MessagesPerSecond),8}/s"
                + $"{sample.Value.BytesPerSecond / 1e9,7:0.00} GB/s  {Beside(sample.Value),-18}  "
                + $"{StateText(sample.Bracket.State)}"));
        }

        WriteText(output, "ping-pong", result.PingPong);
        WriteText(output, "asleep", result.Asleep);

        if (result.Rest is { } rest)
        {
            double allocated = result.OneWay.Select(sample => sample.Value.Allocated)
                .Append(result.PingPong?.Value.Allocated ?? default).Max(ends => Math.Max(ends.Reader, ends.Writer));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  processor: reader blocked {rest.BlockedReader:0.00} %, idle {rest.IdleReader:0.00} %; "
                + $"writer blocked {rest.BlockedWriter:0.00} %, idle {rest.IdleWriter:0.00} %"));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  allocated per frame: at most {allocated:0.###} bytes"));
        }

        output.WriteLine(result.Verified ? "  every answer verified" : "  VERIFICATION FAILED");
    }

    /// <summary>A time in at most seven characters.</summary>
    internal static string Time(long nanoseconds) => nanoseconds switch
    {
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds} ns"),
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e3:0.00} us"),
        < 100_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e3:0.0} us"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e3:0} us"),
        < 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e6:0.00} ms"),
        < 100_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e6:0.0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e6:0} ms"),
    };

    internal static string Rate(double perSecond) => perSecond switch
    {
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{perSecond / 1e6:0.00} M"),
        >= 1e4 => string.Create(CultureInfo.InvariantCulture, $"{perSecond / 1e3:0.0} k"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{perSecond:0}"),
    };

    private static void WriteAllocations(Utf8JsonWriter json, Allocations allocated)
    {
        json.WriteStartObject("allocatedBytesPerFrame");
        json.WriteNumber("reader", Math.Round(allocated.Reader, 3));
        json.WriteNumber("writer", Math.Round(allocated.Writer, 3));
        json.WriteEndObject();
    }

    private static string Batches(OneWayResult result) =>
        result.BatchSize > 1 ? string.Create(CultureInfo.InvariantCulture, $" by {result.BatchSize}") : string.Empty;

    private static void WriteText(TextWriter output, string title, Bracketed<PingPongResult>? taken)
    {
        if (taken is { } sample)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {SizeText.Format(sample.Value.SizeBytes),8} {title,-9} p50 {Time(sample.Value.P50),7}  "
                + $"p99 {Time(sample.Value.P99),7}  p99.9 {Time(sample.Value.P999),7} {Ratio(sample),6:0.0} R  "
                + $"{StateText(sample.Bracket.State)}"));
        }
    }

    // What the rate stands beside: bare slots for a stream, copies taken for shared state.
    private static string Beside(OneWayResult result) => result switch
    {
        { RulerBytesPerSecond: > 0 } => string.Create(
            CultureInfo.InvariantCulture, $"{result.RatioToRuler * 100:0} % of bare slots"),
        { Snapshots: > 0 } => $"of {Rate(result.SnapshotsPerSecond)} copies/s",
        _ => string.Empty,
    };

    private static void WritePingPong(Utf8JsonWriter json, string name, Bracketed<PingPongResult>? taken)
    {
        if (taken is not { } sample)
        {
            return;
        }

        json.WriteStartObject(name);
        json.WriteNumber("sizeBytes", sample.Value.SizeBytes);
        json.WriteNumber("rounds", sample.Value.Rounds);
        json.WriteNumber("p50Ns", sample.Value.P50);
        json.WriteNumber("p99Ns", sample.Value.P99);
        json.WriteNumber("p999Ns", sample.Value.P999);
        json.WriteNumber("ratioToRuler", Ratio(sample));
        WriteAllocations(json, sample.Value.Allocated);
        json.WriteNumber("rulerNs", Math.Round(sample.Bracket.Mean, 1));
        json.WriteString("state", StateText(sample.Bracket.State));
        json.WriteEndObject();
    }

    private static double Ratio(Bracketed<PingPongResult> sample) =>
        sample.Bracket.Mean > 0 ? Math.Round(sample.Value.P50 / sample.Bracket.Mean, 2) : 0;
}
