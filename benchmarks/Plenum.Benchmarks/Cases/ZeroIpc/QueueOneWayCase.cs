using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.Cases.ZeroIpc;

/// <summary>Values through one queue from the partner to here, one by one or in batches; the order is
/// checked.</summary>
internal sealed class QueueOneWayCase(int batch) : PairCase(
    batch == 1 ? "zeroipc/queue-one-way" : $"zeroipc/queue-batch-{batch}",
    batch == 1 ? "u64 values through a queue, one by one" : $"u64 values through a queue, batches of {batch}")
{
    private const int Capacity = 8192;

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("zi");
        using SharedMemory memory = Segments.Create(name);
        SharedQueue<ulong> queue = SharedQueue<ulong>.Create(memory, "queue", Capacity);
        try
        {
            side.Start(Name, name, (long)time.TotalMilliseconds);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            var flow = new Flow(queue, new ulong[batch]);
            (long values, double seconds, bool right) = OneWay.Run(ref flow, time, batch == 1 ? 512 : 64);
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
        SharedQueue<ulong> queue = SharedQueue<ulong>.Open(memory, "queue");
        ulong[] values = new ulong[batch];
        side.Ready();
        long end = MonotonicClock.Nanoseconds + (side.Number(1) * 1_000_000);
        ulong next = 0;
        while (MonotonicClock.Nanoseconds < end)
        {
            next = Fill(queue, values, next);
        }

        queue.Enqueue(ulong.MaxValue, Segments.Patience);
    }

    private static ulong Fill(SharedQueue<ulong> queue, ulong[] values, ulong next)
    {
        for (int round = 0; round < 256; round++)
        {
            if (values.Length == 1)
            {
                queue.Enqueue(next++, Segments.Patience);
                continue;
            }

            for (int i = 0; i < values.Length; i++)
            {
                values[i] = next + (ulong)i;
            }

            int sent = 0;
            while (sent < values.Length)
            {
                int added = queue.TryEnqueue(values.AsSpan(sent));
                sent += added;
                BackOffIf(added == 0);
            }

            next += (ulong)values.Length;
        }

        return next;
    }

    // Lets the other side get ahead, so that the two do not work on one cache line.
    private static void BackOffIf(bool idle)
    {
        for (int i = 0; idle && i < 64; i++)
        {
            SpinWaiter.Pause();
        }
    }

    private struct Flow(SharedQueue<ulong> queue, ulong[] values) : IFlow
    {
        private ulong _next;

        public int Receive()
        {
            if (values.Length > 1)
            {
                return ReceiveBatch();
            }

            if (!queue.Dequeue(out ulong value, Segments.Patience))
            {
                return -1;
            }

            return value == ulong.MaxValue ? 0 : value == _next++ ? 1 : -1;
        }

        private int ReceiveBatch()
        {
            int count = queue.TryDequeue(values);
            while (count == 0)
            {
                BackOffIf(true);
                count = queue.TryDequeue(values);
            }

            for (int i = 0; i < count; i++)
            {
                if (values[i] != _next++)
                {
                    return values[i] == ulong.MaxValue ? i : -1;
                }
            }

            return count;
        }
    }
}
