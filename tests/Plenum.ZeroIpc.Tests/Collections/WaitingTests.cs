using System.Threading.Channels;
using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>The waiting and asynchronous forms of queue, stack, ring and pool.</summary>
public sealed class WaitingTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(60);

    [Fact]
    public void Dequeue_Empty_TimesOutAndIsWokenByAnotherObject()
    {
        using TestMemory test = TestMemory.Create();
        SharedQueue<int> queue = SharedQueue<int>.Create(test.Memory, "q", 2);
        using SharedMemory other = SharedMemory.Open(test.Name);
        SharedQueue<int> same = SharedQueue<int>.Open(other, "q");

        Assert.False(queue.Dequeue(out _, TimeSpan.Zero));
        Assert.False(queue.Dequeue(out _, TimeSpan.FromMilliseconds(3)));
        Task<int> waiter = Task.Run(() => queue.Dequeue(out int item, s_long) ? item : -1);
        Assert.True(same.Enqueue(7, s_long));

        Assert.Equal(7, Watchdog.Run(() => waiter.Result));
    }

    [Fact]
    public void Enqueue_Full_WaitsForRoom()
    {
        using TestMemory test = TestMemory.Create();
        SharedQueue<int> queue = SharedQueue<int>.Create(test.Memory, "q", 2);
        Assert.Equal(2, queue.TryEnqueue([1, 2, 3]));
        Assert.False(queue.Enqueue(3, TimeSpan.FromMilliseconds(3)));

        Task<bool> waiter = Task.Run(() => queue.Enqueue(3, s_long));
        Assert.True(queue.Dequeue(out int first, s_long));

        Assert.True(Watchdog.Run(() => waiter.Result));
        Assert.Equal(1, first);
        Assert.Equal([2, 3], queue);
    }

    [Fact]
    public async Task Async_AllStructures_HandOver()
    {
        using TestMemory test = TestMemory.Create();
        SharedQueue<int> queue = SharedQueue<int>.Create(test.Memory, "q", 2);
        SharedStack<int> stack = SharedStack<int>.Create(test.Memory, "s", 1);
        SharedRing<int> ring = SharedRing<int>.Create(test.Memory, "r", 1);
        SharedPool<int> pool = SharedPool<int>.Create(test.Memory, "p", 1);
        Assert.Null(await queue.DequeueAsync(TimeSpan.FromMilliseconds(2)));
        Assert.Null(await stack.PopAsync(TimeSpan.FromMilliseconds(2)));
        Assert.Null(await ring.ReadAsync(TimeSpan.FromMilliseconds(2)));
        Assert.True(pool.TryAllocate(out int node));
        Assert.Null(await pool.AllocateAsync(TimeSpan.FromMilliseconds(2)));

        ValueTask<int?> dequeued = queue.DequeueAsync(s_long);
        ValueTask<int?> popped = stack.PopAsync(s_long);
        ValueTask<int?> read = ring.ReadAsync(s_long);
        ValueTask<int?> allocated = pool.AllocateAsync(s_long);
        Assert.True(await queue.EnqueueAsync(1, s_long));
        Assert.True(await stack.PushAsync(2, s_long));
        Assert.True(await ring.WriteAsync(3, s_long));
        pool.Free(node);

        Assert.Equal([1, 2, 3, node], new[] { await dequeued, await popped, await read, await allocated });
    }

    [Fact]
    public async Task Async_Cancelled_ThrowsAndTakesNothing()
    {
        using TestMemory test = TestMemory.Create();
        SharedQueue<int> queue = SharedQueue<int>.Create(test.Memory, "q", 2);
        SharedStack<int> stack = SharedStack<int>.Create(test.Memory, "s", 1);
        using var cancel = new CancellationTokenSource();

        ValueTask<int?> dequeued = queue.DequeueAsync(s_long, cancel.Token);
        ValueTask<int?> popped = stack.PopAsync(s_long, cancel.Token);
        cancel.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await dequeued);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await popped);
        Assert.Throws<OperationCanceledException>(() => queue.Dequeue(out _, s_long, cancel.Token));
        Assert.True(queue.TryEnqueue(1));
        Assert.True(queue.TryDequeue(out _));
    }

    [Fact]
    public async Task Channel_OverAQueue_ReadsAndWrites()
    {
        using TestMemory test = TestMemory.Create();
        SharedQueue<int> queue = SharedQueue<int>.Create(test.Memory, "q", 2);
        ChannelReader<int> reader = queue.AsChannelReader();
        ChannelWriter<int> writer = queue.AsChannelWriter();

        Task<List<int>> received = Task.Run(async () =>
        {
            var items = new List<int>();
            while (items.Count < 100 && await reader.WaitToReadAsync())
            {
                while (reader.TryRead(out int item))
                {
                    items.Add(item);
                }
            }

            return items;
        });
        for (int i = 0; i < 100; i++)
        {
            await writer.WriteAsync(i);
        }

        Assert.Equal(Enumerable.Range(0, 100), await received.WaitAsync(Watchdog.Limit));
        Assert.False(writer.TryComplete());
        Assert.True(reader.CanCount && reader.CanPeek);
        Assert.True(await writer.WaitToWriteAsync());
    }

    [Fact]
    public void Queue_AcrossProcesses_EchoesEverythingInOrder()
    {
        int count = Campaign.Count(20_000, 2_000_000);
        using TestMemory test = TestMemory.Create();
        SharedQueue<long> there = SharedQueue<long>.Create(test.Memory, "there", 64);
        SharedQueue<long> back = SharedQueue<long>.Create(test.Memory, "back", 64);
        using PeerProcess peer = PeerProcess.StartPeer(
            "zeroipc-queue-echo", "--segment", test.Name, "--from", "there", "--to", "back", "--count",
            count.ToString());
        peer.ExpectLine("ready");

        Task writer = Task.Run(() =>
        {
            for (long i = 0; i < count; i++)
            {
                Assert.True(there.Enqueue(i * 3, s_long));
            }
        });
        for (long i = 0; i < count; i++)
        {
            Assert.True(back.Dequeue(out long value, s_long));
            Assert.Equal(i * 3, value);
        }

        Watchdog.Run(() => writer.Wait());
        peer.ExpectLine("done");
        peer.ExpectExit();
    }
}
