using Plenum.Benchmarks.Cases.ZeroIpc;
using Plenum.Benchmarks.Harness;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.Cases.Codata;

/// <summary>One message over a channel without a buffer: from the call of the send to its return, when the receiver has
/// the value.</summary>
internal sealed class RendezvousCase() : PairCase(
    "codata/rendezvous", "a u64 over a channel without a buffer, until the receiver has it, both sides awake")
{
    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("zi");
        using SharedMemory memory = Segments.Create(name);
        SharedChannel<ulong> channel = SharedChannel<ulong>.Create(memory, "c", 0);
        try
        {
            side.Start(Name, name);
            var round = new Round(channel);
            Timed timed = RoundTrips.Run(ref round, time);
            channel.Close();
            PartnerReport report = side.Finish();
            return new CaseOutcome
            {
                Operations = timed.Times.Count,
                Seconds = timed.Seconds,
                Verified = timed.Right && report.Right && report.Operations >= timed.Times.Count,
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
        SharedChannel<ulong> channel = SharedChannel<ulong>.Open(memory, "c");
        side.Ready();
        while (Receive(channel, side))
        {
        }
    }

    private static bool Receive(SharedChannel<ulong> channel, PartnerSide side)
    {
        for (int i = 0; i < 250; i++)
        {
            if (channel.Receive(out ulong value, Segments.Patience) != ChannelStatus.Done)
            {
                return false;
            }

            side.Right &= value == (ulong)side.Operations++;
        }

        return true;
    }

    private readonly struct Round(SharedChannel<ulong> channel) : IRound
    {
        public bool Go(long index) => channel.Send((ulong)index, Segments.Patience) == ChannelStatus.Done;
    }
}
