using Plenum.Benchmarks.Cases.ZeroIpc;
using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.Cases.Codata;

/// <summary>Values through a buffered channel from the partner to here, one by one; the order is checked.</summary>
internal sealed class ChannelOneWayCase() : PairCase(
    "codata/channel", "u64 values through a buffered channel, one by one")
{
    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("zi");
        using SharedMemory memory = Segments.Create(name);
        SharedChannel<ulong> channel = SharedChannel<ulong>.Create(memory, "c", 8192);
        try
        {
            side.Start(Name, name, (long)time.TotalMilliseconds);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            var flow = new Flow(channel);
            (long values, double seconds, bool right) = OneWay.Run(ref flow, time);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            PartnerReport report = side.Finish();
            return new CaseOutcome
            {
                Operations = values,
                Seconds = seconds,
                Verified = right,
                BytesPerOperation = sizeof(ulong),
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
        SharedChannel<ulong> channel = SharedChannel<ulong>.Open(memory, "c");
        side.Ready();
        long end = MonotonicClock.Nanoseconds + (side.Number(1) * 1_000_000);
        ulong next = 0;
        while (MonotonicClock.Nanoseconds < end)
        {
            next = Fill(channel, next);
        }

        channel.Close();
    }

    private static ulong Fill(SharedChannel<ulong> channel, ulong next)
    {
        for (int i = 0; i < 256; i++)
        {
            channel.Send(next++, Segments.Patience);
        }

        return next;
    }

    private struct Flow(SharedChannel<ulong> channel) : IFlow
    {
        private ulong _next;

        public int Receive() => channel.Receive(out ulong value, Segments.Patience) switch
        {
            ChannelStatus.Done => value == _next++ ? 1 : -1,
            ChannelStatus.Closed => 0,
            _ => -1,
        };
    }
}
