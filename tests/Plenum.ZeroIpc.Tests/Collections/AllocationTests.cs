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
}
