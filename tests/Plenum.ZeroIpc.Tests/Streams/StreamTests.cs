using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests.Streams;

/// <summary>What a stream promises inside one process and across two openings of its segment.</summary>
public sealed class StreamTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(60);

    [Fact]
    public void Emit_WithoutRoom_FollowsItsBackpressureAndCounts()
    {
        using TestMemory test = TestMemory.Create();
        SharedStream<int> waits = SharedStream<int>.Create(test.Memory, "s", 2);
        SharedStream<int> fails = SharedStream<int>.Open(test.Memory, "s",
            new StreamOptions { Backpressure = Backpressure.Fail });
        SharedStream<int> drops = SharedStream<int>.Open(
            test.Memory, "s", new StreamOptions { Backpressure = Backpressure.DropNewest });
        Assert.Equal(2, waits.TryEmit([1, 2, 3]));

        Assert.Equal(EmitOutcome.Full, fails.Emit(4));
        Assert.Equal(EmitOutcome.Dropped, drops.Emit(5));
        Assert.Equal(EmitOutcome.Full, waits.Emit(6, TimeSpan.FromMilliseconds(20)));
        Assert.False(waits.TryEmit(7));
        Assert.Equal((1, 1, 2, 0), (fails.RejectedCount, drops.DroppedCount, waits.RejectedCount, waits.DroppedCount));
        Watchdog.Run(() =>
        {
            var emitter = new Thread(() => Assert.Equal(EmitOutcome.Emitted, waits.Emit(8)));
            emitter.Start();
            Assert.Equal([1, 2, 8], Enumerable.Range(0, 3).Select(_ => Take(fails)));
            emitter.Join();
        });
        Assert.Equal(3UL, drops.EmittedCount);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(2, 3)]
    public void Stream_WithEmittersAndConsumers_ConservesEveryValue(int emitters, int consumers)
    {
        using TestMemory test = TestMemory.Create();
        SharedStream<long> stream = SharedStream<long>.Create(test.Memory, "s", 7);
        long each = Campaign.Count(20_000, 2_000_000);
        long[] counts = new long[consumers];
        long[] sums = new long[consumers];
        int left = emitters;

        Watchdog.Run(() => Crew.Run(emitters + consumers, self =>
        {
            using SharedMemory other = SharedMemory.Open(test.Name);
            SharedStream<long> mine = SharedStream<long>.Open(other, "s");
            if (self < emitters)
            {
                for (long i = 0; i < each; i++)
                {
                    Assert.Equal(EmitOutcome.Emitted, mine.Emit((self * each) + i));
                }

                if (Interlocked.Decrement(ref left) == 0)
                {
                    mine.Close();
                }

                return;
            }

            long[] last = [.. Enumerable.Repeat(-1L, emitters)];
            while (mine.Next(out long value, s_long) == NextOutcome.Value)
            {
                Assert.True(value > last[value / each], "the order of one emitter is kept");
                last[value / each] = value;
                counts[self - emitters]++;
                sums[self - emitters] += value;
            }
        }));

        long all = emitters * each;
        Assert.Equal((all, all * (all - 1) / 2, (ulong)all), (counts.Sum(), sums.Sum(), stream.EmittedCount));
        Assert.True(stream.IsCompleted);
    }

    [Fact]
    public void Handovers_OfASleepingPair_LoseNoWakeUp()
    {
        using TestMemory test = TestMemory.Create();
        test.Memory.HasForeignPeers = false;
        SharedStream<int> there = SharedStream<int>.Create(test.Memory, "there", 1);
        SharedStream<int> back = SharedStream<int>.Create(test.Memory, "back", 1);
        int rounds = Campaign.Count(20_000, 10_000_000);

        Watchdog.Run(() => Crew.Run(2, self =>
        {
            for (int i = 0; i < rounds; i++)
            {
                if (self == 0)
                {
                    Assert.Equal(EmitOutcome.Emitted, there.Emit(i));
                    Assert.Equal(NextOutcome.Value, back.Next(out int answer, s_long));
                    Assert.Equal(i, answer);
                }
                else
                {
                    Assert.Equal(NextOutcome.Value, there.Next(out int value, s_long));
                    Assert.Equal(EmitOutcome.Emitted, back.Emit(value));
                }
            }
        }));

        Assert.Equal((ulong)rounds, there.TakenCount);
        Assert.Equal((ulong)rounds, back.TakenCount);
    }

    [Fact]
    public async Task Close_WhileOthersWait_WakesThem()
    {
        using TestMemory test = TestMemory.Create();
        test.Memory.HasForeignPeers = false;
        SharedStream<int> empty = SharedStream<int>.Create(test.Memory, "empty", 1);
        SharedStream<int> full = SharedStream<int>.Create(test.Memory, "full", 1);
        Assert.True(full.TryEmit(1));

        await Watchdog.RunAsync(async () =>
        {
            Task<StreamNext<int>> next = empty.NextAsync(Timeout.InfiniteTimeSpan).AsTask();
            Task<EmitOutcome> emit = full.EmitAsync(2, Timeout.InfiniteTimeSpan).AsTask();
            empty.Close();
            full.Close();
            Assert.Equal(NextOutcome.Closed, (await next).Outcome);
            Assert.Equal(EmitOutcome.Closed, await emit);
        });

        Assert.Equal(1, Take(full));
        Assert.True(full.IsCompleted);
    }

    [Fact]
    public async Task Next_Cancelled_TakesNothing()
    {
        using TestMemory test = TestMemory.Create();
        SharedStream<int> stream = SharedStream<int>.Create(test.Memory, "s", 1);
        using var cancel = new CancellationTokenSource();

        ValueTask<StreamNext<int>> next = stream.NextAsync(Timeout.InfiniteTimeSpan, cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        Assert.True(stream.TryEmit(5));
        Assert.Equal(5, Take(stream));
    }

    [Fact]
    public void Emitter_ThatDiedWithItsTurn_IsSucceededAndItsValueCounted()
    {
        using TestMemory test = TestMemory.Create();
        SharedStream<int> stream = SharedStream<int>.Create(test.Memory, "s", 4);
        Assert.True(stream.TryEmit(1));

        // A process that stored its value and position, and was killed before it counted it. Its number is above every
        // system's.
        long ring = test.OffsetOf("s_buffer");
        test.Poke32(ring + 24 + 4, 2);
        test.Poke64(ring, 8);
        stream.Core.Items.Holder.WriteRelease((0x7FFFFFUL << 40) | 1);

        Watchdog.Run(() => Assert.Equal(EmitOutcome.Emitted, stream.Emit(3)));

        Assert.Equal(3UL, stream.EmittedCount);
        Assert.Equal([1, 2, 3], Enumerable.Range(0, 3).Select(_ => Take(stream)));
    }

    [Fact]
    public void Open_OfSomethingElse_SaysWhatItFound()
    {
        using TestMemory test = TestMemory.Create();
        _ = SharedStream<int>.Create(test.Memory, "s", 4);
        test.Memory.Table.Register("bad_header", 56);

        Assert.Throws<Platform.SegmentFormatException>(() => SharedStream<long>.Open(test.Memory, "s"));
        Assert.Throws<EntryNotFoundException>(() => SharedStream<int>.Open(test.Memory, "none"));
        Assert.Throws<EntryNotFoundException>(() => SharedStream<int>.Open(test.Memory, "bad"));
        Assert.Throws<EntryExistsException>(() => SharedStream<int>.Create(test.Memory, "s", 4));
        test.Poke64(test.OffsetOf("s_buffer"), 999);
        Assert.Throws<Platform.SegmentCorruptedException>(() => SharedStream<int>.Open(test.Memory, "s"));
    }

    [Fact]
    public void Stream_AfterWarmUp_AllocatesNothing()
    {
        using TestMemory test = TestMemory.Create();
        SharedStream<long> stream = SharedStream<long>.Create(test.Memory, "s", 8);
        SharedBroadcast<long> broadcast = SharedBroadcast<long>.Create(test.Memory, "b");
        using BroadcastPublisher<long> publisher = broadcast.OpenPublisher();
        using BroadcastSubscription<long> reader = broadcast.Subscribe();
        void Round(long i)
        {
            Assert.True(stream.TryEmit(i) && stream.TryNext(out _));
            Assert.True(stream.Emit(i, s_long) == EmitOutcome.Emitted
                && stream.Next(out _, s_long) == NextOutcome.Value);
            Assert.True(publisher.Emit(i) == EmitOutcome.Emitted && reader.Next(out _, s_long) == NextOutcome.Value);
        }

        for (int i = 0; i < 500; i++)
        {
            Round(i);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 5_000; i++)
        {
            Round(i);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static int Take(SharedStream<int> stream)
    {
        Assert.Equal(NextOutcome.Value, stream.Next(out int value, s_long));
        return value;
    }
}
