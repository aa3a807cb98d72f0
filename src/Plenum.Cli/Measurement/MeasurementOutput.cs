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
        if (result.PingPong is { } pingPong)
        {
            json.WriteStartObject("pingPong");
            json.WriteNumber("sizeBytes", pingPong.Value.SizeBytes);
            json.WriteNumber("rounds", pingPong.Value.Rounds);
            json.WriteNumber("p50Ns", pingPong.Value.P50);
            json.WriteNumber("p99Ns", pingPong.Value.P99);
            json.WriteNumber("p999Ns", pingPong.Value.P999);
            json.WriteNumber("ratioToRuler", Ratio(pingPong));
            WriteAllocations(json, pingPong.Value.Allocated);
            json.WriteNumber("rulerNs", Math.Round(pingPong.Bracket.Mean, 1));
            json.WriteString("state", StateText(pingPong.Bracket.State));
            json.WriteEndObject();
        }

        json.WriteStartArray("oneWay");
        foreach (Bracketed<OneWayResult> sample in result.OneWay)
        {
            json.WriteStartObject();
            json.WriteNumber("sizeBytes", sample.Value.SizeBytes);
            json.WriteNumber("messages", sample.Value.Messages);
            json.WriteNumber("messagesPerSecond", Math.Round(sample.Value.MessagesPerSecond, 1));
            json.WriteNumber("bytesPerSecond", Math.Round(sample.Value.BytesPerSecond));
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
                $"  {SizeText.Format(sample.Value.SizeBytes),8} one way  "
                + $"{Rate(sample.Value.MessagesPerSecond),9} messages/s  "
                + $"{sample.Value.BytesPerSecond / 1e9,7:0.00} GB/s   {RulerText(sample.Value)}"
                + $"{StateText(sample.Bracket.State)}"));
        }

        if (result.PingPong is { } pingPong)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {SizeText.Format(pingPong.Value.SizeBytes),8} ping-pong  "
                + $"p50 {pingPong.Value.P50} ns, p99 {pingPong.Value.P99} ns, "
                + $"p99.9 {pingPong.Value.P999} ns: {Ratio(pingPong):0.0} times the ruler's "
                + $"{pingPong.Bracket.Mean:0} ns   "
                + $"{StateText(pingPong.Bracket.State)}"));
        }

        if (result.Rest is { } rest)
        {
            double allocated = result.OneWay.Select(sample => sample.Value.Allocated)
                .Append(result.PingPong?.Value.Allocated ?? default).Max(ends => Math.Max(ends.Reader, ends.Writer));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  processor while blocked: reader {rest.BlockedReader:0.00} %, writer {rest.BlockedWriter:0.00} %; "
                + $"connected and idle: {rest.IdleReader:0.00} %, {rest.IdleWriter:0.00} %"));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  allocated per frame, the largest of both ends and all sizes: {allocated:0.###} bytes"));
        }

        output.WriteLine(result.Verified ? "  every answer verified" : "  VERIFICATION FAILED");
    }

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

    private static string RulerText(OneWayResult result) => result.RulerBytesPerSecond > 0
        ? string.Create(CultureInfo.InvariantCulture,
            $"{result.RatioToRuler * 100,4:0} % of bare slots ({result.RulerBytesPerSecond / 1e9:0.00} GB/s)   ")
        : string.Empty;

    private static double Ratio(Bracketed<PingPongResult> sample) =>
        sample.Bracket.Mean > 0 ? Math.Round(sample.Value.P50 / sample.Bracket.Mean, 2) : 0;
}
