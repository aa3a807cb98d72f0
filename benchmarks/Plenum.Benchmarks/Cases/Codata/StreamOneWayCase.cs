using Plenum.Benchmarks.Cases.ZeroIpc;
using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.Cases.Codata;

/// <summary>Values through a stream from the partner to here, one by one; the order is checked.</summary>
internal sealed class StreamOneWayCase(bool sole) : PairCase(
    sole ? "codata/stream-sole" : "codata/stream",
    sole
        ? "u64 values through a stream, one by one, sole emitter and sole consumer promised"
        : "u64 values through a stream, one by one, any number of emitters and consumers allowed")
{
    private readonly StreamOptions _options = new() { IsSoleEmitter = sole, IsSoleConsumer = sole };

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("zi");
        using SharedMemory memory = Segments.Create(name);
        SharedStream<ulong> stream = SharedStream<ulong>.Create(memory, "s", 8192, _options);
        try
        {
            side.Start(Name, name, (long)time.TotalMilliseconds);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            var flow = new Flow(stream);
            (long values, double seconds, bool right) = OneWay.Run(ref flow, time);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            PartnerReport report = side.Finish();
            return new CaseOutcome
            {
                Operations = values,
                Seconds = seconds,
                Verified = right && stream.EmittedCount == (ulong)report.Operations,
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
        SharedStream<ulong> stream = SharedStream<ulong>.Open(memory, "s", _options);
        side.Ready();
        long end = MonotonicClock.Nanoseconds + (side.Number(1) * 1_000_000);
        ulong next = 0;
        while (MonotonicClock.Nanoseconds < end)
        {
            next = Fill(stream, next);
        }

        side.Operations = (long)next;
        stream.Close();
    }

    private static ulong Fill(SharedStream<ulong> stream, ulong next)
    {
        for (int i = 0; i < 256; i++)
        {
            stream.Emit(next++);
        }

        return next;
    }

    private struct Flow(SharedStream<ulong> stream) : IFlow
    {
        private ulong _next;

        public int Receive() => stream.Next(out ulong value, Segments.Patience) switch
        {
            NextOutcome.Value => value == _next++ ? 1 : -1,
            NextOutcome.Closed => 0,
            _ => -1,
        };
    }
}
