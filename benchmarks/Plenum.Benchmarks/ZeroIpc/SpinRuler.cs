using System.Diagnostics;
using Plenum.Platform;

namespace Plenum.Benchmarks.ZeroIpc;

/// <summary>The machine's own limit: the round trip of two cache lines between two spinning, pinned
/// processes.</summary>
internal static class SpinRuler
{
    internal const long SegmentBytes = 4096;
    private const ulong Stop = ulong.MaxValue;
    private const int Batch = 100;

    /// <summary>The median over batches, in nanoseconds per round trip.</summary>
    internal static double Lead(SharedSegment segment, long rounds)
    {
        SharedUInt64 ping = segment.UInt64(0), pong = segment.UInt64(256);
        var samples = new double[rounds / Batch];
        ulong round = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int k = 0; k < Batch; k++)
            {
                // PUBLISH [bench-ruler] Nothing else is ordered by it.
                ping.WriteRelease(++round);
                while (pong.ReadAcquire() != round)
                {
                    // OBSERVE [bench-ruler] Without a pause: the pause would be what is measured.
                }
            }

            samples[i] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / Batch;
        }

        ping.WriteRelease(Stop);
        Array.Sort(samples);
        return samples[samples.Length / 2];
    }

    /// <summary>The other half.</summary>
    internal static void Follow(SharedSegment segment)
    {
        SharedUInt64 ping = segment.UInt64(0), pong = segment.UInt64(256);
        ulong last = 0;
        while (true)
        {
            ulong seen = ping.ReadAcquire();
            if (seen == Stop)
            {
                ping.WriteRelease(0);
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
