using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace Plenum.Benchmarks.Cases.ZeroBuffer;

/// <summary>A reader that waits for a writer that says nothing: the processor time of the waiting process.</summary>
internal sealed class IdleCase() : PairCase("zerobuffer/idle", "processor time of a blocked reader, writer silent")
{
    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("zb");
        side.Send(Name, name, (long)(4 * time).TotalMilliseconds);
        ZeroBufferOptions options = Buffers.Options(256 * 1024, WaitStrategy.Balanced);
        using (ZeroBufferWriter writer = ZeroBufferWriter.Connect(name, Buffers.Patience, options))
        {
            side.AwaitReady();
            long start = MonotonicClock.Nanoseconds;
            PartnerReport report = side.Finish();
            double seconds = (MonotonicClock.Nanoseconds - start) / 1e9;
            return new CaseOutcome
            {
                Operations = 1,
                Seconds = seconds,
                Verified = report.Right,
                WaiterCpuPercent = report.CpuSeconds / seconds * 100,
            };
        }
    }

    internal override void Partner(PartnerSide side)
    {
        using var reader = ZeroBufferReader.Create(
            side.Text(0), Buffers.Options(256 * 1024, WaitStrategy.Balanced));
        reader.Read(out Frame _, TimeSpan.FromMilliseconds(300));
        side.Ready();
        ReadOutcome outcome = reader.Read(out Frame _, TimeSpan.FromMilliseconds(side.Number(1)));
        side.Right = outcome == ReadOutcome.TimedOut;
    }
}
