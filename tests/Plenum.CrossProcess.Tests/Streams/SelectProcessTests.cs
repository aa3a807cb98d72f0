using System.Globalization;
using Plenum.ZeroIpc;

namespace Plenum.CrossProcess.Tests.Streams;

/// <summary>Selects over every kind of source whose other side is another process.</summary>
public sealed class SelectProcessTests : IDisposable
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(60);

    private readonly TempSegment _name = new("se");
    private readonly SharedMemory _memory;
    private readonly SharedChannel<long> _channel;
    private readonly SharedStream<long> _stream;
    private readonly SharedBroadcast<long> _broadcast;
    private readonly SharedFuture<long> _future;

    public SelectProcessTests()
    {
        _memory = SharedMemory.Create(_name.Name, 1 << 20);
        _memory.HasForeignPeers = false;
        _channel = SharedChannel<long>.Create(_memory, "c", 4);
        _stream = SharedStream<long>.Create(_memory, "s", 4);
        _broadcast = SharedBroadcast<long>.Create(_memory, "b", new BroadcastOptions { Capacity = 8 });
        _future = SharedFuture<long>.Create(_memory, "f");
    }

    [Fact]
    public void Select_InAnotherProcess_TakesWhatThisOneGives()
    {
        int rounds = Campaign.Count(1_000, 100_000);
        using PeerProcess peer = Peer("zeroipc-select-all");
        peer.ExpectLine("ready");
        using BroadcastPublisher<long> publisher = _broadcast.OpenPublisher();
        for (int i = 0; i < rounds; i++)
        {
            Assert.Equal(ChannelStatus.Done, _channel.Send(i, s_long));
            Assert.Equal(EmitOutcome.Emitted, _stream.Emit(i, s_long));
            Assert.Equal(EmitOutcome.Emitted, publisher.Emit(i, s_long));
            if (i == rounds / 2)
            {
                Assert.True(_future.TrySet(i));
            }
        }

        _channel.Close();
        _stream.Close();
        publisher.Close();

        Assert.Equal($"took {rounds} {rounds} {rounds} 1", peer.ExpectLine("took"));
        peer.ExpectExit();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Select_OverOtherProcesses_TakesEveryValueOnce(bool asynchronous)
    {
        const int Count = 2_000;
        using BroadcastSubscription<long> subscription = _broadcast.Subscribe();
        SelectCase<long>[] cases =
            [_channel.Receiving(), _stream.Receiving(), subscription.Receiving(), _future.Completing()];
        using PeerProcess one = Peer("zeroipc-channel-send", "--name", "c", "--start", "0", "--count", $"{Count}");
        using PeerProcess two = Peer("zeroipc-stream-emit", "--name", "s", "--count", $"{Count}");
        using PeerProcess three = Peer("zeroipc-broadcast-publish", "--name", "b", "--count", $"{Count}");
        using PeerProcess four = Peer("zeroipc-future", "--name", "f", "--do", "set", "--value", "77");
        long[] next = new long[3];
        bool answered = false;
        for (int taken = 0; taken < (3 * Count) + 1;)
        {
            SelectCase<long>[] left = answered ? cases[..3] : cases;
            int chosen = asynchronous
                ? await SharedSelect.WaitAsync(left, s_long, SelectOrder.Fair, TestContext.Current.CancellationToken)
                : SharedSelect.Wait(left, s_long, SelectOrder.Fair, TestContext.Current.CancellationToken);
            Assert.InRange(chosen, 0, 3);
            if (!cases[chosen].HasValue)
            {
                // The publisher closes behind its last value: from then on the broadcast has ended, and says so.
                Assert.Equal((2, (long)Count), (chosen, next[2]));
                continue;
            }

            taken++;
            answered |= chosen == 3;
            Assert.Equal(chosen == 3 ? 77 : next[chosen]++, cases[chosen].Value);
        }

        Assert.Equal(((long)Count, (long)Count, (long)Count), (next[0], next[1], next[2]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Select_ThatSleeps_AllocatesNothing(bool asynchronous)
    {
        const int Count = 1_000;
        using PeerProcess peer = Peer(
            "zeroipc-select-sleeps", ["--count", $"{Count}", .. asynchronous ? ["--async"] : Array.Empty<string>()]);
        string[] words = peer.ExpectLine("allocated").Split(' ');

        // Of the whole process, so that what the runtime allocates beside it (timers, the pool's queues) is in it: a
        // few bytes for each select, below any object. Without optimisation the compiler makes an object of each state
        // machine.
        int most = 12;
#if DEBUG
        most += asynchronous ? 160 : 0;
#endif
        Assert.InRange(long.Parse(words[1], CultureInfo.InvariantCulture), 0, most * Count);
        Assert.Equal($"{Count}", words[3]);
        peer.ExpectExit();
    }

    [Fact]
    public void Select_OverABroadcastWhosePublisherIsKilled_IsToldOnce()
    {
        using BroadcastSubscription<long> subscription = _broadcast.Subscribe();
        SelectCase<long> value = subscription.Receiving();
        using PeerProcess publisher = Peer("zeroipc-broadcast-publish", "--name", "b", "--count", "1", "--stay");
        publisher.ExpectLine("done");
        Assert.Equal((0, true), (SharedSelect.Wait([value, _stream.Receiving()], s_long), value.HasValue));

        publisher.Kill();

        Assert.Equal((0, false), (SharedSelect.Wait([value, _stream.Receiving()], s_long), value.HasValue));
        Assert.False(_broadcast.IsClosed);
        Assert.Equal(-1, SharedSelect.Wait([value, _stream.Receiving()], TimeSpan.FromMilliseconds(120)));
    }

    public void Dispose()
    {
        _memory.Dispose();
        _name.Dispose();
    }

    private PeerProcess Peer(string verb, params string[] arguments) =>
        PeerProcess.StartPeer([verb, "--segment", _name.Name, "--ours", .. arguments]);
}
