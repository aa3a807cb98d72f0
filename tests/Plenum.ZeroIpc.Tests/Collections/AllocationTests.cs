namespace Plenum.ZeroIpc.Tests;

/// <summary>No operation allocates managed memory after warm-up.</summary>
public sealed class AllocationTests
{
    [Fact]
    public void Operations_AfterWarmUp_AllocateNothing()
    {
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
        void Round(long i)
        {
            array[0] = i;
            array.Add(1, array[0]);
            array.CompareExchange(1, 0, array.ReadAcquire(1));
            Assert.True(queue.TryEnqueue(i) && queue.TryPeek(out _) && queue.TryDequeue(out _));
            Assert.Equal(3, queue.TryEnqueue(buffer.AsSpan(0, 3)));
            Assert.Equal(3, queue.TryDequeue(buffer));
            Assert.True(queue.Enqueue(i, TimeSpan.FromSeconds(1)) && queue.Dequeue(out _, TimeSpan.FromSeconds(1)));
            ValueTask<bool> added = queue.EnqueueAsync(i, TimeSpan.FromSeconds(1));
            Assert.True(added.IsCompletedSuccessfully && added.Result);
            ValueTask<long?> taken = queue.DequeueAsync(TimeSpan.FromSeconds(1));
            Assert.True(taken.IsCompletedSuccessfully && taken.Result == i);
            Assert.True(stack.TryPush(i) && stack.TryPeek(out _) && stack.TryPop(out _));
            Assert.Equal(3, stack.TryPush(buffer.AsSpan(0, 3)));
            Assert.Equal(3, stack.TryPop(buffer));
            Assert.True(ring.TryWrite(i) && ring.TryRead(out _));
            Assert.Equal(3, ring.TryWrite(buffer.AsSpan(0, 3)));
            Assert.Equal(3, ring.TryRead(buffer));
            Assert.True(pool.TryAllocate(i, out int node));
            pool.Free(node);
            Assert.True(map.TrySet(1, i) && map.TryGetValue(1, out _) && map.TryRemove(1));
            Assert.True(points.TrySet(new Point(1, 2, 3), 4) && points.ContainsKey(new Point(1, 2, 3)));
            Assert.True(set.TryAdd(i) && set.Contains(i) && set.TryRemove(i));
        }

        for (long i = 0; i < 2_000; i++)
        {
            Round(i);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (long i = 0; i < 1_000; i++)
        {
            Round(i);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
