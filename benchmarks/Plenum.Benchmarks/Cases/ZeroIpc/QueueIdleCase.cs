using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.Cases.ZeroIpc;

/// <summary>A process that waits at an empty queue: its processor time. The waiting code has run before, so that its
/// compilation is not counted.</summary>
internal sealed class QueueIdleCase(bool foreign) : PairCase(
    foreign ? "zeroipc/idle-foreign" : "zeroipc/idle",
    foreign ? "processor time of a waiter, a polling peer possible" : "processor time of a waiter, segment declared "
        + "ours")
{
    private const int Rehearsals = 50;

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("zi");
        using SharedMemory memory = Segments.Create(name);
        SharedQueue<ulong> queue = SharedQueue<ulong>.Create(memory, "queue", 64);
        try
        {
            side.Start(Name, name, (long)time.TotalMilliseconds);
            long start = MonotonicClock.Nanoseconds;
            PartnerReport report = side.Finish();
            double seconds = (MonotonicClock.Nanoseconds - start) / 1e9;
            return new CaseOutcome
            {
                Operations = 1,
                Seconds = seconds,
                Verified = report.Right && queue.IsEmpty,
                WaiterCpuPercent = report.CpuSeconds / seconds * 100,
            };
        }
        finally
        {
            SharedMemory.Remove(name);
        }
    }

    internal override void Partner(PartnerSide side)
    {
        using SharedMemory memory = Segments.Open(side.Text(0));
        memory.HasForeignPeers = foreign;
        SharedQueue<ulong> queue = SharedQueue<ulong>.Open(memory, "queue");
        for (int i = 0; i < Rehearsals; i++)
        {
            _ = queue.Dequeue(out _, TimeSpan.FromMilliseconds(2));
        }

        side.Ready();
        side.Right = !queue.Dequeue(out _, TimeSpan.FromMilliseconds(side.Number(1)));
    }
}
