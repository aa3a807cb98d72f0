using Plenum.Platform;

namespace Plenum.Cli.Measurement;

/// <summary>The machine's own limit: the round trip of two cache lines between two spinning, pinned
/// processes.</summary>
internal sealed class Ruler : IDisposable
{
    internal const int SegmentBytes = 4096;
    internal const int PongOffset = 256;
    internal const ulong Stop = ulong.MaxValue;

    private const int Rounds = 200_000;
    private const int RoundsPerSample = 100;
    private static readonly long s_limitNanoseconds = TimeSpan.FromSeconds(1).Ticks * 100;

    private readonly MeasuringPeer _peer;
    private readonly SharedSegment _segment;

    internal Ruler(MeasuringPeer peer)
    {
        _peer = peer;
        _segment = SharedSegment.Create(
            SegmentName.Parse($"plenum-ruler-{Environment.ProcessId}-{peer.ProcessId}"), SegmentBytes, _ => { });
    }

    /// <summary>Takes a reading.</summary>
    /// <returns>Nanoseconds per round trip, the median over batches of 100.</returns>
    internal double Read()
    {
        SharedUInt64 ping = _segment.UInt64(0);
        SharedUInt64 pong = _segment.UInt64(PongOffset);
        ping.WriteRelease(0);
        pong.WriteRelease(0);
        _peer.Send($"ruler {_segment.Name.Value}");
        _peer.Expect("ready");
        var samples = new LatencySamples(Rounds / RoundsPerSample);
        long start = MonotonicClock.Nanoseconds;
        long last = start;
        ulong round = 0;
        while (round < Rounds && last - start < s_limitNanoseconds)
        {
            for (int i = 0; i < RoundsPerSample; i++)
            {
                round++;

                // PUBLISH [ruler] the peer answers with the same number; nothing else is ordered by it.
                ping.WriteRelease(round);
                while (pong.ReadAcquire() != round)
                {
                    // OBSERVE [ruler] spins without a pause: the pause would be what is measured.
                }
            }

            long now = MonotonicClock.Nanoseconds;
            samples.Add(now - last);
            last = now;
        }

        ping.WriteRelease(Stop);
        _peer.Expect("done");
        return samples.Percentile(0.5) / (double)RoundsPerSample;
    }

    public void Dispose()
    {
        _segment.RemoveName();
        _segment.Dispose();
    }

    /// <summary>The peer's half.</summary>
    internal static void Answer(string segmentName, Action ready)
    {
        using var segment = SharedSegment.Open(
            SegmentName.Parse(segmentName), SegmentAccess.ReadWrite, SegmentBytes);
        SharedUInt64 ping = segment.UInt64(0);
        SharedUInt64 pong = segment.UInt64(PongOffset);
        ready();
        ulong last = 0;
        while (true)
        {
            // OBSERVE [ruler] and answer; see Read.
            ulong seen = ping.ReadAcquire();
            if (seen == Stop)
            {
                return;
            }

            if (seen != last)
            {
                last = seen;
                pong.WriteRelease(seen);
            }
        }
    }
}
