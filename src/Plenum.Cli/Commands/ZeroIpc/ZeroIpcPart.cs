using Plenum.Cli.Measurement;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>What <c>bench zeroipc</c> and the ZeroIPC part of <c>demo</c> measure.</summary>
internal static class ZeroIpcPart
{
    private static readonly TimeSpan s_asleep = TimeSpan.FromMicroseconds(200);

    /// <summary>Round trips awake and asleep, one way single and in batches.</summary>
    internal static ProtocolResult Bench(MeasuringSession session)
    {
        var measurement = new ZeroIpcMeasurement(session);
        try
        {
            _ = measurement.PingPong(TimeSpan.FromMilliseconds(50), TimeSpan.Zero);
            _ = measurement.OneWay(1, TimeSpan.FromMilliseconds(100));
            _ = measurement.OneWay(ZeroIpcMeasurement.BatchSize, TimeSpan.FromMilliseconds(100));
            Bracketed<PingPongResult> awake = Bracketed.Best(
                session.Ruler, 5, TimeSpan.FromSeconds(3),
                () => measurement.PingPong(TimeSpan.FromMilliseconds(300), TimeSpan.Zero), session.Cancellation);
            Bracketed<PingPongResult> asleep = Bracketed.Best(
                session.Ruler, 1, TimeSpan.FromSeconds(1),
                () => measurement.PingPong(TimeSpan.FromMilliseconds(500), s_asleep), session.Cancellation);
            List<Bracketed<OneWayResult>> oneWay = [OneWay(1), OneWay(ZeroIpcMeasurement.BatchSize)];
            return new ProtocolResult("zeroipc")
            {
                PingPong = awake,
                Asleep = asleep,
                OneWay = oneWay,
                Verified = awake.Value.Verified && asleep.Value.Verified
                    && oneWay.TrueForAll(sample => sample.Value.Verified),
            };
        }
        finally
        {
            measurement.Remove();
        }

        Bracketed<OneWayResult> OneWay(int batch) => Bracketed.Best(
            session.Ruler, 3, TimeSpan.FromSeconds(2),
            () => measurement.OneWay(batch, TimeSpan.FromMilliseconds(500)) with { BatchSize = batch },
            session.Cancellation);
    }

    /// <summary>Shared structures, verified; then round trips and elements one way.</summary>
    internal static ProtocolResult Demo(MeasuringSession session, TimeSpan time, Action<string> report)
    {
        report("ZeroIPC: queue, map, signal, mutex, semaphore and array, used by both processes");
        bool shared = ZeroIpcShared.Verify(session);
        var measurement = new ZeroIpcMeasurement(session);
        try
        {
            report("ZeroIPC: a queue, one way and round trips");
            Bracketed<OneWayResult> stream = Bracketed.Best(
                session.Ruler, 1, time,
                () => measurement.OneWay(ZeroIpcMeasurement.BatchSize, time * 0.2) with
                {
                    BatchSize = ZeroIpcMeasurement.BatchSize,
                },
                session.Cancellation);
            Bracketed<PingPongResult> pingPong = Bracketed.Best(
                session.Ruler, 1, time, () => measurement.PingPong(time * 0.1, TimeSpan.Zero), session.Cancellation);
            return new ProtocolResult("zeroipc")
            {
                PingPong = pingPong,
                OneWay = [stream],
                Verified = shared && stream.Value.Verified && pingPong.Value.Verified,
            };
        }
        finally
        {
            measurement.Remove();
        }
    }
}
