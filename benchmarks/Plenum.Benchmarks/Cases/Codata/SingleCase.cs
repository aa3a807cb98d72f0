using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.Cases.Codata;

/// <summary>An operation inside one process, beside an idle partner; a loop of a thousand at a time.</summary>
internal sealed class SingleCase : PairCase
{
    private const int Loop = 1000;

    private readonly Func<SharedMemory, Func<bool>> _prepare;

    private SingleCase(string name, string about, Func<SharedMemory, Func<bool>> prepare)
        : base(name, about) => _prepare = prepare;

    internal static IEnumerable<PairCase> All =>
    [
        new SingleCase("codata/one-future-get", "a completed future got, one process", SingleLoops.FutureGet),
        new SingleCase("codata/one-channel", "buffered channel send and receive, one process", SingleLoops.ChannelPair),
        new SingleCase("codata/one-stream", "stream emit and next, one process", m => SingleLoops.StreamPair(m, false)),
        new SingleCase(
            "codata/one-stream-sole", "stream emit and next, one process, sole emitter and consumer", m =>
            SingleLoops.StreamPair(m, true)),
        new SingleCase("codata/one-broadcast", "broadcast emit and next, one process", SingleLoops.BroadcastPair),
        new SingleCase("codata/one-operators", "map, filter and scan of a value, one process", SingleLoops.Operators),
        new SingleCase("codata/one-select-1", "send and select over 1 channel", m => SingleLoops.Select(m, 1)),
        new SingleCase("codata/one-select-8", "send and select over 8 channels", m => SingleLoops.Select(m, 8)),
        new SingleCase("codata/one-select-64", "send and select over 64 channels", m => SingleLoops.Select(m, 64)),
    ];

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("zi");
        using SharedMemory memory = SharedMemory.Create(name, 4 << 20, new SharedMemoryOptions { MaxEntries = 512 });
        memory.HasForeignPeers = false;
        side.Start(Name);
        try
        {
            Func<bool> loop = _prepare(memory);
            bool right = true;
            long operations = 0;
            long start = MonotonicClock.Nanoseconds;
            long dropUntil = start + (time.Ticks * 20);
            long end = start + (time.Ticks * 100);
            long allocated = 0;
            while (MonotonicClock.Nanoseconds is var now && now < end)
            {
                if (dropUntil != 0 && now >= dropUntil)
                {
                    (start, operations, dropUntil) = (now, 0, 0);
                    allocated = GC.GetAllocatedBytesForCurrentThread();
                }

                right &= loop();
                operations += Loop;
            }

            return new CaseOutcome
            {
                Operations = operations,
                Seconds = (MonotonicClock.Nanoseconds - start) / 1e9,
                Verified = right,
                AllocatedBytes = GC.GetAllocatedBytesForCurrentThread() - allocated,
            };
        }
        finally
        {
            side.Finish();
            SharedMemory.Remove(name);
        }
    }

    /// <summary>The loops; each call does a thousand operations and says whether their results were right.</summary>
    private static class SingleLoops
    {
        internal static Func<bool> FutureGet(SharedMemory memory)
        {
            SharedFuture<long> future = SharedFuture<long>.Create(memory, "f");
            future.TrySet(3);
            return () =>
            {
                long sum = 0;
                for (int i = 0; i < Loop; i++)
                {
                    sum += future.Get();
                }

                return sum == 3 * Loop;
            };
        }

        internal static Func<bool> ChannelPair(SharedMemory memory)
        {
            SharedChannel<long> channel = SharedChannel<long>.Create(memory, "c", 1024);
            return () =>
            {
                long sum = 0;
                for (int i = 0; i < Loop; i++)
                {
                    channel.Send(i);
                    sum += channel.Receive();
                }

                return sum == (long)Loop * (Loop - 1) / 2;
            };
        }

        internal static Func<bool> StreamPair(SharedMemory memory, bool sole)
        {
            var options = new StreamOptions { IsSoleEmitter = sole, IsSoleConsumer = sole };
            SharedStream<long> stream = SharedStream<long>.Create(memory, "s", 1024, options);
            return () =>
            {
                long sum = 0;
                for (int i = 0; i < Loop; i++)
                {
                    _ = stream.TryEmit(i);
                    _ = stream.TryNext(out long value);
                    sum += value;
                }

                return sum == (long)Loop * (Loop - 1) / 2;
            };
        }

        internal static Func<bool> BroadcastPair(SharedMemory memory)
        {
            SharedBroadcast<long> broadcast = SharedBroadcast<long>.Create(memory, "b");
            BroadcastPublisher<long> publisher = broadcast.OpenPublisher();
            BroadcastSubscription<long> subscription = broadcast.Subscribe();
            return () =>
            {
                long sum = 0;
                for (int i = 0; i < Loop; i++)
                {
                    _ = publisher.TryEmit(i);
                    _ = subscription.TryNext(out long value);
                    sum += value;
                }

                return sum == (long)Loop * (Loop - 1) / 2;
            };
        }

        internal static Func<bool> Operators(SharedMemory memory)
        {
            // Every second value passes the filter, so a thousand values are pulled for five hundred results.
            IEnumerator<long> values = StreamSources.Generate(0L, x => x + 1).Map(x => 3 * x).Filter(x => x % 2 == 0)
                .Scan(0L, (_, x) => x).AsEnumerable().GetEnumerator();
            long expected = 0;
            return () =>
            {
                bool right = memory.Name.Length > 0;
                for (int i = 0; i < Loop / 2; i++)
                {
                    right &= values.MoveNext() && values.Current == expected;
                    expected += 6;
                }

                return right;
            };
        }

        internal static Func<bool> Select(SharedMemory memory, int count)
        {
            SharedChannel<int>[] channels =
                [.. Enumerable.Range(0, count).Select(i => SharedChannel<int>.Create(memory, $"s{i}", 2))];
            SelectCase<int>[] cases = [.. channels.Select(one => one.Receiving())];
            return () =>
            {
                bool right = true;
                for (int i = 0; i < Loop; i++)
                {
                    channels[i % count].Send(i);
                    right &= SharedSelect.Wait(cases) == i % count && cases[i % count].Value == i;
                }

                return right;
            };
        }
    }
}
