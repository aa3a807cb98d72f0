using Plenum.Platform;

namespace Plenum.Benchmarks.Harness;

/// <summary>The machine's limit: the round trip of two cache lines between two spinning, pinned processes.</summary>
internal static class Ruler
{
    private const long PongOffset = 256;
    private const ulong Stop = ulong.MaxValue;
    private const int Rounds = 200_000;
    private const int RoundsPerBatch = 100;
    private const long LimitNanoseconds = 400_000_000;

    /// <summary>What two readings say of the sample between them.</summary>
    internal static RulerState Judge(double before, double after) => (before, after) switch
    {
        ( < 95, < 95) => RulerState.Sibling,
        ( >= 95 and <= 220, >= 95 and <= 220) => RulerState.Near,
        ( > 330, > 330) => RulerState.Far,
        _ => RulerState.Mixed,
    };

    /// <summary>Takes a reading: nanoseconds a round trip, the median over batches of 100.</summary>
    internal static double Read(SampleSide side)
    {
        string name = side.NewName("ruler");
        using var segment = SharedSegment.Create(SegmentName.Parse(name), 4096, static _ => { });
        try
        {
            side.Start("ruler", name);
            double[] batches = new double[Rounds / RoundsPerBatch];
            SharedUInt64 ping = segment.UInt64(0);
            SharedUInt64 pong = segment.UInt64(PongOffset);
            int count = 0;
            ulong round = 0;
            long start = MonotonicClock.Nanoseconds;
            long last = start;
            while (count < batches.Length && last - start < LimitNanoseconds)
            {
                Batch(ping, pong, ref round);
                long now = MonotonicClock.Nanoseconds;
                batches[count++] = now - last;
                last = now;
            }

            ping.WriteRelease(Stop);
            side.Finish();
            Array.Sort(batches, 0, count);
            return batches[count / 2] / RoundsPerBatch;
        }
        finally
        {
            segment.RemoveName();
        }
    }

    /// <summary>The partner's half.</summary>
    internal static void Answer(PartnerSide side)
    {
        using var segment = SharedSegment.Open(SegmentName.Parse(side.Text(0)), SegmentAccess.ReadWrite, 4096);
        side.Ready();
        SharedUInt64 ping = segment.UInt64(0);
        SharedUInt64 pong = segment.UInt64(PongOffset);
        ulong last = 0;
        while (true)
        {
            // OBSERVE [ruler] The number is all there is.
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

    private static void Batch(SharedUInt64 ping, SharedUInt64 pong, ref ulong round)
    {
        for (int i = 0; i < RoundsPerBatch; i++)
        {
            round++;

            // PUBLISH [ruler] The partner answers with the same number; nothing else is ordered by it.
            ping.WriteRelease(round);
            while (pong.ReadAcquire() != round)
            {
                // No pause: the pause would be what is measured.
            }
        }
    }
}
