using Plenum.Benchmarks.Harness;
using Plenum.Platform;

namespace Plenum.Benchmarks.Cases.Limits;

/// <summary>The in-place copy ruler as a case of its own; <see cref="Rate"/> is what other cases put beside
/// theirs.</summary>
internal sealed class SlotRingCase() : PairCase(CaseName, "in-place copy ruler, 6.2 MB frames, 4 slots")
{
    internal const string CaseName = "limit/in-place-copy";
    internal const int FrameBytes = 1920 * 1080 * 3;

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        Counted counted = Run(side, 4, FrameBytes, time);
        return new CaseOutcome
        {
            Operations = counted.Messages,
            Seconds = counted.Seconds,
            Verified = counted.Right,
            BytesPerOperation = FrameBytes,
        };
    }

    /// <summary>Nanoseconds a frame.</summary>
    internal static double Rate(SampleSide side, int slots, int sizeBytes, TimeSpan time)
    {
        Counted counted = Run(side, slots, sizeBytes, time);
        return counted.Messages > 0 ? counted.Seconds * 1e9 / counted.Messages : 0;
    }

    internal override void Partner(PartnerSide side)
    {
        int slots = (int)side.Number(1);
        int size = (int)side.Number(2);
        using var ring = new SlotRing(
            SharedSegment.Open(SegmentName.Parse(side.Text(0)), SegmentAccess.ReadWrite, 4096), slots, size);
        var source = new FrameSource(size);
        side.Ready();
        long end = MonotonicClock.Nanoseconds + (side.Number(3) * 1_000_000);
        for (long index = 0; MonotonicClock.Nanoseconds < end; index++)
        {
            while (!ring.TryWrite(source, index))
            {
            }
        }

        ring.End();
    }

    private static Counted Run(
        SampleSide side, int slots, int sizeBytes, TimeSpan time)
    {
        string name = side.NewName("slots");
        var options = new SegmentOptions { Prefault = true };
        var segment = SharedSegment.Create(
            SegmentName.Parse(name), SlotRing.SegmentBytes(slots, sizeBytes), static _ => { }, options);
        try
        {
            using var ring = new SlotRing(segment, slots, sizeBytes);
            side.Start(CaseName, name, slots, sizeBytes, (long)time.TotalMilliseconds);
            var flow = new Flow(ring, new FrameSource(sizeBytes));
            Counted result = OneWay.Run(ref flow, time, FrameSource.ChunkOf(sizeBytes));
            side.Finish();
            return result;
        }
        finally
        {
            SharedSegment.Remove(SegmentName.Parse(name));
        }
    }

    private struct Flow(SlotRing ring, FrameSource source) : IFlow
    {
        private long _index;

        public int Receive()
        {
            while (true)
            {
                if (ring.TryRead(out ReadOnlySpan<byte> frame))
                {
                    bool right = source.Matches(frame, _index++);
                    ring.Release();
                    return right ? 1 : -1;
                }

                if (ring.IsOver)
                {
                    return 0;
                }
            }
        }
    }
}
