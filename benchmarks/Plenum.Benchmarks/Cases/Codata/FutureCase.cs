using Plenum.Benchmarks.Cases.ZeroIpc;
using Plenum.Benchmarks.Harness;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.Cases.Codata;

/// <summary>A value set here, waited for in the partner, which answers with another future: two hand-overs.</summary>
/// <remarks>A future is set once. So that the same two can be measured again and again, whoever has read one puts its
/// state back by an internal call, before it sets the other one.</remarks>
internal sealed class FutureCase() : PairCase(
    "codata/future-hand-over", "a future set here and got there, answered by another: two hand-overs, both sides awake")
{
    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("zi");
        using SharedMemory memory = Segments.Create(name);
        SharedFuture<long> ping = SharedFuture<long>.Create(memory, "ping");
        SharedFuture<long> pong = SharedFuture<long>.Create(memory, "pong");
        try
        {
            side.Start(Name, name);
            var round = new Round(ping, pong);
            Timed timed = RoundTrips.Run(ref round, time);
            ping.TrySet(-1);
            PartnerReport report = side.Finish();
            return new CaseOutcome
            {
                Operations = timed.Times.Count,
                Seconds = timed.Seconds,
                Verified = timed.Right,
                Latency = timed.Times,
                AllocatedBytes = timed.AllocatedBytes + report.AllocatedBytes,
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
        SharedFuture<long> ping = SharedFuture<long>.Open(memory, "ping");
        SharedFuture<long> pong = SharedFuture<long>.Open(memory, "pong");
        side.Ready();
        while (Echo(ping, pong))
        {
        }
    }

    private static bool Echo(SharedFuture<long> ping, SharedFuture<long> pong)
    {
        long value = ping.Get();
        return value >= 0 && PutBack(ping) && pong.TrySet(value);
    }

    private static bool PutBack(SharedFuture<long> future) =>
        future.Core.TryChange(FutureState.Ready, FutureState.Pending);

    private readonly struct Round(SharedFuture<long> ping, SharedFuture<long> pong) : IRound
    {
        public bool Go(long index) => ping.TrySet(index) && pong.Get() == index && PutBack(pong);
    }
}
