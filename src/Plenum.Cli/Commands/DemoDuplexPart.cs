using Plenum.Cli.Commands.ZeroBuffer;
using Plenum.Cli.Measurement;

namespace Plenum.Cli.Commands;

/// <summary>The request/response part of <c>plenum demo</c>: frames filtered in place by the second process, and short
/// requests.</summary>
internal static class DemoDuplexPart
{
    private const int MessageBytes = 64;

    /// <summary>Measures and verifies.</summary>
    /// <param name="session">The two processes.</param>
    /// <param name="frameBytes">Size of the frames that are filtered in place.</param>
    /// <param name="time">How long, about.</param>
    /// <param name="report">Shows progress.</param>
    internal static IEnumerable<ProtocolResult> Measure(
        MeasuringSession session, int frameBytes, TimeSpan time, Action<string> report)
    {
        var measurement = new DuplexMeasurement(session);
        report("requests: 64 bytes there and back");
        yield return Part(
            session, "duplex", () => measurement.RoundTrip(
                DuplexMeasurement.Copying, ServeTransform.Echo, MessageBytes, time * 0.1));
        report("requests: frames filtered in place");
        yield return Part(
            session, "inPlace", () => measurement.RoundTrip(
                DuplexMeasurement.InPlace, ServeTransform.Xor, frameBytes, time * 0.15));
    }

    private static ProtocolResult Part(MeasuringSession session, string name, Func<PingPongResult> measure)
    {
        Bracketed<PingPongResult> sample = Bracketed.Best(
            session.Ruler, 1, TimeSpan.Zero, measure, session.Cancellation);
        return new ProtocolResult(name) { PingPong = sample, Verified = sample.Value.Verified };
    }
}
