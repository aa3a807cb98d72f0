using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>The strategy that a process chose for a segment is the one its waits use: counted in looks before the first
/// sleep, not in time.</summary>
public sealed class WaitStrategyTests
{
    private static readonly WaitStrategy s_threeYields = new() { SpinNanoseconds = 0, YieldCount = 3 };

    [Fact]
    public void Default_IsBalanced()
    {
        using var segment = new Segment();

        Assert.Same(WaitStrategy.Balanced, SharedMemoryOptions.Default.WaitStrategy);
        Assert.Same(WaitStrategy.Balanced, segment.First.WaitStrategy);
        Assert.Same(WaitStrategy.Balanced, segment.First.Waits().Strategy);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Options_Strategy_DecidesHowOftenAWaitLooksBeforeItSleeps(int yields)
    {
        using var name = new TempSegment("zs");
        var options = new SharedMemoryOptions { WaitStrategy = s_threeYields with { YieldCount = yields } };
        using (SharedMemory memory = SharedMemory.CreateOrOpen(name.Name, 65_536, options))
        {
            Assert.Equal(yields + 1, LooksBeforeAnnouncing(memory));
        }

        _ = SharedMemory.Remove(name.Name);
    }

    [Fact]
    public void Property_SetAfterTheFirstWait_HoldsForTheNext()
    {
        using var segment = new Segment();
        segment.First.WaitStrategy = WaitStrategy.PowerSaving;
        Assert.Equal(1, LooksBeforeAnnouncing(segment.First));

        segment.First.WaitStrategy = s_threeYields;

        Assert.Equal(4, LooksBeforeAnnouncing(segment.First));
        Assert.Same(WaitStrategy.Balanced, segment.OpenAgain().WaitStrategy);
    }

    [Fact]
    public void PowerSaving_EveryKindOfWait_StillEnds()
    {
        using var segment = new Segment();
        SharedMemory other = segment.OpenAgain();
        other.WaitStrategy = segment.First.WaitStrategy = WaitStrategy.PowerSaving;
        SharedQueue<int> queue = SharedQueue<int>.Create(segment.First, "q", 2);
        SharedMutex mutex = SharedMutex.Create(segment.First, "m");
        SharedBarrier barrier = SharedBarrier.Create(segment.First, "b", 2);
        Task echo = Segment.Background(() =>
        {
            SharedQueue<int> own = SharedQueue<int>.Open(other, "q");
            SharedMutex same = SharedMutex.Open(other, "m");
            using SharedBarrier meeting = SharedBarrier.Open(other, "b");
            for (int i = 0; i < 50; i++)
            {
                Assert.True(own.Dequeue(out int value, TimeSpan.FromSeconds(60)));
                Assert.Equal(i, value);
                same.Lock().Dispose();
                Assert.True(meeting.SignalAndWait(TimeSpan.FromSeconds(60)));
            }
        });

        for (int i = 0; i < 50; i++)
        {
            Assert.True(queue.Enqueue(i, TimeSpan.FromSeconds(60)));
            mutex.Lock().Dispose();
            Assert.True(barrier.SignalAndWait(TimeSpan.FromSeconds(60)));
        }

        Segment.Join(echo);
        barrier.Dispose();
    }

    [Fact]
    public void Wait_TimeShorterThanTheStrategysSpins_EndsWithItsTime()
    {
        using var segment = new Segment();
        segment.First.WaitStrategy = new WaitStrategy { SpinNanoseconds = int.MaxValue, YieldCount = 0 };
        var condition = default(Never);

        Assert.False(segment.First.Waits().Site(64).Wait(ref condition, null, 1, CancellationToken.None));

        Assert.Equal(2, condition.Looks);
    }

    [Fact]
    public void Barrier_PeerBetweenItsTwoSteps_IsWaitedForByTheSegmentsStrategy()
    {
        using var segment = new Segment();
        SharedMemory memory = segment.First;
        memory.WaitStrategy = WaitStrategy.PowerSaving;
        using var barrier = SharedBarrier.Create(memory, "b", 2);
        long offset = memory.Table.Find("b").Offset;
        WaitSite site = memory.Waits().Site(offset + 4);
        Task party = Segment.Background(() => Assert.True(barrier.SignalAndWait(TimeSpan.FromMilliseconds(300))));
        Segment.Until(() => site.WaiterCount == 1);

        // The time is over while a peer, the last to arrive, is between its arrival and the release.
        memory.WaitStrategy = s_threeYields with { YieldCount = int.MaxValue };
        _ = memory.Segment.Int32(offset).Increment();
        Segment.Until(() => site.WaiterCount == 0);
        Thread.Sleep(20);
        memory.Segment.Int32(offset).WriteRelease(0);
        _ = memory.Segment.Int32(offset + 4).Increment();

        Segment.Join(party);
        Assert.Equal(0, barrier.ArrivedCount);
        Assert.Equal(1, barrier.Generation);
    }

    [Fact]
    public void Barrier_PeerDiesBetweenItsTwoSteps_WaitEnds()
    {
        using var segment = new Segment();
        segment.First.WaitStrategy = WaitStrategy.PowerSaving;
        using var barrier = SharedBarrier.Create(segment.First, "b", 2);
        SharedInt32 arrived = segment.First.Segment.Int32(segment.First.Table.Find("b").Offset);
        Task party = Segment.Background(() => Assert.False(barrier.SignalAndWait(TimeSpan.FromMilliseconds(50))));
        Segment.Until(() => barrier.ArrivedCount == 1);

        _ = arrived.Increment();

        Segment.Join(party);
        Assert.Equal(0, barrier.Generation);
    }

    [Fact]
    public void Null_IsRefused()
    {
        using var segment = new Segment();
        using var name = new TempSegment("zs");

        Assert.Throws<ArgumentNullException>(() => segment.First.WaitStrategy = null!);
        Assert.Throws<ArgumentNullException>(() =>
            SharedMemory.Create(name.Name, 65_536, new SharedMemoryOptions { WaitStrategy = null! }));
    }

    private static int LooksBeforeAnnouncing(SharedMemory memory)
    {
        WaitSite site = memory.Waits().Site(64);
        var condition = new Announced(site);
        Assert.True(site.Wait(ref condition, null, long.MaxValue, CancellationToken.None));
        return condition.LooksBefore;
    }

    private struct Never : IWaitCondition
    {
        internal int Looks { get; private set; }

        public bool IsMet()
        {
            Looks++;
            return false;
        }
    }

    private struct Announced(WaitSite site) : IWaitCondition
    {
        internal int LooksBefore { get; private set; }

        public bool IsMet()
        {
            bool announced = site.WaiterCount > 0;
            LooksBefore += announced ? 0 : 1;
            return announced;
        }
    }
}
