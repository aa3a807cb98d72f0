using Plenum.Benchmarks.Harness;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.Cases.ZeroIpc;

/// <summary>A value there and back over two queues, both sides awake.</summary>
internal sealed class QueuePingPongCase()
    : PairCase("zeroipc/queue-ping-pong", "a u64 there and back over two queues, both sides awake")
{
    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("zi");
        using SharedMemory memory = Segments.Create(name);
        SharedQueue<ulong> ping = SharedQueue<ulong>.Create(memory, "ping", 1024);
        SharedQueue<ulong> pong = SharedQueue<ulong>.Create(memory, "pong", 1024);
        try
        {
            side.Start(Name, name);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            var round = new Round(ping, pong);
            (Histogram times, double seconds, bool right) = RoundTrips.Run(ref round, time);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            ping.TryEnqueue(ulong.MaxValue);
            PartnerReport report = side.Finish();
            return new CaseOutcome
            {
                Operations = times.Count,
                Seconds = seconds,
                Verified = right,
                Latency = times,
                AllocatedBytes = allocated + report.AllocatedBytes,
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
        SharedQueue<ulong> ping = SharedQueue<ulong>.Open(memory, "ping");
        SharedQueue<ulong> pong = SharedQueue<ulong>.Open(memory, "pong");
        side.Ready();
        while (Echo(ping, pong))
        {
        }
    }

    private static bool Echo(SharedQueue<ulong> ping, SharedQueue<ulong> pong) =>
        ping.Dequeue(out ulong value, Segments.Patience) && value != ulong.MaxValue
            && pong.Enqueue(value, Segments.Patience);

    private readonly struct Round(SharedQueue<ulong> ping, SharedQueue<ulong> pong) : IRound
    {
        public bool Go(long index) =>
            ping.Enqueue((ulong)index, Segments.Patience)
            && pong.Dequeue(out ulong answer, Segments.Patience) && answer == (ulong)index;
    }
}
