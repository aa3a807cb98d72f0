using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>No operation allocates managed memory after warm-up.</summary>
public sealed class AllocationTests
{
    [Fact]
    public void Operations_AfterWarmUp_AllocateNothing()
    {
        static void Check(bool condition) => _ = condition ? 0 : throw new InvalidOperationException("unexpected "
            + "outcome");

        using TestMemory test = TestMemory.Create();
        SharedArray<long> array = SharedArray<long>.Create(test.Memory, "a", 4);
        SharedQueue<long> queue = SharedQueue<long>.Create(test.Memory, "q", 4);
        SharedStack<long> stack = SharedStack<long>.Create(test.Memory, "s", 4);
        SharedRing<long> ring = SharedRing<long>.Create(test.Memory, "r", 4);
        SharedPool<long> pool = SharedPool<long>.Create(test.Memory, "p", 4);
        SharedMap<long, long> map = SharedMap<long, long>.Create(test.Memory, "m", 8);
        SharedMap<Point, int> points = SharedMap<Point, int>.Create(test.Memory, "n", 8);
        SharedSet<double> set = SharedSet<double>.Create(test.Memory, "t", 8);
        var buffer = new long[4];
        var second = TimeSpan.FromSeconds(1);
        var operations = new (string Name, Action<long> Run)[]
        {
            ("array", i => array[0] = array.Add(1, i) + array.CompareExchange(1, 0, array.ReadAcquire(1))),
            ("queue", i => Check(queue.TryEnqueue(i) && queue.TryPeek(out _) && queue.TryDequeue(out _))),
            ("queue batch", _ => Check(queue.TryEnqueue(buffer.AsSpan(0, 3)) == 3 && queue.TryDequeue(buffer) == 3)),
            ("queue waiting", i => Check(queue.Enqueue(i, second) && queue.Dequeue(out _, second))),
            ("queue time-out", _ => Check(!queue.Dequeue(out long _, TimeSpan.Zero))),
            ("queue async", i =>
            {
                ValueTask<bool> added = queue.EnqueueAsync(i, second);
                Check(added.IsCompletedSuccessfully && added.Result);
                ValueTask<long?> taken = queue.DequeueAsync(second);
                Check(taken.IsCompletedSuccessfully && taken.Result == i);
            }),
            ("stack", i => Check(stack.TryPush(i) && stack.TryPeek(out _) && stack.TryPop(out _))),
            ("stack batch", _ => Check(stack.TryPush(buffer.AsSpan(0, 3)) == 3 && stack.TryPop(buffer) == 3)),
            ("ring", i => Check(ring.TryWrite(i) && ring.TryRead(out _))),
            ("ring batch", _ => Check(ring.TryWrite(buffer.AsSpan(0, 3)) == 3 && ring.TryRead(buffer) == 3)),
            ("pool", i =>
            {
                Check(pool.TryAllocate(i, out int node));
                pool.Free(node);
            }),
            ("map", i => Check(map.TrySet(1, i) && map.TryGetValue(1, out _) && map.TryRemove(1))),
            ("map of structs", _ => Check(points.TrySet(new Point(1, 2, 3), 4)
            && points.ContainsKey(new Point(1, 2, 3)))),
            ("set", i => Check(set.TryAdd(i) && set.Contains(i) && set.TryRemove(i))),
        };
        foreach ((string name, Action<long> run) in operations)
        {
            for (long i = 0; i < 200; i++)
            {
                run(i);
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            for (long i = 0; i < 1_000; i++)
            {
                run(i);
            }

            Assert.True(before == GC.GetAllocatedBytesForCurrentThread(), $"{name} allocates");
        }
    }

    [Fact]
    public void BlockingRounds_AsleepInBetween_AllocateNothing()
    {
        using TestMemory test = TestMemory.Create();
        test.Memory.WaitStrategy = WaitStrategy.PowerSaving;
        SharedQueue<int>[] queues = [.. Enumerable.Range(0, 2).Select(i =>
            SharedQueue<int>.Create(test.Memory, $"q{i}", 64))];
        SharedStack<int>[] stacks = [.. Enumerable.Range(0, 2).Select(i =>
            SharedStack<int>.Create(test.Memory, $"s{i}", 1))];
        SharedRing<int>[] rings = [.. Enumerable.Range(0, 2).Select(i =>
            SharedRing<int>.Create(test.Memory, $"r{i}", 64))];
        var limit = TimeSpan.FromSeconds(60);

        AssertNothing("queue", (side, i) =>
            queues[side].Enqueue(i, limit) && queues[1 - side].Dequeue(out int item, limit) && item == i);
        AssertNothing("stack", (side, i) =>
            stacks[side].Push(i, limit) && stacks[1 - side].Pop(out int item, limit) && item == i);
        AssertNothing("ring", (side, i) =>
            rings[side].Write(i, limit) && rings[1 - side].Read(out int item, limit) && item == i);
    }

    private static void AssertNothing(string name, Func<int, int, bool> round)
    {
        const int warmUp = 60;
        const int counted = 60;
        var allocated = new long[2];
        Watchdog.Run(() => Crew.Run(2, side =>
        {
            for (int i = 0; i < warmUp + counted; i++)
            {
                if (i == warmUp)
                {
                    allocated[side] = GC.GetAllocatedBytesForCurrentThread();
                }

                Assert.True(round(side, i));
            }

            allocated[side] = GC.GetAllocatedBytesForCurrentThread() - allocated[side];
        }));

        Assert.True(allocated is [0, 0], $"{name}: {allocated[0]} and {allocated[1]} bytes in {counted} rounds");
    }
}
