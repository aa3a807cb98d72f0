using System.Diagnostics;
using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>Selects over channels, futures and times, of several segments.</summary>
public sealed class SelectTests
{
    [Fact]
    public async Task Wait_EachAlternative_IsTheOneThatTakesPlace()
    {
        using var one = new Segment(ours: true);
        using var two = new Segment();
        var buffered = SharedChannel<int>.Create(one.First, "b", 4);
        var rendezvous = SharedChannel<long>.Create(two.First, "r", 0);
        var future = SharedFuture<double>.Create(two.First, "f");
        SelectCase<int> a = buffered.Receiving();
        SelectCase<long> b = rendezvous.Receiving();
        SelectCase<double> c = future.Completing();
        SelectCase[] all = [a, b, c];

        Assert.Equal(-1, SharedSelect.Wait(all, TimeSpan.Zero));
        Assert.Equal(-1, SharedSelect.Wait(all, TimeSpan.FromMilliseconds(10)));
        Assert.Equal(-1, await SharedSelect.WaitAsync(all, TimeSpan.FromMilliseconds(10)));
        Assert.Equal(3, SharedSelect.Wait([a, b, c, SelectCase.After(TimeSpan.FromMilliseconds(10))]));
        Assert.Equal(0, SharedSelect.Wait([SelectCase.After(TimeSpan.FromMilliseconds(5))]));

        buffered.Send(7);
        Assert.Equal(0, SharedSelect.Wait(all));
        Assert.Equal((7, true), (a.Value, a.HasValue));
        Task sender = Task.Run(() => rendezvous.Send(8));
        Assert.Equal(1, await SharedSelect.WaitAsync(all));
        Assert.Equal(8, b.Value);
        await sender.WaitAsync(TimeSpan.FromSeconds(60));
        future.TrySet(0.5);
        Assert.Equal(2, SharedSelect.Wait(all));
        Assert.Equal(0.5, c.Value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wait_Asleep_IsWokenByEachAlternative(bool asynchronous)
    {
        using var one = new Segment(ours: true);
        using var two = new Segment(ours: true);
        var buffered = SharedChannel<int>.Create(one.First, "b", 4);
        var rendezvous = SharedChannel<int>.Create(two.First, "r", 0);
        var future = SharedFuture<int>.Create(one.First, "f");
        Action[] triggers = [() => buffered.Send(1), () => rendezvous.Send(2), () => buffered.Close(), () =>
            future.TrySet(3)];
        int[] expected = [0, 1, 0, 2];
        for (int i = 0; i < triggers.Length; i++)
        {
            SelectCase<int> first = buffered.Receiving();
            SelectCase[] all = i < 3
                ? [first, rendezvous.Receiving(), future.Completing()]
                : [rendezvous.Receiving(), rendezvous.Receiving(), future.Completing()];
            Task<int> waiting = asynchronous
                ? Task.Run(async () => await SharedSelect.WaitAsync(all))
                : Task.Run(() => SharedSelect.Wait(all));
            Segment.Until(() => Sleepers(future.Core.Site) > 0);

            triggers[i]();

            Assert.Equal(expected[i], await waiting.WaitAsync(TimeSpan.FromSeconds(60)));
            Assert.Equal(i == 0, first.HasValue);
        }

        Assert.Equal((0, 0, 0), (future.WaitingCount, rendezvous.WaitingReceivers, Sleepers(future.Core.Site)));
    }

    [Fact]
    public async Task Wait_CancelledOrDisposed_Ends()
    {
        using var segment = new Segment(ours: true);
        SharedMemory other = segment.OpenAgain();
        var channel = SharedChannel<int>.Create(segment.First, "b", 4);
        var second = SharedChannel<int>.Create(segment.First, "c", 4);
        using var stop = new CancellationTokenSource();
        Task sync = Task.Run(() =>
            SharedSelect.Wait([channel.Receiving(), second.Receiving()], SelectOrder.Fair, stop.Token));
        Task async = SharedSelect.WaitAsync([channel.Receiving(), second.Receiving()], SelectOrder.Fair,
            stop.Token).AsTask();
        Segment.Until(() => Sleepers(channel.Core.Items) == 2);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sync.WaitAsync(TimeSpan.FromSeconds(60)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => async.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(0, Sleepers(channel.Core.Items));

        Task disposed = SharedSelect.WaitAsync(
            [SharedChannel<int>.Open(other, "b").Receiving(), second.Receiving()]).AsTask();
        Segment.Until(() => Sleepers(channel.Core.Items) == 1);
        other.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => disposed.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Throws<ArgumentException>(() => SharedSelect.Wait([]));
    }

    [Fact]
    public void Wait_AllReady_FairOrFirst()
    {
        using var segment = new Segment();
        SharedChannel<int>[] channels =
            [.. Enumerable.Range(0, 4).Select(i => SharedChannel<int>.Create(segment.First, "c" + i, 1024))];
        foreach (SharedChannel<int> channel in channels)
        {
            while (channel.TrySend(1))
            {
            }
        }

        SelectCase[] cases = [.. channels.Select(SelectCase (channel) => channel.Receiving())];
        var counts = new int[4];
        for (int i = 0; i < 800; i++)
        {
            counts[SharedSelect.Wait(cases)]++;
        }

        // Each comes 200 times on average; less than 100 has a probability below 1e-15.
        Assert.All(counts, count => Assert.InRange(count, 100, 300));
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(0, SharedSelect.Wait(cases, SelectOrder.Priority));
        }
    }

    [Fact]
    public void Wait_OverSegments_SpinsAsTheOneThatSpinsTheLongest()
    {
        using var one = new Segment();
        using var two = new Segment();
        SelectCase a = SharedChannel<int>.Create(one.First, "a", 2).Receiving();
        SelectCase b = SharedChannel<int>.Create(two.First, "b", 2).Receiving();
        SelectCase time = SelectCase.After(TimeSpan.FromSeconds(1));
        Assert.Same(WaitStrategy.Balanced, SelectWait.StrategyOf([time, a]));
        one.First.WaitStrategy = WaitStrategy.PowerSaving;
        Assert.Same(WaitStrategy.PowerSaving, SelectWait.StrategyOf([a, time]));
        Assert.Same(WaitStrategy.Balanced, SelectWait.StrategyOf([a, b]));
        two.First.WaitStrategy = WaitStrategy.Latency;
        Assert.Same(WaitStrategy.Latency, SelectWait.StrategyOf([b, a]));
        Assert.Same(WaitStrategy.PowerSaving, SelectWait.StrategyOf([time]));
    }

    [Fact]
    public async Task Sending_OverBufferedAndRendezvous_TakesPlaceWhenItCan()
    {
        using var segment = new Segment(ours: true);
        var full = SharedChannel<int>.Create(segment.First, "full", 2);
        var rendezvous = SharedChannel<int>.Create(segment.First, "r", 0);
        Assert.Equal(2, full.TrySend(new[] { 1, 2 }));
        SelectCase[] cases = [full.Sending(3), rendezvous.Sending(4)];
        Assert.Equal(-1, SharedSelect.Wait(cases, TimeSpan.FromMilliseconds(5)));

        Task<int> waiting = Task.Run(() => SharedSelect.Wait(cases));
        Segment.Until(() => Sleepers(full.Core.Room) == 1);
        Assert.Equal(1, full.Receive());
        Assert.Equal(0, await waiting.WaitAsync(TimeSpan.FromSeconds(60)));
        waiting = Task.Run(() => SharedSelect.Wait(cases));
        Segment.Until(() => Sleepers(full.Core.Room) == 1);
        Task<int> receiver = Task.Run(() => rendezvous.Receive());
        Assert.Equal(1, await waiting.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(4, await receiver.WaitAsync(TimeSpan.FromSeconds(60)));
        full.Close();
        Assert.Equal(0, SharedSelect.Wait(cases));
        Assert.False(cases[0].HasValue);
    }

    [Fact]
    public async Task Wait_OneThousandAtOnce_EveryValueIsTakenOnce()
    {
        const int Selects = 1000;
        const int Channels = 8;
        using var one = new Segment(ours: true);
        using var two = new Segment(ours: true);
        SharedChannel<int>[] channels =
        [
            .. Enumerable.Range(0, Channels).Select(i =>
                SharedChannel<int>.Create((i % 2 == 0 ? one : two).First, "c" + i, i < 6 ? 16 : 0)),
        ];
        Task<int>[] waits =
        [
            .. Enumerable.Range(0, Selects).Select(_ => Task.Run(async () =>
            {
                SelectCase<int>[] cases = [.. channels.Select(channel => channel.Receiving())];
                int index = await SharedSelect.WaitAsync(cases);
                Assert.True(cases[index].HasValue);
                return cases[index].Value;
            })),
        ];
        Crew.Run(2, self =>
        {
            for (int i = self; i < Selects; i += 2)
            {
                channels[i % Channels].Send(i);
            }
        });

        int[] values = await Task.WhenAll(waits).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(Enumerable.Range(0, Selects), values.Order());
        Assert.All(channels, channel => Assert.Equal((0, 0), (channel.Count, Sleepers(channel.Core.Items))));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(200)]
    public async Task Wait_ManyAlternatives_AnyOfThemWakes(int count)
    {
        using var segment = new Segment(4 << 20, ours: true, entries: 1024);
        SharedChannel<int>[] channels =
            [.. Enumerable.Range(0, count).Select(i => SharedChannel<int>.Create(segment.First, "c" + i, 2))];
        foreach (int chosen in new[] { 0, count / 2, count - 1 })
        {
            SelectCase[] cases = [.. channels.Select(SelectCase (channel) => channel.Receiving())];
            Task<int> waiting = Task.Run(() => SharedSelect.Wait(cases));
            Segment.Until(() => Sleepers(channels[^1].Core.Items) == 1);
            channels[chosen].Send(5);
            Assert.Equal(chosen, await waiting.WaitAsync(TimeSpan.FromSeconds(60)));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void HandOvers_BesidePlainReceivers_NoWakeUpIsLost(bool asynchronous)
    {
        // Selects and plain receivers sleep at the same sites and senders wake one of them at a time. A wake-up that is
        // lost leaves a value behind while everybody sleeps: then the counts never add up, because nobody looks again
        // before 50 ms and the sender waits for its value to be taken.
        int rounds = Campaign.Count(4_000, asynchronous ? 1_000_000 : 10_000_000);
        long unwoken = SelectWait.UnwokenCount;
        using var segment = new Segment(ours: true);
        SharedChannel<int>[] channels =
            [.. Enumerable.Range(0, 2).Select(i => SharedChannel<int>.Create(segment.First, "c" + i, 2))];
        long taken = 0;
        long late = 0;
        Crew.Run(5, self =>
        {
            if (self == 0)
            {
                for (int i = 0; i < rounds; i++)
                {
                    long start = Stopwatch.GetTimestamp();
                    channels[i % 2].Send(i);
                    while (Volatile.Read(ref taken) <= i)
                    {
                        Thread.Yield();
                    }

                    late += Stopwatch.GetElapsedTime(start) > TimeSpan.FromMilliseconds(45) ? 1 : 0;
                }

                Array.ForEach(channels, channel => channel.Close());
                return;
            }

            if (self < 3)
            {
                foreach (int _ in channels[self - 1].ReadAll())
                {
                    Interlocked.Increment(ref taken);
                }

                return;
            }

            SelectCase[] cases = [.. channels.Select(SelectCase (channel) => channel.Receiving())];
            while (cases[Chosen(cases, asynchronous)].HasValue)
            {
                Interlocked.Increment(ref taken);
            }
        });

        Assert.Equal(rounds, taken);
        Assert.Equal(unwoken, SelectWait.UnwokenCount);
        TestContext.Current.TestOutputHelper?.WriteLine($"{late} of {rounds} hand-overs took more than 45 ms");
    }

    private static int Chosen(SelectCase[] cases, bool asynchronous) => asynchronous
        ? SharedSelect.WaitAsync(cases).AsTask().GetAwaiter().GetResult()
        : SharedSelect.Wait(cases);

    private static int Sleepers(WaitSite site) => site.WaiterCount;
}
