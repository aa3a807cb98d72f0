using System.Globalization;
using System.Text.Json;
using Plenum.Cli.Commands.ZeroBuffer;
using Plenum.Cli.Hosting;
using Plenum.Cli.Measurement;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;

namespace Plenum.Cli.Commands;

/// <summary><c>plenum bench duplex</c>: requests and answers, copying, in place and over a Unix socket.</summary>
internal static class BenchDuplexPart
{
    internal const string Word = "duplex";

    private static readonly int[] s_sizes = [64, 64 * 1024, 6 << 20];
    private static readonly string[] s_kinds =
        [DuplexMeasurement.Copying, DuplexMeasurement.InPlace, DuplexMeasurement.UnixSocket];

    /// <summary>Measures and prints.</summary>
    /// <returns>The exit code.</returns>
    internal static int Run(CommandContext context, bool json)
    {
        using var session = MeasuringSession.Start(context.Cancellation);
        foreach (string note in session.Notes)
        {
            context.Error.WriteLine($"plenum: {note}");
        }

        var measurement = new DuplexMeasurement(session);
        List<(string Kind, string Mode, Bracketed<PingPongResult> Sample)> samples = [];
        foreach (int size in s_sizes)
        {
            foreach (string mode in size == s_sizes[0]
                ? [ServeTransform.Echo] : new[] { ServeTransform.Echo, ServeTransform.Xor })
            {
                samples.AddRange(s_kinds.Select(kind => (kind, mode, Bracketed.Best(
                    session.Ruler,
                    3,
                    TimeSpan.FromSeconds(1),
                    () => measurement.RoundTrip(kind, mode, size, TimeSpan.FromMilliseconds(300)),
                    session.Cancellation))));
            }
        }

        if (json)
        {
            JsonOutput.Document(context.Output, writer => WriteJson(writer, samples));
        }
        else
        {
            WriteText(context.Output, samples);
        }

        return samples.TrueForAll(sample => sample.Sample.Value.Verified) ? ExitCode.Success : ExitCode.Problem;
    }

    private static void WriteJson(
        Utf8JsonWriter json, List<(string Kind, string Mode, Bracketed<PingPongResult> Sample)> samples)
    {
        json.WriteStartObject();
        MeasurementOutput.WriteRuler(json, samples[0].Sample.Bracket);
        json.WriteStartArray(Word);
        foreach ((string kind, string mode, Bracketed<PingPongResult> sample) in samples)
        {
            json.WriteStartObject();
            json.WriteString("kind", kind);
            json.WriteString("mode", mode);
            json.WriteNumber("sizeBytes", sample.Value.SizeBytes);
            json.WriteNumber("rounds", sample.Value.Rounds);
            json.WriteNumber("p50Ns", sample.Value.P50);
            json.WriteNumber("p99Ns", sample.Value.P99);
            json.WriteNumber("ratioToRuler", Math.Round(sample.Value.P50 / sample.Bracket.Mean, 2));
            json.WriteNumber("rulerNs", Math.Round(sample.Bracket.Mean, 1));
            json.WriteString("state", MeasurementOutput.StateText(sample.Bracket.State));
            json.WriteBoolean("verified", sample.Value.Verified);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteText(
        TextWriter output, List<(string Kind, string Mode, Bracketed<PingPongResult> Sample)> samples)
    {
        foreach ((string kind, string mode, Bracketed<PingPongResult> sample) in samples)
        {
            string end = sample.Value.Verified ? string.Empty : "  VERIFICATION FAILED";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{SizeText.Format(sample.Value.SizeBytes),8} {mode,-4} {kind,-11} "
                + $"p50 {MeasurementOutput.Time(sample.Value.P50),7}  p99 {MeasurementOutput.Time(sample.Value.P99),7} "
                + $"{sample.Value.P50 / sample.Bracket.Mean,8:0.0} R of {sample.Bracket.Mean:0} ns "
                + $"{MeasurementOutput.StateText(sample.Bracket.State)}{end}"));
        }
    }
}
