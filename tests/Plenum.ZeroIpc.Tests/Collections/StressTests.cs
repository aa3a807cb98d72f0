using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>Many threads with objects of their own: nothing is lost and nothing comes twice.</summary>
public sealed class StressTests
{
    private const int Pairs = 3;

    private static int Each => Campaign.Count(20_000, 2_000_000);

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Queue_AcrossThreadsAnd2To32_ConservesElements(int batch)
    {
        using TestMemory test = TestMemory.Create();
        SharedQueue<int>.Create(test.Memory, "x", 8);
        StartCountersNear2To32(test, 8);

        Conserve(test, memory => SharedQueue<int>.Open(memory, "x"), Each, batch, static (q, items) =>
            q.TryEnqueue(items), static (q, items) => q.TryDequeue(items));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Stack_AcrossThreads_ConservesElements(int batch)
    {
        using TestMemory test = TestMemory.Create();
        SharedStack<int>.Create(test.Memory, "x", 8);

        // A quarter: everybody wants the one top, and a preempted holder of it is waited for.
        Conserve(test, memory => SharedStack<int>.Open(memory, "x"), Each / 4, batch, static (s, items) =>
            s.TryPush(items), static (s, items) => s.TryPop(items));
    }

    [Fact]
    public void Ring_AcrossThreads_KeepsTheOrder()
    {
        using TestMemory test = TestMemory.Create();
        SharedRing<int> writer = SharedRing<int>.Create(test.Memory, "x", 7);
        using SharedMemory other = SharedMemory.Open(test.Name);
        SharedRing<int> reader = SharedRing<int>.Open(other, "x");
        int count = Each;

        Watchdog.Run(() => Crew.Run(2, t =>
        {
            for (int i = 0; i < count; i++)
            {
                if (t == 0)
                {
                    Assert.True(writer.Write(i, TimeSpan.FromSeconds(60)));
                }
                else
                {
                    Assert.True(reader.Read(out int item, TimeSpan.FromSeconds(60)));
                    Assert.Equal(i, item);
                }
            }
        }));
    }

    [Fact]
    public void Map_SameKeysFromManyThreads_NeverHoldsAKeyTwice()
    {
        using TestMemory test = TestMemory.Create();
        SharedMap<int, int> map = SharedMap<int, int>.Create(test.Memory, "x", 16);
        int added = 0;
        int removed = 0;

        Watchdog.Run(() => Crew.Run(4, t =>
        {
            using SharedMemory memory = SharedMemory.Open(test.Name);
            SharedMap<int, int> own = SharedMap<int, int>.Open(memory, "x");
            var random = new Random(t);
            for (int i = 0; i < Each / 4; i++)
            {
                int key = random.Next(8) * 16;
                if (random.Next(2) == 0)
                {
                    _ = own.TryAdd(key, t) ? Interlocked.Increment(ref added) : 0;
                }
                else
                {
                    _ = own.TryRemove(key) ? Interlocked.Increment(ref removed) : 0;
                }
            }
        }));

        int[] keys = [.. map.Select(pair => pair.Key)];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(added - removed, keys.Length);
        Assert.Equal(keys.Length, map.Count);
    }

    [Fact]
    public void Pool_FromManyThreads_GivesEachNodeToOne()
    {
        using TestMemory test = TestMemory.Create();
        SharedPool<int> pool = SharedPool<int>.Create(test.Memory, "x", 3);

        Watchdog.Run(() => Crew.Run(4, t =>
        {
            for (int i = 0; i < Each / 4; i++)
            {
                Assert.True(pool.Allocate(out int node, TimeSpan.FromSeconds(60)));
                pool[node] = t;
                Assert.Equal(t, pool[node]);
                pool.Free(node);
            }
        }));

        Assert.Equal(0, pool.AllocatedCount);
        Assert.Equal([0, 1, 2], pool.FreeNodes().Order());
    }

    [Fact]
    public void Array_AddFromManyThreads_CountsEach()
    {
        using TestMemory test = TestMemory.Create();
        SharedArray<long> array = SharedArray<long>.Create(test.Memory, "x", 2);

        Watchdog.Run(() => Crew.Run(4, _ =>
        {
            for (int i = 0; i < Each / 4; i++)
            {
                array.Add(1, 1);
            }
        }));

        Assert.Equal([0, Each / 4 * 4], array);
    }

    private static void StartCountersNear2To32(TestMemory test, uint capacity)
    {
        long offset = test.OffsetOf("x");
        const uint start = 0xFFFF_F000;
        test.Poke32(offset, start);
        test.Poke32(offset + 4, start);
        for (uint i = 0; i < capacity; i++)
        {
            test.Poke32(offset + 16 + (4 * capacity) + (4 * i), start + i);
        }
    }

    private delegate int Put<TSubject>(TSubject subject, ReadOnlySpan<int> items);

    private delegate int Take<TSubject>(TSubject subject, Span<int> items);

    private static void Conserve<TSubject>(
        TestMemory test, Func<SharedMemory, TSubject> open, int each, int batch, Put<TSubject> put,
        Take<TSubject> take)
    {
        int total = each * Pairs;
        int left = total;
        var seen = new int[total];
        Watchdog.Run(() => Crew.Run(Pairs * 2, t =>
        {
            using SharedMemory memory = SharedMemory.Open(test.Name);
            TSubject subject = open(memory);
            Span<int> items = stackalloc int[batch];
            if (t < Pairs)
            {
                for (int next = 0; next < each;)
                {
                    int count = Math.Min(batch, each - next);
                    for (int i = 0; i < count; i++)
                    {
                        items[i] = (t * each) + next + i;
                    }

                    int done = put(subject, items[..count]);
                    next += done;
                    YieldIf(done == 0);
                }
            }
            else
            {
                while (Volatile.Read(ref left) > 0)
                {
                    int done = take(subject, items);
                    foreach (int item in items[..done])
                    {
                        Interlocked.Increment(ref seen[item]);
                    }

                    Interlocked.Add(ref left, -done);
                    YieldIf(done == 0);
                }
            }
        }));

        Assert.All(seen, times => Assert.Equal(1, times));
    }

    private static void YieldIf(bool idle)
    {
        if (idle)
        {
            Thread.Yield();
        }
    }
}
