using Plenum.Benchmarks.Harness;
using Plenum.Platform;

namespace Plenum.Benchmarks.Cases.Limits;

/// <summary>Raw futex round trip, both sides always asleep between messages.</summary>
internal sealed class FutexCase() : PairCase("limit/futex-asleep", "raw futex round trip, both sides always asleep")
{
    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("futex");
        using var segment = SharedSegment.Create(SegmentName.Parse(name), 4096, static _ => { });
        try
        {
            side.Start(Name, name);
            var round = new FutexRound(segment);
            (Histogram times, double seconds, bool right) = RoundTrips.Run(ref round, time);
            segment.UInt32(0).WriteRelease(uint.MaxValue);
            SharedFutex.WakeAll(segment.UInt32(0));
            side.Finish();
            return new CaseOutcome
            { Operations = times.Count, Seconds = seconds, Verified = right, Latency = times };
        }
        finally
        {
            segment.RemoveName();
        }
    }

    internal override void Partner(PartnerSide side)
    {
        using var segment = SharedSegment.Open(SegmentName.Parse(side.Text(0)), SegmentAccess.ReadWrite, 4096);
        side.Ready();
        FutexRound.Answer(segment);
    }
}
