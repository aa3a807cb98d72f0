using Plenum.Benchmarks.Cases.ZeroIpc;
using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.Cases.Codata;

/// <summary>Values from the partner's publisher to one gating subscriber here, who waits when there is none; every
/// value is checked.</summary>
internal sealed class BroadcastCase(int batch) : PairCase(
    batch == 1 ? "codata/broadcast" : $"codata/broadcast-batch-{batch}",
    batch == 1
        ? "u64 values to one gating subscriber of a broadcast, one by one, waits and wake-ups on"
        : $"u64 values to one gating subscriber of a broadcast, batches of {batch}")
{
    private const int Capacity = 65_536;

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("zi");
        using SharedMemory memory = Segments.Create(name);
        SharedBroadcast<ulong> broadcast = SharedBroadcast<ulong>.Create(
            memory, "b", new BroadcastOptions { Capacity = Capacity });
        using BroadcastSubscription<ulong> subscription = broadcast.Subscribe();
        try
        {
            side.Start(Name, name, (long)time.TotalMilliseconds);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            (long values, double seconds, bool right) = Run(subscription, time);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            PartnerReport report = side.Finish();
            return new CaseOutcome
            {
                Operations = values,
                Seconds = seconds,
                Verified = right && subscription.Position == (ulong)report.Operations,
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
        using BroadcastPublisher<ulong> publisher = SharedBroadcast<ulong>.Open(memory, "b").OpenPublisher();
        ulong[] values = new ulong[batch];
        side.Ready();
        long end = MonotonicClock.Nanoseconds + (side.Number(1) * 1_000_000);
        while (MonotonicClock.Nanoseconds < end)
        {
            if (batch == 1)
            {
                Singles(publisher);
            }
            else
            {
                Batches(publisher, values);
            }
        }

        side.Operations = (long)publisher.Position;
        publisher.Close();
    }

    private Counted Run(BroadcastSubscription<ulong> subscription, TimeSpan time)
    {
        if (batch == 1)
        {
            var single = new Flow(subscription);
            return OneWay.Run(ref single, time, 4096);
        }

        var many = new BatchFlow(subscription, new ulong[batch]);
        return OneWay.Run(ref many, time, 64);
    }

    private static void Singles(BroadcastPublisher<ulong> publisher)
    {
        ulong next = publisher.Position;
        for (int i = 0; i < 4096; i++)
        {
            if (publisher.TryEmit(next) != EmitOutcome.Emitted)
            {
                publisher.Emit(next, Segments.Patience);
            }

            next++;
        }
    }

    private static void Batches(BroadcastPublisher<ulong> publisher, ulong[] values)
    {
        for (int round = 0; round < 256; round++)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = publisher.Position + (ulong)i;
            }

            publisher.Emit(values, Segments.Patience);
        }
    }

    private struct Flow(BroadcastSubscription<ulong> subscription) : IFlow
    {
        private ulong _next;

        public int Receive()
        {
            if (!subscription.TryNext(out ulong value)
                && subscription.Next(out value, Segments.Patience) is var outcome && outcome != NextOutcome.Value)
            {
                return outcome == NextOutcome.Closed ? 0 : -1;
            }

            return value == _next++ ? 1 : -1;
        }
    }

    private struct BatchFlow(BroadcastSubscription<ulong> subscription, ulong[] values) : IFlow
    {
        private ulong _next;

        public int Receive()
        {
            int count = subscription.TryNext(values);
            if (count == 0)
            {
                NextOutcome outcome = subscription.Next(out values[0], Segments.Patience);
                if (outcome != NextOutcome.Value)
                {
                    return outcome == NextOutcome.Closed ? 0 : -1;
                }

                count = 1;
            }

            for (int i = 0; i < count; i++)
            {
                if (values[i] != _next++)
                {
                    return -1;
                }
            }

            return count;
        }
    }
}
