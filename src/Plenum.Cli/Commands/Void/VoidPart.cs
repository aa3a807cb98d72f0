using Plenum.Cli.Measurement;

namespace Plenum.Cli.Commands.Void;

/// <summary>What <c>bench void</c> and the VOID part of <c>demo</c> measure.</summary>
internal static class VoidPart
{
    private const int MessageFloats = 16;
    private const int DemoFloats = 512;
    private static readonly int[] s_floats = [8, 512, 65_536, 1 << 20];

    /// <summary>Round trips of a small matrix, then verified snapshots of matrices of four sizes.</summary>
    internal static ProtocolResult Bench(MeasuringSession session)
    {
        var measurement = new VoidMeasurement(session);
        Bracketed<PingPongResult> pingPong = Bracketed.Best(
            session.Ruler, 5, TimeSpan.FromSeconds(2),
            () => measurement.PingPong(MessageFloats, TimeSpan.FromMilliseconds(300)), session.Cancellation);
        List<Bracketed<OneWayResult>> oneWay = [.. s_floats.Select(floats => Bracketed.Best(
            session.Ruler, 3, TimeSpan.FromSeconds(1),
            () => measurement.OneWay(floats, TimeSpan.FromMilliseconds(300)), session.Cancellation))];
        return Result(pingPong, oneWay);
    }

    /// <summary>The same, once and short.</summary>
    internal static ProtocolResult Demo(MeasuringSession session, TimeSpan time, Action<string> report)
    {
        var measurement = new VoidMeasurement(session);
        report("VOID: snapshots of a matrix that the second process rewrites without pause, every float compared");
        Bracketed<OneWayResult> snapshots = Bracketed.Best(
            session.Ruler, 1, time, () => measurement.OneWay(DemoFloats, time * 0.2), session.Cancellation);
        report("VOID: a matrix there and back");
        Bracketed<PingPongResult> pingPong = Bracketed.Best(
            session.Ruler, 1, time, () => measurement.PingPong(MessageFloats, time * 0.1), session.Cancellation);
        return Result(pingPong, [snapshots]);
    }

    private static ProtocolResult Result(
        Bracketed<PingPongResult> pingPong, IReadOnlyList<Bracketed<OneWayResult>> oneWay) => new("void")
        {
            PingPong = pingPong,
            OneWay = oneWay,
            Verified = pingPong.Value.Verified && oneWay.All(sample => sample.Value.Verified),
        };
}
