using Plenum.Benchmarks.Cases.Limits;
using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.Cases.ZeroIpc;

/// <summary>A value there and back over two queues: both sides awake, or both asleep in between, beside a raw futex
/// doing the same.</summary>
internal sealed class QueuePingPongCase(bool asleep) : PairCase(
    asleep ? "zeroipc/queue-asleep" : "zeroipc/queue-ping-pong",
    asleep ? "a u64 there and back over two queues, both sides asleep"
        : "a u64 there and back over two queues, both sides awake")
{
    // Asleep: nobody spins, so every wait is one in the kernel.
    private readonly WaitStrategy _strategy = asleep ? WaitStrategy.PowerSaving : WaitStrategy.Balanced;

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        double before = asleep ? FutexRound.Median(side, time / 2) : 0;
        string name = side.NewName("zi");
        using SharedMemory memory = Segments.Create(name, _strategy);
        SharedQueue<ulong> ping = SharedQueue<ulong>.Create(memory, "ping", 1024);
        SharedQueue<ulong> pong = SharedQueue<ulong>.Create(memory, "pong", 1024);
        try
        {
            side.Start(Name, name);
            var round = new Round(ping, pong);
            Timed timed = RoundTrips.Run(ref round, time);
            ping.Enqueue(ulong.MaxValue, Segments.Patience);
            PartnerReport report = side.Finish();
            return new CaseOutcome
            {
                Operations = timed.Times.Count,
                Seconds = timed.Seconds,
                Verified = timed.Right && report.Right,
                Latency = timed.Times,
                AllocatedBytes = timed.AllocatedBytes + report.AllocatedBytes,
                Reference = asleep ? "raw futex round trip" : string.Empty,
                ReferenceNanoseconds = asleep ? (before + FutexRound.Median(side, time / 2)) / 2 : 0,
            };
        }
        finally
        {
            SharedMemory.Remove(name);
        }
    }

    internal override void Partner(PartnerSide side)
    {
        using SharedMemory memory = Segments.Open(side.Text(0), _strategy);
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
