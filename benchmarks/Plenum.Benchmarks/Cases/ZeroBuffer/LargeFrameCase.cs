using Plenum.Benchmarks.Cases.Limits;
using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace Plenum.Benchmarks.Cases.ZeroBuffer;

/// <summary>1080p frames filled and compared in place, beside the in-place copy ruler with the same slots.</summary>
internal sealed class LargeFrameCase(int slots)
    : PairCase($"zerobuffer/in-place-6M-{slots}", $"1080p RGB frames in place, {slots} in the ring")
{
    private const int FrameBytes = SlotRingCase.FrameBytes;

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        double reference = SlotRingCase.Rate(side, slots, FrameBytes, time / 2);
        string name = side.NewName("zb");
        using var reader = ZeroBufferReader.Create(name, Buffers.Options(RingBytes(slots)));
        side.Start(Name, name, slots, (long)time.TotalMilliseconds);
        var flow = new FrameFlow(reader, new FrameSource(FrameBytes));
        Counted counted = OneWay.Run(ref flow, time, 1);
        PartnerReport report = side.Finish();
        double after = SlotRingCase.Rate(side, slots, FrameBytes, time / 2);
        return new CaseOutcome
        {
            Operations = counted.Messages,
            Seconds = counted.Seconds,
            Verified = counted.Right && report.Right,
            BytesPerOperation = FrameBytes,
            AllocatedBytes = counted.AllocatedBytes + report.AllocatedBytes,
            Reference = "in-place copy ruler, same slots",
            ReferenceNanoseconds = (reference + after) / 2,
        };
    }

    internal override void Partner(PartnerSide side)
    {
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(
            side.Text(0), Buffers.Patience, Buffers.Options(RingBytes((int)side.Number(1))));
        var source = new FrameSource(FrameBytes);
        side.Ready();
        long end = MonotonicClock.Nanoseconds + (side.Number(2) * 1_000_000);
        for (long index = 0; MonotonicClock.Nanoseconds < end; index++)
        {
            using FrameReservation room = writer.Reserve(FrameBytes);
            source.Fill(room.Span, index);
            room.Commit();
        }

        side.Counted();
    }

    // The same slots as the ruler's: a header and the frame, and a little for the wrap.
    private static long RingBytes(int count) => (count * (FrameBytes + 16L + 48)) + 64;
}
