using Plenum.Benchmarks.Harness;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.Cases.Scaling;

/// <summary>The partner awaits many queues at once; this process puts a value into one of them and sleeps until the
/// answer comes. The cost of a round trip against the number of awaits.</summary>
internal sealed class AwaitsCase(int count, bool segments) : PairCase(
    $"scale/{(segments ? "segments" : "awaits")}-{count}",
    $"a value to one of {count} awaited queues{(segments ? ", each in a segment of its own," : string.Empty)} and back")
{
    private const string Request = "request-";
    private const string Answers = "answers";
    private const int WarmVisits = 3;
    private const ulong Mark = ulong.MaxValue - 1;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    // In the partner: all that was allocated up to the first mark, then what was allocated since.
    private long _allocated;

    internal override int WarmUps => 1;

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("aw");
        var memories = new List<SharedMemory>();
        try
        {
            memories.Add(Create(name, 8L << 20));
            SharedQueue<ulong> answers = SharedQueue<ulong>.Create(memories[0], Answers, 64);
            var requests = new SharedQueue<ulong>[count];
            for (int i = 0; i < count; i++)
            {
                if (segments && i > 0)
                {
                    memories.Add(Create(SegmentOf(name, i), 64 << 10));
                }

                requests[i] = SharedQueue<ulong>.Create(memories[^1], Request + i, 8);
            }

            side.Start(Name, name, count, segments ? 1 : 0);
            var round = new Round(requests, answers);
            bool warm = true;
            for (int i = 0; i < WarmVisits * count; i++)
            {
                warm &= round.Go(i);
            }

            // From here to the end the partner counts what it allocates: each await has had its first turns.
            warm &= round.Go(Mark);
            Timed timed = RoundTrips.Run(ref round, time);
            answers.TryDequeue(out _);
            warm &= round.Go(Mark);
            foreach (SharedQueue<ulong> request in requests)
            {
                request.TryEnqueue(ulong.MaxValue);
            }

            PartnerReport report = side.Finish();
            return new CaseOutcome
            {
                Operations = timed.Times.Count,
                Seconds = timed.Seconds,
                Verified = warm && timed.Right && report.Right,
                Latency = timed.Times,
                AllocatedBytes = timed.AllocatedBytes + report.Operations,
            };
        }
        finally
        {
            foreach (SharedMemory memory in memories)
            {
                memory.Dispose();
                SharedMemory.Remove(memory.Name);
            }
        }
    }

    internal override void Partner(PartnerSide side)
    {
        _allocated = 0;
        string name = side.Text(0);
        int queues = (int)side.Number(1);
        bool apart = side.Number(2) == 1;
        var memories = new List<SharedMemory> { Open(name) };
        SharedQueue<ulong> answers = SharedQueue<ulong>.Open(memories[0], Answers);
        var loops = new Task[queues];
        for (int i = 0; i < queues; i++)
        {
            if (apart && i > 0)
            {
                memories.Add(Open(SegmentOf(name, i)));
            }

            loops[i] = EchoAsync(SharedQueue<ulong>.Open(memories[^1], Request + i), answers);
        }

        side.Ready();
        Task.WaitAll(loops);
        side.Operations = _allocated;
        memories.ForEach(memory => memory.Dispose());
    }

    private async Task EchoAsync(SharedQueue<ulong> requests, SharedQueue<ulong> answers)
    {
        while (await requests.DequeueAsync(Timeout.InfiniteTimeSpan) is { } value && value != ulong.MaxValue)
        {
            if (value == Mark)
            {
                // An await may go on in any thread, so the whole process is counted.
                _allocated = GC.GetTotalAllocatedBytes(precise: true) - _allocated;
            }

            await answers.EnqueueAsync(value, s_patience);
        }
    }

    private static string SegmentOf(string name, int index) => $"{name}-{index}";

    private SharedMemory Create(string name, long sizeBytes)
    {
        SharedMemory memory = SharedMemory.Create(
            name, sizeBytes, new SharedMemoryOptions { MaxEntries = segments ? 8 : count + 8 });
        memory.HasForeignPeers = false;
        return memory;
    }

    private static SharedMemory Open(string name)
    {
        SharedMemory memory = SharedMemory.Open(name);
        memory.HasForeignPeers = false;
        return memory;
    }

    private readonly struct Round(SharedQueue<ulong>[] requests, SharedQueue<ulong> answers) : IRound
    {
        internal bool Go(ulong value) => requests[0].Enqueue(value, s_patience)
            && answers.Dequeue(out ulong answer, s_patience) && answer == value;

        public bool Go(long index)
        {
            // Fixed odd steps visit every queue, none twice in a row.
            long chosen = index * 7919 % requests.Length;
            return requests[chosen].Enqueue((ulong)index, s_patience)
                && answers.Dequeue(out ulong answer, s_patience) && answer == (ulong)index;
        }
    }
}
