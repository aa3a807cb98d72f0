using Plenum.Benchmarks.Harness;
using Plenum.Platform;

namespace Plenum.Benchmarks.Cases.Limits;

/// <summary>A round trip on two futex words, always asleep in between: what the kernel itself costs.</summary>
internal struct FutexRound(SharedSegment segment) : IRound
{
    internal const long PongOffset = 256;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private SharedUInt32 _ping = segment.UInt32(0);
    private SharedUInt32 _pong = segment.UInt32(PongOffset);

    public bool Go(long index)
    {
        // PUBLISH [futex-round] The partner answers with the same number.
        _ping.WriteRelease((uint)index + 1);
        SharedFutex.Wake(_ping);
        return Await(_pong, (uint)index, (uint)index + 1);
    }

    /// <summary>The partner's half: answers until it reads the largest number.</summary>
    internal static void Answer(SharedSegment segment)
    {
        SharedUInt32 ping = segment.UInt32(0);
        SharedUInt32 pong = segment.UInt32(PongOffset);
        uint last = 0;
        while (true)
        {
            // OBSERVE [futex-round] The number is all there is.
            uint seen = ping.ReadAcquire();
            if (seen == uint.MaxValue)
            {
                return;
            }

            if (seen == last)
            {
                SharedFutex.Wait(ping, last, s_patience);
                continue;
            }

            last = seen;
            pong.WriteRelease(seen);
            SharedFutex.Wake(pong);
        }
    }

    /// <summary>Measures a few hundred round trips against <see cref="FutexCase"/>'s partner.</summary>
    internal static double Median(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("futex");
        using var segment = SharedSegment.Create(SegmentName.Parse(name), 4096, static _ => { });
        try
        {
            side.Start("limit/futex-asleep", name);
            var round = new FutexRound(segment);
            (Histogram times, _, _) = RoundTrips.Run(ref round, time);
            segment.UInt32(0).WriteRelease(uint.MaxValue);
            SharedFutex.WakeAll(segment.UInt32(0));
            side.Finish();
            return times.Percentile(0.5);
        }
        finally
        {
            segment.RemoveName();
        }
    }

    private static bool Await(SharedUInt32 word, uint old, uint wanted)
    {
        while (word.ReadAcquire() == old)
        {
            if (SharedFutex.Wait(word, old, s_patience) == WaitResult.TimedOut)
            {
                return false;
            }
        }

        return word.ReadAcquire() == wanted;
    }
}
