using System.Text.RegularExpressions;
using Plenum.CrossProcess.Tests.ZeroIpc;
using Plenum.ZeroIpc;

namespace Plenum.CrossProcess.Tests.Streams;

/// <summary>kill -9 at each step of streams and broadcasts; the survivor goes on as docs/protocols/zeroipc-streams.md
/// says.</summary>
public sealed class StreamKillTests
{
    [Theory]
    [InlineData("stream-turn", false)]
    [InlineData("stream-stored", false)]
    [InlineData("stream-published", true)]
    [InlineData("stream-counted", true)]
    [InlineData("stream-turn-given", true)]
    public void Emitter_Killed_ItsValueIsThereOrNotAndCounted(string step, bool emitted)
    {
        using var test = new DyingPeer(ours: true);
        SharedStream<int> stream = SharedStream<int>.Create(test.Memory, "x", 2);
        Task<List<int>> taking = Task.Factory.StartNew(
            () => stream.AsEnumerable().ToList(), TaskCreationOptions.LongRunning);
        test.Kill("stream-emit", step);

        for (int i = 1; i < 5; i++)
        {
            Assert.Equal(EmitOutcome.Emitted, stream.Emit(i, DyingPeer.Patience));
        }

        stream.Close();
        Assert.True(taking.Wait(DyingPeer.Patience));
        Assert.Equal(emitted ? [100, 1, 2, 3, 4] : [1, 2, 3, 4], taking.Result);
        Assert.Equal((ulong)taking.Result.Count, stream.EmittedCount);
    }

    [Theory]
    [InlineData("stream-take-copied", true)]
    [InlineData("stream-taken", false)]
    public void Consumer_Killed_ValueStaysOrIsGoneWithIt(string step, bool stays)
    {
        using var test = new DyingPeer(ours: true);
        SharedStream<int> stream = SharedStream<int>.Create(test.Memory, "x", 2);
        Assert.Equal(2, stream.TryEmit([1, 2]));
        Task<EmitOutcome> emitting = Task.Factory.StartNew(
            () => stream.Emit(3, DyingPeer.Patience), TaskCreationOptions.LongRunning);
        test.Kill("stream-take", step);

        if (stays)
        {
            Assert.Equal((NextOutcome.Value, 1), (stream.Next(out int one, DyingPeer.Patience), one));
        }

        Assert.True(emitting.Wait(DyingPeer.Patience));
        Assert.Equal(EmitOutcome.Emitted, emitting.Result);
        stream.Close();
        Assert.Equal([2, 3], stream.AsEnumerable(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("stream-close-stored")]
    [InlineData("stream-close-given")]
    public void Closer_KilledBeforeItWakes_EverybodyIsTold(string step)
    {
        using var test = new DyingPeer(ours: true);
        SharedStream<int> stream = SharedStream<int>.Create(test.Memory, "x", 2);
        Task<NextOutcome> taking = Task.Factory.StartNew(
            () => stream.Next(out _, DyingPeer.Patience), TaskCreationOptions.LongRunning);
        test.Kill("stream-close", step);

        Assert.True(taking.Wait(DyingPeer.Patience));
        Assert.Equal((NextOutcome.Closed, EmitOutcome.Closed), (taking.Result, stream.Emit(1, DyingPeer.Patience)));
    }

    [Theory]
    [InlineData("broadcast-publisher-locked", false)]
    [InlineData("broadcast-publisher-named", false)]
    [InlineData("broadcast-looking", false)]
    [InlineData("broadcast-claimed", false)]
    [InlineData("broadcast-stored", false)]
    [InlineData("broadcast-published", true)]
    public void Publisher_Killed_IsSucceededBehindWhatItPublished(string step, bool published)
    {
        using var test = new DyingPeer(ours: true);
        SharedBroadcast<int> broadcast = SharedBroadcast<int>.Create(
            test.Memory, "x", new BroadcastOptions { Capacity = 4 });
        using BroadcastSubscription<int> reader = broadcast.Subscribe();
        test.Kill("broadcast-emit", step);

        if (published)
        {
            Assert.Equal((NextOutcome.Value, 100), (reader.Next(out int value, DyingPeer.Patience), value));
        }

        // Between lock and name the death is not known as that of a publisher: nothing was said yet.
        if (step != "broadcast-publisher-locked")
        {
            Assert.Equal(NextOutcome.PublisherDied, reader.Next(out _, DyingPeer.Patience));
        }

        Assert.False(broadcast.HasPublisher);
        using BroadcastPublisher<int> successor = broadcast.OpenPublisher();
        Assert.Equal(published ? 1UL : 0UL, successor.Position);
        Assert.Equal(4, successor.TryEmit([1, 2, 3, 4]));
        successor.Close();
        Assert.Equal([1, 2, 3, 4], reader.AsEnumerable(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("broadcast-claimed", false)]
    [InlineData("broadcast-stored", false)]
    [InlineData("broadcast-published", true)]
    public void Publisher_KilledInABatch_NobodyReadsWhatItWasOverwriting(string step, bool published)
    {
        using var test = new DyingPeer(ours: true);
        SharedBroadcast<int> broadcast = SharedBroadcast<int>.Create(
            test.Memory, "x", new BroadcastOptions { Capacity = 8 });
        using (BroadcastPublisher<int> first = broadcast.OpenPublisher())
        {
            Assert.Equal(8, first.TryEmit([0, 1, 2, 3, 4, 5, 6, 7]));
        }

        test.Kill("broadcast-emit-batch", step);

        // Two of its four values are claimed at once, a quarter of the capacity.
        int[] whole = published ? [2, 3, 4, 5, 6, 7, 100, 101] : [2, 3, 4, 5, 6, 7];
        int[] peeked = new int[8];
        Assert.Equal(whole.Length, broadcast.Peek(peeked));
        Assert.Equal(whole, peeked[..whole.Length]);
        using BroadcastPublisher<int> successor = broadcast.OpenPublisher();
        Assert.Equal(EmitOutcome.Emitted, successor.TryEmit(8));
        using BroadcastSubscription<int> gate = broadcast.Subscribe(new SubscriptionOptions { History = 8 });
        using BroadcastSubscription<int> lossy = broadcast.Subscribe(
            new SubscriptionOptions { History = 8, Policy = SubscriberPolicy.DropOldest });
        successor.Close();

        int[] left = published ? [3, 4, 5, 6, 7, 100, 101, 8] : [2, 3, 4, 5, 6, 7, 8];
        Assert.Equal(left, gate.AsEnumerable(TestContext.Current.CancellationToken));
        Assert.Equal(left, lossy.AsEnumerable(TestContext.Current.CancellationToken));
        Assert.Equal((0, 0), (gate.LostCount, lossy.LostCount));
    }

    [Fact]
    public void Closer_OfABroadcastKilledBeforeItWakes_EverybodyIsTold()
    {
        using var test = new DyingPeer(ours: true);
        SharedBroadcast<int> broadcast = SharedBroadcast<int>.Create(test.Memory, "x");
        using BroadcastSubscription<int> reader = broadcast.Subscribe();
        Task<NextOutcome> reading = Task.Factory.StartNew(
            () => reader.Next(out _, DyingPeer.Patience) == NextOutcome.Value
                ? reader.Next(out _, DyingPeer.Patience) : NextOutcome.TimedOut,
            TaskCreationOptions.LongRunning);
        test.Kill("broadcast-emit", "broadcast-close-stored");

        Assert.True(reading.Wait(DyingPeer.Patience));
        Assert.Equal(NextOutcome.Closed, reading.Result);
    }

    [Theory]
    [InlineData("broadcast-line-locked")]
    [InlineData("broadcast-line-active")]
    [InlineData("broadcast-joined")]
    [InlineData("broadcast-read-said")]
    [InlineData("broadcast-line-freed")]
    public void Gate_KilledAtEachStep_HoldsNobodyUp(string step)
    {
        using var test = new DyingPeer(ours: true);
        SharedBroadcast<int> broadcast = SharedBroadcast<int>.Create(
            test.Memory, "x", new BroadcastOptions { Capacity = 4, MaxSubscribers = 1 });
        using BroadcastPublisher<int> publisher = broadcast.OpenPublisher();
        Assert.Equal(EmitOutcome.Emitted, publisher.Emit(0));

        // The cursor is said first when it joins.
        test.Kill("broadcast-read", step, step == "broadcast-read-said" ? 2 : 1);

        for (int i = 1; i < 20; i++)
        {
            Assert.Equal(EmitOutcome.Emitted, publisher.Emit(i, DyingPeer.Patience));
        }

        Assert.Empty(broadcast.Subscribers);
        using BroadcastSubscription<int> next = broadcast.Subscribe(new SubscriptionOptions { History = 2 });
        publisher.Close();
        Assert.Equal([18, 19], next.AsEnumerable(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void EveryStep_OfTheSources_IsAStepOfAKillTest()
    {
        string tests = string.Concat(Files("tests/Plenum.CrossProcess.Tests"));
        string[] steps =
        [
            .. new[] { "Codata", "Streams" }.SelectMany(folder => Files($"src/Plenum.ZeroIpc/{folder}"))
                .SelectMany(text => Regex.Matches(text, "StepHook\\.At\\(\"([a-z-]+)\"\\)"))
                .Select(match => match.Groups[1].Value),
        ];

        Assert.True(steps.Length > 30, $"{steps.Length} steps were found");
        Assert.All(steps, step => Assert.Contains($"\"{step}\"", tests, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Files(string folder) => Directory
        .EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText);
}
