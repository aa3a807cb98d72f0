using System.Threading.Channels;
using Plenum.Platform;

namespace Plenum.ZeroIpc.Tests;

/// <summary>Channels inside one process, in both layouts, with and without a buffer.</summary>
public sealed class ChannelTests
{
    public static TheoryData<int, CodataLayout> Shapes => new()
    {
        { 4, CodataLayout.Native },
        { 0, CodataLayout.Native },
        { 4, CodataLayout.Python },
        { 0, CodataLayout.Python },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ManySendersAndReceivers_EveryValueArrivesOnce(int capacity, CodataLayout layout)
    {
        const int Senders = 3;
        const int PerSender = 400;
        using var segment = new Segment(ours: true);
        var channel = SharedChannel<long>.Create(segment.First, "c", capacity, layout);
        var seen = new int[Senders * PerSender];
        int sending = Senders;
        Crew.Run(Senders + 3, self =>
        {
            var mine = SharedChannel<long>.Open(segment.First, "c");
            if (self < Senders)
            {
                for (int i = 0; i < PerSender; i++)
                {
                    mine.Send((self * PerSender) + i);
                }

                if (Interlocked.Decrement(ref sending) == 0)
                {
                    Assert.True(mine.Close());
                }

                return;
            }

            var last = new long[Senders];
            Array.Fill(last, -1);
            foreach (long value in mine.ReadAll())
            {
                Interlocked.Increment(ref seen[value]);
                Assert.True(value > last[value / PerSender], "a sender's values overtook each other");
                last[value / PerSender] = value;
            }
        });

        Assert.All(seen, count => Assert.Equal(1, count));
        Assert.Equal((0, true, 0, 0), (channel.Count, channel.IsClosed, channel.WaitingSenders,
            channel.WaitingReceivers));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task ManySendersAndReceivers_Async_EveryValueArrivesOnce(int capacity, CodataLayout layout)
    {
        const int Tasks = 8;
        const int Each = 100;
        using var segment = new Segment(ours: true);
        var channel = SharedChannel<int>.Create(segment.First, "c", capacity, layout);
        Task<long>[] receivers = [.. Enumerable.Range(0, Tasks).Select(_ => Task.Run(async () =>
        {
            long sum = 0;
            await foreach (int value in channel.ReadAllAsync())
            {
                sum += value;
            }

            return sum;
        }))];
        Task[] senders = [.. Enumerable.Range(0, Tasks).Select(t => Task.Run(async () =>
        {
            for (int i = 1; i <= Each; i++)
            {
                await channel.SendAsync((t * Each) + i);
            }
        }))];

        await Task.WhenAll(senders).WaitAsync(TimeSpan.FromSeconds(60));
        channel.Close();
        long[] sums = await Task.WhenAll(receivers).WaitAsync(TimeSpan.FromSeconds(60));

        const long Count = Tasks * Each;
        Assert.Equal(Count * (Count + 1) / 2, sums.Sum());
    }

    [Fact]
    public void Buffered_FullEmptyAndClosed_AreTold()
    {
        using var segment = new Segment();
        var channel = SharedChannel<byte>.Create(segment.First, "c", 3);
        Assert.Equal((4, CodataLayout.Native), (channel.Capacity, channel.Layout));
        Assert.Equal(3, channel.TrySend(new byte[] { 1, 2, 3 }));
        Assert.True(channel.TrySend(4));
        Assert.False(channel.TrySend(5));
        Assert.Equal(ChannelStatus.TimedOut, channel.Send(5, TimeSpan.FromMilliseconds(5)));
        Assert.Equal(4, channel.Count);

        Assert.True(channel.Close());
        Assert.False(channel.Close());
        Assert.Equal(ChannelStatus.Closed, channel.Send(6, TimeSpan.Zero));
        Assert.Throws<ChannelClosedException>(() => channel.Send(6));
        var rest = new byte[3];
        Assert.Equal(3, channel.TryReceive(rest));
        Assert.Equal(new byte[] { 1, 2, 3 }, rest);
        Assert.Equal(4, channel.Receive());
        Assert.Equal(ChannelStatus.Closed, channel.Receive(out _, TimeSpan.Zero));
        Assert.Throws<ChannelClosedException>(() => channel.Receive());
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Close_WakesEverybodyAndDeliversNothingThatWasRefused(int capacity, CodataLayout layout)
    {
        using var segment = new Segment(ours: true);
        var channel = SharedChannel<int>.Create(segment.First, "c", capacity, layout);
        int room = channel.Capacity;
        for (int i = 0; i < room; i++)
        {
            Assert.True(channel.TrySend(i));
        }

        Task<ChannelStatus>[] senders =
        [
            Task.Run(() => channel.Send(100, Timeout.InfiniteTimeSpan)),
            Task.Run(async () => await channel.SendAsync(101, Timeout.InfiniteTimeSpan)),
        ];
        Segment.Until(() => channel.Core.Room.WaiterCount + channel.WaitingSenders >= 2);

        channel.Close();
        ChannelStatus[] outcomes = await Task.WhenAll(senders).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.All(outcomes, outcome => Assert.Equal(ChannelStatus.Closed, outcome));
        Assert.Equal(Enumerable.Range(0, room), channel.ReadAll());

        using var second = new Segment(ours: true);
        var empty = SharedChannel<int>.Create(second.First, "c", capacity, layout);
        Task<ChannelStatus>[] receivers =
        [
            Task.Run(() => empty.Receive(out _, Timeout.InfiniteTimeSpan)),
            Task.Run(async () => (await empty.ReceiveAsync(Timeout.InfiniteTimeSpan)).Status),
        ];
        Segment.Until(() => empty.Core.Items.WaiterCount == 2);
        empty.Close();
        outcomes = await Task.WhenAll(receivers).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.All(outcomes, outcome => Assert.Equal(ChannelStatus.Closed, outcome));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Cancel_EndsWaitsAndLeavesNothing(int capacity, CodataLayout layout)
    {
        using var segment = new Segment(ours: true);
        var channel = SharedChannel<int>.Create(segment.First, "c", capacity, layout);
        using var stop = new CancellationTokenSource();
        Task[] receivers =
        [
            Task.Run(() => channel.Receive(stop.Token)), Task.Run(async () => await channel.ReceiveAsync(stop.Token)),
        ];
        Segment.Until(() => channel.Core.Items.WaiterCount == 2);
        await stop.CancelAsync();
        foreach (Task receiver in receivers)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiver);
        }

        using var again = new CancellationTokenSource();
        while (channel.Capacity > 0 && channel.TrySend(1))
        {
        }

        int left = channel.Count;
        Task[] senders =
        [
            Task.Run(() => channel.Send(7, again.Token)), Task.Run(async () => await channel.SendAsync(8, again.Token)),
        ];
        Segment.Until(() => channel.Core.Room.WaiterCount + channel.WaitingSenders >= 2);
        await again.CancelAsync();
        foreach (Task sender in senders)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sender);
        }

        Assert.Equal((left, 0, 0), (channel.Count, channel.WaitingSenders, channel.WaitingReceivers));
        Assert.Equal(ChannelStatus.TimedOut, channel.Capacity == 0
            ? channel.Receive(out _, TimeSpan.Zero) : ChannelStatus.TimedOut);
    }

    [Fact]
    public void Rendezvous_TimedOutSend_DeliversNothing()
    {
        using var segment = new Segment();
        foreach (CodataLayout layout in new[] { CodataLayout.Native, CodataLayout.Python })
        {
            var channel = SharedChannel<int>.Create(segment.First, layout.ToString(), 0, layout);
            Assert.False(channel.TrySend(1));
            Assert.Equal(ChannelStatus.TimedOut, channel.Send(2, TimeSpan.FromMilliseconds(10)));
            Assert.Equal(ChannelStatus.TimedOut, channel.Receive(out _, TimeSpan.FromMilliseconds(10)));
            Assert.Equal(0, channel.Count);
        }
    }

    [Theory]
    [InlineData(CodataLayout.Native)]
    [InlineData(CodataLayout.Python)]
    public async Task Rendezvous_TrySend_FindsASleepingReceiver(CodataLayout layout)
    {
        using var segment = new Segment(ours: true);
        var channel = SharedChannel<int>.Create(segment.First, "c", 0, layout);
        Task<int> receiver = Task.Run(() => channel.Receive());
        Segment.Until(() => channel.WaitingReceivers == 1);
        Segment.Until(() => channel.TrySend(9));
        Assert.Equal(9, await receiver.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task DotNetChannel_Adapters_ReadWriteComplete()
    {
        using var segment = new Segment();
        foreach (int capacity in new[] { 2, 0 })
        {
            var channel = SharedChannel<int>.Create(segment.First, "c" + capacity, capacity);
            ChannelWriter<int> writer = channel.AsChannelWriter();
            ChannelReader<int> reader = channel.AsChannelReader();
            Task writing = Task.Run(async () =>
            {
                for (int i = 0; i < 20; i++)
                {
                    if (i % 2 == 0)
                    {
                        await writer.WriteAsync(i);
                        continue;
                    }

                    while (await writer.WaitToWriteAsync() && !writer.TryWrite(i))
                    {
                    }
                }

                writer.Complete();
            });
            var seen = new List<int>();
            while (await reader.WaitToReadAsync())
            {
                while (reader.TryRead(out int value))
                {
                    seen.Add(value);
                }
            }

            await writing.WaitAsync(TimeSpan.FromSeconds(60));
            await reader.Completion.WaitAsync(TimeSpan.FromSeconds(60));
            Assert.Equal(Enumerable.Range(0, 20), seen);
            Assert.False(await writer.WaitToWriteAsync());
            Assert.False(writer.TryComplete());
        }
    }

    [Fact]
    public void Open_WrongEntries_AreRefused()
    {
        using var segment = new Segment();
        SharedMemory memory = segment.First;
        SharedChannel<int>.Create(memory, "buf", 4);
        SharedChannel<int>.Create(memory, "rdv", 0);
        SharedChannel<int>.Create(memory, "py", 3, CodataLayout.Python);

        Assert.Throws<EntryNotFoundException>(() => SharedChannel<int>.Open(memory, "none"));
        Assert.False(SharedChannel<int>.TryOpen(memory, "none", out _));
        Assert.Throws<SegmentFormatException>(() => SharedChannel<long>.Open(memory, "buf"));
        Assert.Throws<SegmentFormatException>(() => SharedChannel<long>.Open(memory, "rdv"));
        Assert.Throws<SegmentFormatException>(() => SharedChannel<long>.Open(memory, "py"));
        Assert.Throws<EntryExistsException>(() => SharedChannel<int>.Create(memory, "buf", 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedChannel<int>.Create(memory, "x", -1));
        Assert.Equal((3, 0), (SharedChannel<int>.Open(memory, "py").Capacity, SharedChannel<int>.Open(memory,
            "rdv").Capacity));
        memory.Segment.UInt32(memory.Table.Find("buf_header").Offset).WriteRelease(16);
        Assert.Throws<SegmentFormatException>(() => SharedChannel<int>.Open(memory, "buf"));
        memory.Segment.UInt32(memory.Table.Find("py_sync").Offset + 12).WriteRelease(99);
        Assert.Throws<SegmentFormatException>(() => SharedChannel<int>.Open(memory, "py"));
    }

    [Fact]
    public void Buffered_SendAndReceive_AllocateNothing()
    {
        using var segment = new Segment();
        var channel = SharedChannel<double>.Create(segment.First, "c", 8);
        for (int i = 0; i < 1000; i++)
        {
            channel.Send(i);
            channel.Receive();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        double sum = 0;
        for (int i = 0; i < 10_000; i++)
        {
            channel.Send(1);
            sum += channel.Receive();
            sum += Now(channel.SendAsync(1, TimeSpan.FromSeconds(1))) == ChannelStatus.Done ? 0 : double.NaN;
            sum += Now(channel.ReceiveAsync());
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(20_000, sum);
    }

    private static TValue Now<TValue>(ValueTask<TValue> task) =>
        task.IsCompletedSuccessfully ? task.Result : throw new InvalidOperationException("it waits");
}
