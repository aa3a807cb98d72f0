using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>Selects over streams and subscriptions beside channels, futures and times.</summary>
public sealed class SelectStreamTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Wait_EveryKindOfSource_EachIsTheOneThatTakesPlace()
    {
        using var one = new Segment(ours: true);
        using var two = new Segment();
        var channel = SharedChannel<int>.Create(one.First, "c", 4);
        var stream = SharedStream<long>.Create(two.First, "s", 4);
        var python = SharedStream<long>.Create(
            two.First, "p", 4, new StreamOptions { Layout = StreamLayout.Python });
        var broadcast = SharedBroadcast<double>.Create(one.First, "b");
        var future = SharedFuture<float>.Create(two.First, "f");
        using BroadcastPublisher<double> publisher = broadcast.OpenPublisher();
        using BroadcastSubscription<double> subscription = broadcast.Subscribe();
        SelectCase<long> values = stream.Receiving();
        SelectCase<long> others = python.Receiving();
        SelectCase<double> prices = subscription.Receiving();
        SelectCase[] all = [channel.Receiving(), values, others, prices, future.Completing()];
        Assert.Equal(-1, SharedSelect.Wait(all, TimeSpan.FromMilliseconds(10)));
        Assert.Equal(5, await SharedSelect.WaitAsync([.. all, SelectCase.After(TimeSpan.FromMilliseconds(10))]));

        stream.Emit(7);
        Assert.Equal((1, 7L, true), (SharedSelect.Wait(all), values.Value, values.HasValue));
        python.Emit(8);
        Assert.Equal((2, 8L), (await SharedSelect.WaitAsync(all), others.Value));
        publisher.Emit(0.5);
        Assert.Equal((3, 0.5), (SharedSelect.Wait(all), prices.Value));
        stream.Close();
        Assert.Equal((1, false), (SharedSelect.Wait(all, s_long), values.HasValue));
        publisher.Close();
        Assert.Equal((0, false), (SharedSelect.Wait([prices], s_long), prices.HasValue));
        Assert.Equal((0UL, 1UL), (stream.EmittedCount - stream.TakenCount, subscription.Position));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wait_Asleep_IsWokenByValueAndEndOfEach(bool asynchronous)
    {
        using var segment = new Segment(1 << 20, ours: true);
        var broadcast = SharedBroadcast<int>.Create(segment.First, "b");
        var stream = SharedStream<int>.Create(segment.First, "s", 4);
        var other = SharedStream<int>.Create(segment.First, "t", 4);
        using BroadcastPublisher<int> publisher = broadcast.OpenPublisher();
        using BroadcastSubscription<int> subscription = broadcast.Subscribe();
        (Action Trigger, int Chosen, bool HasValue)[] steps =
        [
            (() => stream.Emit(1), 0, true), (() => publisher.Emit(2), 1, true), (() => stream.Close(), 0, false),
            (() => publisher.Emit(3), 1, true), (() => broadcast.Close(), 1, false),
        ];
        foreach ((Action trigger, int chosen, bool hasValue) in steps)
        {
            SelectCase<int>[] cases = [(stream.IsClosed ? other : stream).Receiving(), subscription.Receiving()];
            Task<int> waiting = asynchronous
                ? Task.Run(async () => await SharedSelect.WaitAsync(cases))
                : Task.Run(() => SharedSelect.Wait(cases));
            Segment.Until(() => broadcast.Core.Items.WaiterCount > 0);

            trigger();

            Assert.Equal(chosen, await waiting.WaitAsync(s_long));
            Assert.Equal(hasValue, cases[chosen].HasValue);
        }

        Segment.Until(() => (broadcast.Core.Items.WaiterCount, other.Core.Items.WaiterCount) == (0, 0));
    }

    [Fact]
    public void Wait_OverASubscriptionThatWasLetGo_EndsIt()
    {
        using var segment = new Segment(ours: true);
        var broadcast = SharedBroadcast<int>.Create(segment.First, "b", new BroadcastOptions { Capacity = 2 });
        using BroadcastPublisher<int> publisher = broadcast.OpenPublisher();
        using BroadcastSubscription<int> slow = broadcast.Subscribe(new SubscriptionOptions
        {
            Policy = SubscriberPolicy.Evict,
            EvictAfter = TimeSpan.FromMilliseconds(1),
        });
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(EmitOutcome.Emitted, publisher.Emit(i, s_long));
        }

        SelectCase<int> value = slow.Receiving();

        Assert.Equal((0, false, true), (SharedSelect.Wait([value], s_long), value.HasValue, slow.IsEvicted));
    }

    [Fact]
    public async Task Wait_OverASubscriptionThatIsDisposed_Throws()
    {
        using var segment = new Segment(ours: true);
        var broadcast = SharedBroadcast<int>.Create(segment.First, "b");
        BroadcastSubscription<int> subscription = broadcast.Subscribe();
        Task<int> waiting = Task.Run(() => SharedSelect.Wait([subscription.Receiving()]));
        Segment.Until(() => broadcast.Core.Items.WaiterCount == 1);

        subscription.Dispose();
        broadcast.Close();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.WaitAsync(s_long));
    }
}
