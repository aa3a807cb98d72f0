using Plenum.Benchmarks.Cases.ZeroIpc;
using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.Cases.Codata;

/// <summary>What a value costs the publisher while so many subscribers without a gate read on the other
/// processor.</summary>
internal sealed class BroadcastCostCase(int readers) : PairCase(
    $"codata/broadcast-cost-{readers}", $"a u64 published while {readers} subscribers without a gate read")
{
    private const int Capacity = 65_536;

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("zi");
        using SharedMemory memory = Segments.Create(name);
        SharedBroadcast<ulong> broadcast = SharedBroadcast<ulong>.Create(
            memory, "b", new BroadcastOptions { Capacity = Capacity });
        using BroadcastPublisher<ulong> publisher = broadcast.OpenPublisher();
        try
        {
            side.Start(Name, name);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long start = MonotonicClock.Nanoseconds;
            long end = start + (time.Ticks * 100);
            long dropUntil = start + (time.Ticks * 20);
            ulong dropped = 0;
            bool right = true;
            while (MonotonicClock.Nanoseconds is var now && now < end)
            {
                if (dropped == 0 && now >= dropUntil)
                {
                    (start, dropped) = (now, publisher.Position);
                }

                right &= Publish(publisher);
            }

            double seconds = (MonotonicClock.Nanoseconds - start) / 1e9;
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            ulong published = publisher.Position;
            publisher.Close();
            PartnerReport report = side.Finish();
            return new CaseOutcome
            {
                Operations = (long)(published - dropped),
                Seconds = seconds,
                Verified = right && report.Right,
                BytesPerOperation = sizeof(ulong),
                AllocatedBytes = allocated,
                Note = readers == 0 ? string.Empty : string.Create(
                    null, $"{report.Operations / (double)readers / published:P0} of the values seen by each reader"),
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
        SharedBroadcast<ulong> broadcast = SharedBroadcast<ulong>.Open(memory, "b");
        BroadcastSubscription<ulong>[] mine =
        [
            .. Enumerable.Range(0, readers).Select(_ =>
                broadcast.Subscribe(new SubscriptionOptions { Policy = SubscriberPolicy.DropOldest })),
        ];
        long[] seen = new long[readers];
        bool[] right = new bool[readers];
        Thread[] threads = [.. mine.Select((one, i) => new Thread(() => (seen[i], right[i]) = Read(one)))];
        Array.ForEach(threads, thread => thread.Start());
        side.Ready();
        Array.ForEach(threads, thread => thread.Join());
        side.Operations = seen.Sum();
        side.Right = right.All(one => one);
        Array.ForEach(mine, one => one.Dispose());
    }

    private static bool Publish(BroadcastPublisher<ulong> publisher)
    {
        bool right = true;
        ulong next = publisher.Position;
        for (int i = 0; i < 4096; i++)
        {
            right &= publisher.TryEmit(next++) == EmitOutcome.Emitted;
        }

        return right;
    }

    private static (long Seen, bool Right) Read(BroadcastSubscription<ulong> subscription)
    {
        ulong start = subscription.Position;
        long seen = 0;
        bool right = true;
        bool more = true;
        while (more)
        {
            (int count, bool chunk, more) = Chunk(subscription);
            seen += count;
            right &= chunk;
        }

        return (seen, right && seen + subscription.LostCount == (long)(subscription.Position - start));
    }

    private static (int Count, bool Right, bool More) Chunk(BroadcastSubscription<ulong> subscription)
    {
        bool right = true;
        for (int i = 0; i < 4096; i++)
        {
            if (!subscription.TryNext(out ulong value)
                && subscription.Next(out value, Segments.Patience) is var outcome && outcome != NextOutcome.Value)
            {
                return (i, right && outcome == NextOutcome.Closed, false);
            }

            right &= value == subscription.Position - 1;
        }

        return (4096, right, true);
    }
}
