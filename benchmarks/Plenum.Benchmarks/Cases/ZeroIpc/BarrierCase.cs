using Plenum.Benchmarks.Harness;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.Cases.ZeroIpc;

/// <summary>Cycles of a barrier of two.</summary>
internal sealed class BarrierCase() : PairCase("zeroipc/barrier", "a cycle of a barrier of two, both sides awake")
{
    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("zi");
        using SharedMemory memory = Segments.Create(name);
        using SharedBarrier barrier = SharedBarrier.Create(memory, "barrier", 2);
        SharedSignal<ulong> end = SharedSignal<ulong>.Create(memory, "end", 0);
        try
        {
            side.Start(Name, name);
            var round = new Round(barrier);
            (Histogram times, double seconds, bool right) = RoundTrips.Run(ref round, time);
            end.Set(1);
            barrier.SignalAndWait(Segments.Patience);
            PartnerReport report = side.Finish();
            bool counted = report.Operations == barrier.Generation;
            return new CaseOutcome
            { Operations = times.Count, Seconds = seconds, Verified = right && counted, Latency = times };
        }
        finally
        {
            SharedMemory.Remove(name);
        }
    }

    internal override void Partner(PartnerSide side)
    {
        using SharedMemory memory = Segments.Open(side.Text(0));
        using SharedBarrier barrier = SharedBarrier.Open(memory, "barrier");
        SharedSignal<ulong> end = SharedSignal<ulong>.Open(memory, "end");
        side.Ready();
        do
        {
            side.Right &= barrier.SignalAndWait(Segments.Patience);
            side.Operations++;
        }
        while (end.Get() == 0);
    }

    private readonly struct Round(SharedBarrier barrier) : IRound
    {
        public bool Go(long index) => barrier.SignalAndWait(Segments.Patience);
    }
}
