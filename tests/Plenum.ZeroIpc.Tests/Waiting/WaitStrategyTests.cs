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
