using Plenum.Benchmarks.Harness;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.Cases.ZeroIpc;

/// <summary>A value there and back over two channels, both sides awake; each is a message that its sender waits for
/// when there is no buffer.</summary>
internal sealed class ChannelPingPongCase(int capacity) : PairCase(
    capacity == 0 ? "zeroipc/rendezvous-ping-pong" : "zeroipc/channel-ping-pong",
    capacity == 0
        ? "a u64 there and back over two channels without a buffer (two messages), both sides awake"
        : "a u64 there and back over two buffered channels, both sides awake")
{
    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("zi");
        using SharedMemory memory = Segments.Create(name);
        SharedChannel<ulong> ping = SharedChannel<ulong>.Create(memory, "ping", capacity);
        SharedChannel<ulong> pong = SharedChannel<ulong>.Create(memory, "pong", capacity);
        try
        {
            side.Start(Name, name);
            var round = new Round(ping, pong);
            Timed timed = RoundTrips.Run(ref round, time);
            ping.Close();
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
        SharedChannel<ulong> ping = SharedChannel<ulong>.Open(memory, "ping");
        SharedChannel<ulong> pong = SharedChannel<ulong>.Open(memory, "pong");
        side.Ready();
        while (Echo(ping, pong))
        {
        }
    }

    private static bool Echo(SharedChannel<ulong> ping, SharedChannel<ulong> pong) =>
        ping.Receive(out ulong value, Segments.Patience) == ChannelStatus.Done
            && pong.Send(value, Segments.Patience) == ChannelStatus.Done;

    private readonly struct Round(SharedChannel<ulong> ping, SharedChannel<ulong> pong) : IRound
    {
        public bool Go(long index) =>
            ping.Send((ulong)index, Segments.Patience) == ChannelStatus.Done
            && pong.Receive(out ulong answer, Segments.Patience) == ChannelStatus.Done && answer == (ulong)index;
    }
}
