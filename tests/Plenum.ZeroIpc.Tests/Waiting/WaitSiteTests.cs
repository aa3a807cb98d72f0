using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

public sealed class WaitSiteTests
{
    [Fact]
    public void Layout_SiteOfFirstKey_HasDocumentedOffsets()
    {
        using var segment = new Segment();
        WaitSite site = segment.First.Waits().Site(0xC20);
        OwnerRecord record = segment.First.Waits().Owners.Take();

        _ = site.Announce();
        Assert.True(site.Line.TryEnter(record, ClaimKind.Mutex, out uint ticket));
        _ = site.Line.Announce(ticket);
        byte[] file = File.ReadAllBytes(segment.TablePath);
        int at = Enumerable.Range(0, 256).Select(i => 0x100 + (i * 0x80))
            .Single(o => BitConverter.ToUInt64(file, o) == 0xC20);

        Assert.Equal(0u, BitConverter.ToUInt32(file, at + 0x08));
        Assert.Equal(1u, BitConverter.ToUInt32(file, at + 0x0C));
        Assert.Equal(1u, BitConverter.ToUInt32(file, at + 0x10));
        Assert.Equal(1u, BitConverter.ToUInt32(file, at + 0x14));
        Assert.Equal(0UL, BitConverter.ToUInt64(file, at + 0x18));
        Assert.Equal(1u, BitConverter.ToUInt32(file, 0x40));
        int block = 0x100 + (256 * 0x80);
        Assert.Equal(Environment.ProcessId, BitConverter.ToInt32(file, block));
        ulong claim = BitConverter.ToUInt64(file, block + 0x40);
        Assert.Equal((1UL << 56) | (4UL << 48) | 0xC20, claim);
    }

    [Fact]
    public void Wait_ConditionHolds_ReturnsWithoutAnnouncing()
    {
        using var segment = new Segment();
        WaitSite site = segment.First.Waits().Site(64);
        var met = new Equals0(segment.First.Segment.UInt32(0xC20));

        Assert.True(site.Wait(ref met, null, long.MaxValue, CancellationToken.None));
        Assert.Equal(0, site.WaiterCount);
    }

    [Fact]
    public void Wait_TimeOver_ReturnsFalseAndLowersCounter()
    {
        using var segment = new Segment();
        WaitSite site = segment.First.Waits().Site(64);
        SharedUInt32 word = segment.First.Segment.UInt32(0xC20);
        word.WriteRelease(1);
        var condition = new Equals0(word);
        long deadline = MonotonicClock.Nanoseconds + 20_000_000;

        Assert.False(site.Wait(ref condition, null, deadline, CancellationToken.None));

        Assert.True(MonotonicClock.Nanoseconds >= deadline);
        Assert.Equal(0, site.WaiterCount);
        Assert.True(word.ReadAcquire() == 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wait_Cancelled_ThrowsAndLowersCounter(bool asynchronous)
    {
        using var segment = new Segment(ours: true);
        WaitSite site = segment.First.Waits().Site(64);
        SharedUInt32 word = segment.First.Segment.UInt32(0xC20);
        word.WriteRelease(1);
        using var source = new CancellationTokenSource();
        Task waiter = asynchronous
            ? site.WaitAsync(new Equals0(word), null, long.MaxValue, source.Token).AsTask()
            : Segment.Background(() =>
            {
                var condition = new Equals0(word);
                _ = site.Wait(ref condition, null, long.MaxValue, source.Token);
            });
        Segment.Until(() => site.WaiterCount == 1);

        await source.CancelAsync();

        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiter);
        Assert.Equal(0, site.WaiterCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WakeAll_ManyAsleep_AllReturn(bool asynchronous)
    {
        using var segment = new Segment(ours: true);
        WaitSite site = segment.First.Waits().Site(64);
        SharedUInt32 word = segment.First.Segment.UInt32(0xC20);
        word.WriteRelease(1);
        Task[] waiters = Enumerable.Range(0, 6).Select(_ => asynchronous
            ? site.WaitAsync(new Equals0(word), null, long.MaxValue, CancellationToken.None).AsTask()
            : Segment.Background(() =>
            {
                var condition = new Equals0(word);
                Assert.True(site.Wait(ref condition, null, long.MaxValue, CancellationToken.None));
            })).ToArray();
        Segment.Until(() => site.WaiterCount == 6);

        _ = word.Exchange(0);
        site.WakeAll();

        Segment.Join(waiters);
        Assert.Equal(0, site.WaiterCount);
    }

    [Fact]
    public void Wait_TableDisposed_Throws()
    {
        using var segment = new Segment();
        WaitSite site = segment.First.Waits().Site(64);
        SharedUInt32 word = segment.First.Segment.UInt32(0xC20);
        word.WriteRelease(1);
        Task waiter = Segment.Background(() =>
        {
            var condition = new Equals0(word);
            _ = site.Wait(ref condition, null, long.MaxValue, CancellationToken.None);
        });
        Segment.Until(() => site.WaiterCount == 1);

        segment.First.Dispose();

        _ = Assert.ThrowsAny<ObjectDisposedException>(() => waiter.GetAwaiter().GetResult());
    }

    // Two threads hand a word to and fro with plain stores, an explicit fence and sleeps: a lost wake-up would show as
    // a time-out,
    // because nobody else wakes and the sleeps of a segment of ours last 50 ms and more.
    [Fact]
    public void FenceAndWakeAll_ManyHandOvers_LosesNone()
    {
        using var segment = new Segment(ours: true);
        WaitSite site = segment.First.Waits().Site(64);
        WaitSite other = segment.OpenAgain().Waits().Site(64);
        SharedUInt32 word = segment.First.Segment.UInt32(0xC20);
        uint rounds = (uint)Campaign.Count(20_000, 5_000_000);

        void Play(WaitSite mine, uint parity)
        {
            for (uint i = parity; i < rounds; i += 2)
            {
                var turn = new Reaches(word, i);
                Assert.True(mine.Wait(ref turn, null, long.MaxValue, CancellationToken.None));
                word.WriteRelease(i + 1);
                mine.FenceAndWakeAll();
            }
        }

        Segment.Join(Segment.Background(() => Play(site, 0)), Segment.Background(() => Play(other, 1)));
        Assert.Equal(rounds, word.ReadAcquire());
    }

    private readonly struct Equals0(SharedUInt32 word) : IWaitCondition
    {
        public bool IsMet() => word.ReadAcquire() == 0;
    }

    private readonly struct Reaches(SharedUInt32 word, uint value) : IWaitCondition
    {
        public bool IsMet() => word.ReadAcquire() == value;
    }
}
