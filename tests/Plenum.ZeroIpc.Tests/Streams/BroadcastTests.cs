using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests.Streams;

/// <summary>Broadcast: every subscriber sees every value, by its own policy.</summary>
public sealed class BroadcastTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(60);
    private static readonly SubscriptionOptions s_lossy = new() { Policy = SubscriberPolicy.DropOldest };

    [Fact]
    public void Layout_OfANewBroadcast_IsTheDocumentedOne()
    {
        using TestMemory test = TestMemory.Create();
        test.Memory.Table.Register("odd", 3);
        SharedBroadcast<int> broadcast = SharedBroadcast<int>.Create(
            test.Memory, "b", new BroadcastOptions { Capacity = 5, MaxSubscribers = 3 });
        using BroadcastPublisher<int> publisher = broadcast.OpenPublisher();
        publisher.Emit(77);
        byte[] bytes = test.Bytes();
        int at = (int)broadcast.Entry.Offset;

        Assert.Equal("PLNBCAST"u8.ToArray(), bytes[at..(at + 8)]);
        uint[] head = [.. Enumerable.Range(2, 8).Select(i => BitConverter.ToUInt32(bytes, at + (4 * i)))];
        uint control = head[4];
        Assert.Equal([2, 4, 8, 3, control, control + 256, control + 256 + 384, 4], head);
        Assert.Equal(0, (at + control) % 128);
        Assert.Equal(0x80 + 128 + 256 + 384 + (8 * 4), broadcast.Entry.SizeBytes);
        Assert.Equal([77, 0], [BitConverter.ToInt32(bytes, at + (int)head[6]),
            BitConverter.ToInt32(bytes, at + (int)head[6] + 4)]);
        Assert.Equal([1UL, 1UL], [BitConverter.ToUInt64(bytes, at + (int)control),
            BitConverter.ToUInt64(bytes, at + (int)control + 8)]);
        Assert.Equal((ulong)Environment.ProcessId, BitConverter.ToUInt64(bytes, at + (int)control + 0x80));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Gates_UnderAFastPublisher_SeeEveryValueInOrder(int readers)
    {
        using TestMemory test = TestMemory.Create();
        test.Memory.HasForeignPeers = false;
        SharedBroadcast<long> broadcast = SharedBroadcast<long>.Create(test.Memory, "b",
            new BroadcastOptions { Capacity = 16 });
        long count = Campaign.Count(50_000, 5_000_000);
        using var ready = new CountdownEvent(readers);

        Watchdog.Run(() => Crew.Run(readers + 1, self =>
        {
            using SharedMemory other = SharedMemory.Open(test.Name);
            SharedBroadcast<long> mine = SharedBroadcast<long>.Open(other, "b");
            if (self == 0)
            {
                using BroadcastPublisher<long> publisher = mine.OpenPublisher();
                ready.Wait();
                for (long i = 0; i < count; i++)
                {
                    Assert.Equal(EmitOutcome.Emitted, publisher.Emit(i));
                }

                publisher.Close();
                return;
            }

            using BroadcastSubscription<long> subscription = mine.Subscribe();
            ready.Signal();
            long expected = 0;
            while (subscription.Next(out long value, s_long) == NextOutcome.Value)
            {
                Assert.Equal(expected++, value);
            }

            Assert.Equal((count, 0), (expected, subscription.LostCount));
        }));
    }

    [Fact]
    public void DropOldest_FallingBehind_AccountsForEveryValue()
    {
        using TestMemory test = TestMemory.Create();
        SharedBroadcast<Point> broadcast = SharedBroadcast<Point>.Create(test.Memory, "b",
            new BroadcastOptions { Capacity = 8 });
        int count = Campaign.Count(100_000, 10_000_000);

        Watchdog.Run(() => Crew.Run(2, self =>
        {
            if (self == 0)
            {
                using BroadcastPublisher<Point> publisher = broadcast.OpenPublisher();
                for (int i = 0; i < count; i++)
                {
                    float f = i % 1_000_000;
                    Assert.Equal(EmitOutcome.Emitted, publisher.TryEmit(new Point(f, f, f)));
                }

                publisher.Close();
                return;
            }

            using BroadcastSubscription<Point> subscription = broadcast.Subscribe(s_lossy);
            ulong first = subscription.Position;
            long seen = 0;
            while (subscription.Next(out Point value, s_long) == NextOutcome.Value)
            {
                Assert.True(value.X == value.Y && value.Y == value.Z, "a torn value");
                Assert.Equal((float)((subscription.Position - 1) % 1_000_000), value.X);
                seen++;
            }

            Assert.Equal(count - (long)first, seen + subscription.LostCount);
        }));
    }

    [Theory]
    [InlineData(SubscriberPolicy.Gate)]
    [InlineData(SubscriberPolicy.DropOldest)]
    [InlineData(SubscriberPolicy.Evict)]
    public void Batches_OfEverySize_ArriveWholeAndInOrder(SubscriberPolicy policy)
    {
        using TestMemory test = TestMemory.Create();
        SharedBroadcast<Point> broadcast = SharedBroadcast<Point>.Create(test.Memory, "b",
            new BroadcastOptions { Capacity = 16 });
        int count = Campaign.Count(100_000, 10_000_000);
        using BroadcastPublisher<Point> publisher = broadcast.OpenPublisher();
        using BroadcastSubscription<Point> subscription = broadcast.Subscribe(
            new SubscriptionOptions { Policy = policy, EvictAfter = s_long });

        Watchdog.Run(() => Crew.Run(2, self =>
        {
            if (self == 0)
            {
                EmitInBatches(publisher, count);
                return;
            }

            Assert.Equal(count, ReadInBatches(subscription) + subscription.LostCount);
            Assert.True(policy == SubscriberPolicy.DropOldest || subscription.LostCount == 0);
        }));
    }

    private static void EmitInBatches(BroadcastPublisher<Point> publisher, int count)
    {
        var batch = new Point[40];
        for (int i = 0, size = 1; i < count; size = (size % batch.Length) + 1)
        {
            int now = Math.Min(size, count - i);
            for (int k = 0; k < now; k++)
            {
                float f = (i + k) % 1_000_000;
                batch[k] = new Point(f, f, f);
            }

            Assert.Equal(now, publisher.Emit(batch.AsSpan(0, now), s_long));
            i += now;
        }

        publisher.Close();
    }

    // One alone, then up to so many at once, in turn; values tell their positions.
    private static long ReadInBatches(BroadcastSubscription<Point> subscription)
    {
        long seen = 0;
        var batch = new Point[29];
        for (int size = 1; subscription.Next(out batch[0], s_long) == NextOutcome.Value; size = (size % 28) + 1)
        {
            int count = 1 + subscription.TryNext(batch.AsSpan(1, size));
            seen += count;
            float last = batch[count - 1].X;
            Assert.Equal((float)((subscription.Position - 1) % 1_000_000), last);
            for (int i = 0; i < count; i++)
            {
                Assert.True(batch[i].X == batch[i].Y && batch[i].Y == batch[i].Z, "a torn value");
                Assert.True(i == 0 || batch[i].X > batch[i - 1].X || batch[i].X < 40, "out of order");
            }
        }

        return seen;
    }

    [Theory]
    [InlineData(SubscriberPolicy.Gate)]
    [InlineData(SubscriberPolicy.DropOldest)]
    public void HostileWords_NeitherHangNorRepeat(SubscriberPolicy policy)
    {
        using TestMemory test = TestMemory.Create();
        SharedBroadcast<int> broadcast = SharedBroadcast<int>.Create(test.Memory, "b",
            new BroadcastOptions { Capacity = 8 });
        long control = (long)broadcast.Entry.Offset
            + BitConverter.ToUInt32(test.Bytes(), (int)broadcast.Entry.Offset + 0x18);
        BroadcastPublisher<int> publisher = broadcast.OpenPublisher();
        using BroadcastSubscription<int> reader = broadcast.Subscribe(new SubscriptionOptions { Policy = policy });
        Assert.Equal(3, publisher.TryEmit([1, 2, 3]));
        Assert.Equal([1, 2, 3], Drain(reader));
        publisher.Dispose();

        // Backwards; far ahead; a claim from nowhere; a position that no publisher can go on from.
        test.Poke64(control, 1);
        Assert.Empty(Drain(reader));
        test.Poke64(control, 1_000_000);
        Assert.True(Drain(reader).Count <= 8);
        Assert.Equal((1_000_000UL, true), (reader.Position, reader.LostCount > 999_000));
        test.Poke64(control, 1_000_004);
        test.Poke64(control + 8, ulong.MaxValue);
        Assert.True(Drain(reader).Count <= 4);
        Assert.Equal(0, broadcast.Peek(new int[8]));
        using (BroadcastPublisher<int> successor = broadcast.OpenPublisher())
        {
            Assert.Equal(2, successor.TryEmit([4, 5]));
            Assert.Equal([4, 5], Drain(reader));
        }

        test.Poke64(control, ulong.MaxValue - 3);
        Assert.Throws<Platform.SegmentFormatException>(() => broadcast.OpenPublisher());
        Assert.False(broadcast.HasPublisher);
    }

    [Fact]
    public void Subscribe_WithHistory_BeginsThere()
    {
        using TestMemory test = TestMemory.Create();
        SharedBroadcast<int> broadcast = SharedBroadcast<int>.Create(test.Memory, "b",
            new BroadcastOptions { Capacity = 8 });
        using BroadcastPublisher<int> publisher = broadcast.OpenPublisher();
        Assert.Equal(20, publisher.TryEmit([.. Enumerable.Range(0, 20)]));

        using BroadcastSubscription<int> three = broadcast.Subscribe(new SubscriptionOptions { History = 3 });
        using BroadcastSubscription<int> all = broadcast.Subscribe(new SubscriptionOptions { History = 100 });
        using BroadcastSubscription<int> none = broadcast.Subscribe();

        Assert.Equal([17, 18, 19], Drain(three));
        Assert.Equal([12, 13, 14, 15, 16, 17, 18, 19], Drain(all));
        Assert.Empty(Drain(none));
        int[] peeked = new int[4];
        Assert.Equal(4, broadcast.Peek(peeked));
        Assert.Equal([16, 17, 18, 19], peeked);
        Assert.Equal((20UL, 3), (broadcast.Position, broadcast.Subscribers.Count));
    }

    [Fact]
    public void Gate_ThatDoesNotRead_HoldsThePublisherUntilItReadsOrLeaves()
    {
        using TestMemory test = TestMemory.Create();
        SharedBroadcast<int> broadcast = SharedBroadcast<int>.Create(test.Memory, "b",
            new BroadcastOptions { Capacity = 4 });
        using BroadcastPublisher<int> publisher = broadcast.OpenPublisher();
        BroadcastSubscription<int> gate = broadcast.Subscribe();
        Assert.Equal(4, publisher.TryEmit([1, 2, 3, 4, 5]));
        Assert.Equal(EmitOutcome.Full, publisher.TryEmit(5));
        Assert.Equal(EmitOutcome.Full, publisher.Emit(5, TimeSpan.FromMilliseconds(20)));
        Assert.True(gate.TryNext(out int one));
        Assert.Equal((1, EmitOutcome.Emitted, EmitOutcome.Full), (one, publisher.TryEmit(5), publisher.TryEmit(6)));

        gate.Dispose();

        Assert.Equal(EmitOutcome.Emitted, publisher.TryEmit(6));
        Assert.Throws<ObjectDisposedException>(() => gate.TryNext(out _));
    }

    [Fact]
    public void Evict_HoldingThePublisherUpTooLong_IsLetGo()
    {
        using TestMemory test = TestMemory.Create();
        SharedBroadcast<int> broadcast = SharedBroadcast<int>.Create(test.Memory, "b",
            new BroadcastOptions { Capacity = 4 });
        using BroadcastPublisher<int> publisher = broadcast.OpenPublisher();
        using BroadcastSubscription<int> slow = broadcast.Subscribe(
            new SubscriptionOptions { Policy = SubscriberPolicy.Evict, EvictAfter = TimeSpan.FromMilliseconds(30) });

        Watchdog.Run(() =>
        {
            for (int i = 0; i < 40; i++)
            {
                Assert.Equal(EmitOutcome.Emitted, publisher.Emit(i));
            }
        });

        Assert.Equal((1, true), (publisher.EvictedCount, slow.IsEvicted));
        Assert.Equal(NextOutcome.Evicted, slow.Next(out _, s_long));
        Assert.True(Assert.Single(broadcast.Subscribers).IsEvicted);
    }

    [Fact]
    public void Publisher_IsExclusive_AndSucceeded()
    {
        using TestMemory test = TestMemory.Create();
        using SharedMemory other = SharedMemory.Open(test.Name);
        SharedBroadcast<int> broadcast = SharedBroadcast<int>.Create(test.Memory, "b");
        BroadcastPublisher<int> first = broadcast.OpenPublisher();
        Assert.Throws<Platform.SegmentBusyException>(() => broadcast.OpenPublisher());
        Assert.Throws<Platform.SegmentBusyException>(() => SharedBroadcast<int>.Open(other, "b").OpenPublisher());
        first.Emit(1);
        first.Dispose();

        using BroadcastPublisher<int> second = SharedBroadcast<int>.Open(other, "b").OpenPublisher();
        second.Emit(2);

        using BroadcastSubscription<int> reader = broadcast.Subscribe(new SubscriptionOptions { History = 9 });
        Assert.Equal([1, 2], Drain(reader));
        Assert.Throws<ObjectDisposedException>(() => first.TryEmit(3));
    }

    [Fact]
    public void Subscribers_MoreThanThePlaces_AreRefused()
    {
        using TestMemory test = TestMemory.Create();
        SharedBroadcast<int> broadcast = SharedBroadcast<int>.Create(test.Memory, "b",
            new BroadcastOptions { MaxSubscribers = 2 });
        using BroadcastSubscription<int> one = broadcast.Subscribe();
        BroadcastSubscription<int> two = broadcast.Subscribe();
        Assert.Throws<Platform.SegmentBusyException>(() => broadcast.Subscribe());

        two.Dispose();

        using BroadcastSubscription<int> three = broadcast.Subscribe();
        Assert.Equal(2, broadcast.Subscribers.Count);
    }

    [Fact]
    public void Open_OfAnotherKindOrSize_SaysWhatItFound()
    {
        using TestMemory test = TestMemory.Create();
        _ = SharedBroadcast<int>.Create(test.Memory, "b");
        _ = SharedArray<long>.Create(test.Memory, "a", 100);

        Assert.Throws<Platform.SegmentFormatException>(() => SharedBroadcast<long>.Open(test.Memory, "b"));
        Assert.Throws<Platform.SegmentFormatException>(() => SharedBroadcast<int>.Open(test.Memory, "a"));
        Assert.Throws<Platform.SegmentFormatException>(() => SharedQueue<int>.Open(test.Memory, "b"));
        Assert.Throws<Platform.SegmentFormatException>(() => SharedRing<int>.Open(test.Memory, "b"));
        Assert.Throws<Platform.SegmentFormatException>(() => SharedArray<int>.Open(test.Memory, "b"));
        test.Poke32(test.OffsetOf("b") + 0x20, 64);
        Assert.Throws<Platform.SegmentFormatException>(() => SharedBroadcast<int>.Open(test.Memory, "b"));
    }

    private static List<T> Drain<T>(BroadcastSubscription<T> subscription)
        where T : unmanaged
    {
        var values = new List<T>();
        while (subscription.TryNext(out T value))
        {
            values.Add(value);
        }

        return values;
    }
}
