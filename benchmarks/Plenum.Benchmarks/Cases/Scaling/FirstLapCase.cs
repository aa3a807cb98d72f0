using System.Globalization;
using Plenum.Benchmarks.Cases.Limits;
using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace Plenum.Benchmarks.Cases.Scaling;

/// <summary>The first lap of a ring of 256 MiB beside its second.</summary>
internal sealed class FirstLapCase(bool prefault) : PairCase(
    $"scale/first-lap-256M{(prefault ? "-prefaulted" : string.Empty)}",
    $"1 MiB frames in place through the first lap of a 256 MiB ring{(prefault ? ", pre-faulted" : string.Empty)}")
{
    private const int FrameBytes = 1 << 20;
    private const long RingBytes = 256L << 20;
    private const int LapFrames = (int)(RingBytes / (FrameBytes + 16)) - 1;

    internal override int WarmUps => 1;

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("lap");
        long start = MonotonicClock.Nanoseconds;
        using var reader = ZeroBufferReader.Create(name, Options());
        double created = (MonotonicClock.Nanoseconds - start) / 1e6;
        side.Start(Name, name);
        var source = new FrameSource(FrameBytes);
        bool right = true;
        long longest = 0;
        double first = Lap(reader, source, 0, ref right, ref longest);
        long later = 0;
        double second = Lap(reader, source, LapFrames, ref right, ref later);
        PartnerReport report = side.Finish();
        return new CaseOutcome
        {
            Operations = LapFrames,
            Seconds = first / 1e9,
            Verified = right && report.Right,
            BytesPerOperation = FrameBytes,
            Reference = "the second lap",
            ReferenceNanoseconds = second / LapFrames,
            Note = string.Create(
                CultureInfo.InvariantCulture,
                $"created in {created:0} ms, longest wait {longest / 1e6:0.00} ms, then {later / 1e6:0.00} ms"),
        };
    }

    internal override void Partner(PartnerSide side)
    {
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(side.Text(0), ZeroBuffer.Buffers.Patience, Options());
        var source = new FrameSource(FrameBytes);
        side.Ready();
        for (int index = 0; index < 2 * LapFrames; index++)
        {
            using FrameReservation room = writer.Reserve(FrameBytes);
            source.Fill(room.Span, index);
            room.Commit();
        }
    }

    private static double Lap(
        ZeroBufferReader reader, FrameSource source, int from, ref bool right, ref long longest)
    {
        long start = MonotonicClock.Nanoseconds;
        long last = start;
        for (int index = from; index < from + LapFrames; index++)
        {
            right &= reader.Read(out Frame frame, ZeroBuffer.Buffers.Patience) == ReadOutcome.Frame;
            long now = MonotonicClock.Nanoseconds;
            longest = index > from ? Math.Max(longest, now - last) : longest;
            using (frame)
            {
                right &= source.Matches(frame.Span, index);
            }

            last = MonotonicClock.Nanoseconds;
        }

        return last - start;
    }

    private ZeroBufferOptions Options() => new()
    {
        MetadataSizeBytes = 64,
        PayloadSizeBytes = RingBytes,
        Segment = new SegmentOptions { Prefault = prefault },
        WaitStrategy = WaitStrategy.Latency with { SpinNanoseconds = 5_000_000 },
        WriteTimeout = TimeSpan.FromSeconds(20),
    };
}
