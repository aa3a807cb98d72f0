using Plenum.ZeroIpc;

namespace Plenum.CrossProcess.Tests.ZeroIpc;

/// <summary>kill -9 at each step of each operation of the data structures; the survivor finds what the guarantees in
/// docs/protocols/zeroipc.md say, and the structure whole.</summary>
public sealed class CollectionKillTests
{
    [Theory]
    [InlineData("queue-add-stated", true, false)]
    [InlineData("queue-add-claimed", true, false)]
    [InlineData("queue-add-held", false, false)]
    [InlineData("queue-add-stored", false, false)]
    [InlineData("queue-add-published", false, true)]
    public void Queue_ProducerKilled_TicketIsSkippedOrPublished(string step, bool ours, bool there)
    {
        using var test = new DyingPeer(ours);
        SharedQueue<int> queue = SharedQueue<int>.Create(test.Memory, "x", 4);
        Assert.True(queue.TryEnqueue(1));
        test.Kill("queue-add", step);

        Assert.True(queue.Enqueue(2, DyingPeer.Patience));
        Assert.Equal(there ? [1, 100, 2] : [1, 2], Drain(queue));
        AssertWhole(queue);
    }

    [Theory]
    [InlineData("queue-take-stated", true, true)]
    [InlineData("queue-take-claimed", true, false)]
    [InlineData("queue-take-held", false, false)]
    [InlineData("queue-take-freed", false, false)]
    public void Queue_ConsumerKilled_SlotIsFreed(string step, bool ours, bool there)
    {
        using var test = new DyingPeer(ours);
        SharedQueue<int> queue = SharedQueue<int>.Create(test.Memory, "x", 2);
        Assert.Equal(2, queue.TryEnqueue([1, 2]));
        test.Kill("queue-take", step);

        if (!there)
        {
            Assert.True(queue.Enqueue(3, DyingPeer.Patience));
        }

        Assert.Equal(there ? [1, 2] : [2, 3], Drain(queue));
        AssertWhole(queue);
    }

    [Theory]
    [InlineData("queue-batch-add-held", 1, 0)]
    [InlineData("queue-batch-add-published", 1, 1)]
    [InlineData("queue-batch-add-published", 2, 2)]
    public void Queue_BatchProducerKilled_PublishedPartIsThere(string step, int hit, int published)
    {
        using var test = new DyingPeer(ours: false);
        SharedQueue<int> queue = SharedQueue<int>.Create(test.Memory, "x", 4);
        test.Kill("queue-batch-add", step, hit);

        Assert.True(queue.Enqueue(5, DyingPeer.Patience));
        // Published last to first.
        Assert.Equal([.. Enumerable.Range(103 - published, published), 5], Drain(queue));
        AssertWhole(queue);
    }

    [Theory]
    [InlineData("queue-batch-take-held", 1)]
    [InlineData("queue-batch-take-freed", 1)]
    public void Queue_BatchConsumerKilled_SlotsAreFreed(string step, int hit)
    {
        using var test = new DyingPeer(ours: false);
        SharedQueue<int> queue = SharedQueue<int>.Create(test.Memory, "x", 4);
        Assert.Equal(4, queue.TryEnqueue([1, 2, 3, 4]));
        test.Kill("queue-batch-take", step, hit);

        Assert.True(queue.Enqueue(5, DyingPeer.Patience));
        Assert.True(queue.Enqueue(6, DyingPeer.Patience));
        Assert.Equal([3, 4, 5, 6], Drain(queue));
        AssertWhole(queue);
    }

    [Theory]
    [InlineData("stack-push-stated", true, false)]
    [InlineData("stack-push-claimed", true, false)]
    [InlineData("stack-push-held", false, false)]
    [InlineData("stack-push-taken", false, false)]
    [InlineData("stack-push-stored", false, false)]
    [InlineData("stack-push-published", false, true)]
    public void Stack_PusherKilled_IndexIsPassedOverOrPublished(string step, bool ours, bool there)
    {
        using var test = new DyingPeer(ours);
        SharedStack<int> stack = SharedStack<int>.Create(test.Memory, "x", 4);
        Assert.True(stack.TryPush(1));
        test.Kill("stack-push", step);

        Assert.Equal(there ? [100, 1] : [1], Drain(stack));
        AssertWhole(stack);
    }

    [Theory]
    [InlineData("stack-pop-stated", true, true)]
    [InlineData("stack-pop-claimed", true, false)]
    [InlineData("stack-pop-held", false, false)]
    [InlineData("stack-pop-taken", false, false)]
    [InlineData("stack-pop-emptied", false, false)]
    public void Stack_PopperKilled_SlotIsEmptied(string step, bool ours, bool there)
    {
        using var test = new DyingPeer(ours);
        SharedStack<int> stack = SharedStack<int>.Create(test.Memory, "x", 2);
        Assert.Equal(2, stack.TryPush([1, 2]));
        test.Kill("stack-pop", step);

        if (!there)
        {
            Assert.True(stack.Push(3, DyingPeer.Patience));
        }

        Assert.Equal(there ? [2, 1] : [3, 1], Drain(stack));
        AssertWhole(stack);
    }

    [Theory]
    [InlineData("stack-peek-stated", false)]
    [InlineData("stack-peek-claimed", true)]
    [InlineData("stack-peek-held", false)]
    public void Stack_LookerKilled_ElementStays(string step, bool ours)
    {
        using var test = new DyingPeer(ours);
        SharedStack<int> stack = SharedStack<int>.Create(test.Memory, "x", 2);
        Assert.True(stack.TryPush(1));
        test.Kill("stack-peek", step);

        Assert.Equal([1], Drain(stack));
        AssertWhole(stack);
    }

    [Theory]
    [InlineData("map-insert-stated", false, false)]
    [InlineData("map-insert-claimed", true, false)]
    [InlineData("map-insert-held", false, false)]
    [InlineData("map-insert-stored", false, false)]
    [InlineData("map-insert-counted", false, false)]
    [InlineData("map-insert-published", false, true)]
    public void MapAndSet_InserterKilled_TombstoneOrPublished(string step, bool ours, bool there)
    {
        using (var test = new DyingPeer(ours))
        {
            SharedMap<int, int> map = SharedMap<int, int>.Create(test.Memory, "x", 8);
            test.Kill("map-insert", step);
            Assert.Equal(there, map.TryGetValue(7, out int value));
            Assert.Equal(there ? 70 : 0, value);
            Assert.True(map.TrySet(7, 71));
            Assert.Equal(71, map[7]);
            Assert.True(map.TryRemove(7));
            Assert.All(Enumerable.Range(0, 8), key => Assert.True(map.TrySet(key, key)));
        }

        using (var test = new DyingPeer(ours))
        {
            SharedSet<int> set = SharedSet<int>.Create(test.Memory, "x", 8);
            test.Kill("set-insert", step);
            Assert.Equal(there, set.Contains(7));
            Assert.Equal(!there, set.TryAdd(7));
            Assert.All(Enumerable.Range(0, 7), value => Assert.True(set.TryAdd(value)));
        }
    }

    [Theory]
    [InlineData("map-update", "map-update-stated", false)]
    [InlineData("map-remove", "map-update-stated", false)]
    [InlineData("map-update", "map-update-claimed", true)]
    [InlineData("map-update", "map-update-held", false)]
    [InlineData("map-remove", "map-update-held", false)]
    public void Map_UpdaterOrRemoverKilledHoldingTheSlot_KeyStays(string action, string step, bool ours)
    {
        using var test = new DyingPeer(ours);
        SharedMap<int, int> map = SharedMap<int, int>.Create(test.Memory, "x", 8);
        Assert.True(map.TrySet(1, 10));
        test.Kill(action, step);

        Assert.True(map.TryGetValue(1, out int value));
        Assert.Equal((10, 1), (value, map.Count));
        Assert.True(map.TrySet(1, 12));
        Assert.True(map.TryRemove(1));
    }

    [Theory]
    [InlineData("map-remove")]
    [InlineData("set-remove")]
    public void MapAndSet_RemoverKilledBeforeTheCount_KeyIsGone(string action)
    {
        using var test = new DyingPeer(ours: false);
        if (action == "map-remove")
        {
            SharedMap<int, int> map = SharedMap<int, int>.Create(test.Memory, "x", 8);
            Assert.True(map.TrySet(1, 10));
            test.Kill(action, "map-remove-published");
            Assert.False(map.ContainsKey(1));
            Assert.All(Enumerable.Range(0, 8), key => Assert.True(map.TrySet(key, key)));
        }
        else
        {
            SharedSet<int> set = SharedSet<int>.Create(test.Memory, "x", 8);
            Assert.True(set.TryAdd(1));
            test.Kill(action, "map-remove-published");
            Assert.False(set.Contains(1));
            Assert.True(set.TryAdd(1));
        }
    }

    [Theory]
    [InlineData("pool-allocate", "pool-allocate-taken", 1)]
    [InlineData("pool-allocate", "pool-allocate-counted", 1)]
    [InlineData("pool-free", "pool-free-linked", 0)]
    [InlineData("pool-free", "pool-free-returned", -1)]
    public void Pool_KilledAtEachStep_ChainStaysWhole(string action, string step, int lost)
    {
        using var test = new DyingPeer(ours: false);
        SharedPool<int> pool = SharedPool<int>.Create(test.Memory, "x", 4);
        Assert.True(pool.TryAllocate(out int first));
        Assert.Equal(0, first);
        test.Kill(action, step);

        IReadOnlyList<int> free = pool.FreeNodes();
        Assert.Equal(3 - lost, free.Count);
        Assert.All(free, _ => Assert.True(pool.TryAllocate(out int _)));
        Assert.False(pool.TryAllocate(out _));

        // Whoever knows that the holder is gone gives its nodes back.
        Assert.All(Enumerable.Range(0, 4), pool.Free);
        Assert.Equal([0, 1, 2, 3], pool.FreeNodes().Order());
    }

    [Theory]
    [InlineData("ring-write", "ring-write-stored", 3)]
    [InlineData("ring-read", "ring-read-copied", 3)]
    [InlineData("ring-write", "ring-write-stored", 4)]
    [InlineData("ring-read", "ring-read-copied", 4)]
    public void Ring_KilledBeforeThePositionMoves_NothingHappened(string action, string step, int capacity)
    {
        using var test = new DyingPeer(ours: false);
        SharedRing<int> ring = SharedRing<int>.Create(test.Memory, "x", capacity);
        Assert.True(ring.TryWrite(1));
        test.Kill(action, step);

        Assert.Equal(1, ring.Count);
        Assert.Equal(capacity - 1, ring.TryWrite([.. Enumerable.Range(2, capacity)]));
        Assert.All(Enumerable.Range(1, capacity), item =>
        {
            Assert.True(ring.TryRead(out int read));
            Assert.Equal(item, read);
        });
    }

    private static List<int> Drain(SharedQueue<int> queue)
    {
        var items = new List<int>();
        while (queue.Count > 0 && queue.Dequeue(out int item, DyingPeer.Patience))
        {
            items.Add(item);
            _ = queue.Recover();
        }

        return items;
    }

    private static List<int> Drain(SharedStack<int> stack)
    {
        var items = new List<int>();
        while (stack.TryPop(out int item))
        {
            items.Add(item);
        }

        return items;
    }

    // Two laps: every slot is in order again.
    private static void AssertWhole(SharedQueue<int> queue)
    {
        for (int lap = 0; lap < 2; lap++)
        {
            for (int i = 0; i < queue.Capacity; i++)
            {
                Assert.True(queue.Enqueue(i, DyingPeer.Patience));
            }

            Assert.False(queue.TryEnqueue(-1));
            Assert.Equal(Enumerable.Range(0, queue.Capacity), Drain(queue));
        }
    }

    private static void AssertWhole(SharedStack<int> stack)
    {
        for (int lap = 0; lap < 2; lap++)
        {
            for (int i = 0; i < stack.Capacity; i++)
            {
                Assert.True(stack.Push(i, DyingPeer.Patience));
            }

            Assert.False(stack.TryPush(-1));
            Assert.Equal(Enumerable.Range(0, stack.Capacity).Reverse(), Drain(stack));
        }
    }
}
