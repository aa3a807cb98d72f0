using System.Globalization;
using System.Text.Json;
using Plenum.ZeroIpc;

namespace Plenum.CrossProcess.Tests.Streams;

/// <summary>Streams and broadcasts between processes that come, go and are killed, and with the independent Python
/// peer.</summary>
public sealed class StreamProcessTests : IDisposable
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(60);

    private readonly TempSegment _name = new("st");
    private readonly SharedMemory _memory;

    public StreamProcessTests() => _memory = SharedMemory.Create(_name.Name, 1 << 20);

    [Fact]
    public void Stream_BetweenTwoEmittersAndTwoConsumers_ConservesEveryValue()
    {
        SharedStream<long> stream = SharedStream<long>.Create(_memory, "s", 32);
        int each = Campaign.Count(20_000, 1_000_000);
        using PeerProcess one = Peer("zeroipc-stream-take", "--name", "s");
        using PeerProcess two = Peer("zeroipc-stream-take", "--name", "s");
        using PeerProcess three = Peer("zeroipc-stream-emit", "--name", "s", "--count", Text(each));
        using PeerProcess four = Peer("zeroipc-stream-emit", "--name", "s", "--count", Text(each), "--start",
            Text(each));
        three.ExpectExit();
        four.ExpectExit();
        stream.Close();

        long[][] took = [Numbers(one.ExpectLine("took")), Numbers(two.ExpectLine("took"))];

        long all = 2L * each;
        Assert.Equal((all, all * (all - 1) / 2), (took.Sum(t => t[0]), took.Sum(t => t[1])));
    }

    [Fact]
    public void Stream_EmitterAndConsumerKilledAtRandomMoments_StaysInOrderAndUsable()
    {
        SharedStream<long> stream = SharedStream<long>.Create(_memory, "s", 8);
        long last = -1;
        int kills = Campaign.Count(3, 200);
        for (int round = 0; round < kills; round++)
        {
            long start = (round + 1) * 1_000_000_000L;
            using PeerProcess emitter = Peer("zeroipc-stream-emit", "--name", "s", "--count", "1000000000", "--start",
                Text(start));
            emitter.ExpectLine("ready");
            for (int i = 0; i < 500 + (round * 37); i++)
            {
                Assert.Equal(NextOutcome.Value, stream.Next(out long value, s_long));
                Assert.True(value == last + 1 || value == start, $"{last} was followed by {value}");
                last = value;
            }

            emitter.Kill();
            while (stream.TryNext(out long rest))
            {
                Assert.True(rest == last + 1 || rest == start, $"{last} was followed by {rest}");
                last = rest;
            }

            using PeerProcess consumer = Peer("zeroipc-stream-take", "--name", "s", "--tell");
            consumer.ExpectLine("ready");
            Assert.Equal(EmitOutcome.Emitted, stream.Emit(1, s_long));
            consumer.ExpectLine("value 1");
            consumer.Kill();
        }

        Assert.Equal(EmitOutcome.Emitted, stream.Emit(7, s_long));
        Assert.Equal(NextOutcome.Value, stream.Next(out long seven, s_long));
        Assert.Equal(7, seven);
    }

    [Fact]
    public void Pump_Killed_IsSucceededUnderTheSameName()
    {
        SharedStream<long> source = SharedStream<long>.Create(_memory, "in", 64);
        using PeerProcess first = Peer("zeroipc-stream-pump", "--from", "in", "--into", "out");
        first.ExpectLine("pumping");
        Assert.True(source.TryEmit(1));
        SharedStream<long> derived = SharedStream<long>.Open(_memory, "out");
        Assert.Equal(NextOutcome.Value, derived.Next(out long two, s_long));
        Assert.Equal((2L, "map", true), (two, derived.TransformedBy, DerivedStream<long>.HasPump(derived)));
        Assert.Throws<Platform.SegmentBusyException>(() => source.Select(x => x).Into(_memory, "out"));

        first.Kill();

        Assert.False(DerivedStream<long>.HasPump(derived));
        using PeerProcess second = Peer("zeroipc-stream-pump", "--from", "in", "--into", "out");
        second.ExpectLine("pumping");
        Assert.Equal(3, source.TryEmit([10, 20, 30]));
        source.Close();
        Assert.Equal([20, 40, 60], derived.AsEnumerable(TestContext.Current.CancellationToken));
        second.ExpectLine("pumped 3");
        Assert.True(derived.IsCompleted);
    }

    [Fact]
    public void Broadcast_ToThreeProcesses_ReachesEachByItsPolicy()
    {
        SharedBroadcast<long> broadcast = SharedBroadcast<long>.Create(_memory, "b",
            new BroadcastOptions { Capacity = 64 });
        int count = Campaign.Count(50_000, 5_000_000);
        using PeerProcess one = Peer("zeroipc-broadcast-read", "--name", "b");
        using PeerProcess two = Peer("zeroipc-broadcast-read", "--name", "b", "--policy", "DropOldest");
        using PeerProcess three = Peer("zeroipc-broadcast-read", "--name", "b");
        Array.ForEach([one, two, three], peer => peer.ExpectLine("joined"));
        Assert.Equal(3, broadcast.Subscribers.Count);

        using PeerProcess publisher = Peer("zeroipc-broadcast-publish", "--name", "b", "--count", Text(count));

        Assert.Equal($"read {count} 0 True", one.ExpectLine("read"));
        Assert.Equal($"read {count} 0 True", three.ExpectLine("read"));
        string[] lossy = two.ExpectLine("read").Split(' ');
        Assert.Equal(
            (count, "True"),
            (int.Parse(lossy[1], CultureInfo.InvariantCulture) + int.Parse(lossy[2], CultureInfo.InvariantCulture),
            lossy[3]));
        Assert.True(broadcast.IsClosed);
    }

    [Fact]
    public void Gate_Killed_StopsHoldingThePublisher()
    {
        SharedBroadcast<long> broadcast = SharedBroadcast<long>.Create(_memory, "b",
            new BroadcastOptions { Capacity = 4 });
        using BroadcastPublisher<long> publisher = broadcast.OpenPublisher();
        using PeerProcess gate = Peer("zeroipc-broadcast-read", "--name", "b", "--stay");
        gate.ExpectLine("joined");
        Assert.Equal(4, publisher.TryEmit([1, 2, 3, 4, 5]));
        Assert.Equal(EmitOutcome.Full, publisher.Emit(5, TimeSpan.FromMilliseconds(100)));

        gate.Kill();

        Assert.Equal(EmitOutcome.Emitted, publisher.Emit(5, s_long));
        Assert.Empty(broadcast.Subscribers);
    }

    [Fact]
    public void Publisher_Killed_IsReportedOnceAndSucceeded()
    {
        SharedBroadcast<long> broadcast = SharedBroadcast<long>.Create(_memory, "b");
        using BroadcastSubscription<long> reader = broadcast.Subscribe();
        using PeerProcess first = Peer("zeroipc-broadcast-publish", "--name", "b", "--count", "3", "--stay");
        first.ExpectLine("done");
        first.Kill();
        for (long i = 0; i < 3; i++)
        {
            Assert.Equal(NextOutcome.Value, reader.Next(out long value, s_long));
            Assert.Equal(i, value);
        }

        Assert.Equal(NextOutcome.PublisherDied, reader.Next(out _, s_long));
        Assert.Equal(NextOutcome.TimedOut, reader.Next(out _, TimeSpan.FromMilliseconds(120)));
        using PeerProcess second = Peer("zeroipc-broadcast-publish", "--name", "b", "--count", "1", "--start", "3");

        second.ExpectLine("ready 3");
        Assert.Equal(NextOutcome.Value, reader.Next(out long three, s_long));
        Assert.Equal((3L, NextOutcome.Closed), (three, reader.Next(out _, s_long)));
    }

    [Theory]
    [InlineData("cpp", false)]
    [InlineData("cpp", true)]
    [InlineData("python", false)]
    [InlineData("python", true)]
    public void Stream_WithThePythonPeer_MovesEveryValue(string layout, bool toPython)
    {
        var options = new StreamOptions { Layout = layout == "python" ? StreamLayout.Python : StreamLayout.Native };
        SharedStream<long> stream = SharedStream<long>.Create(_memory, "s", 16, options);
        const int Count = 2_000;
        using PeerProcess python = PeerProcess.StartPython(
            "zeroipc", toPython ? "stream-consumer" : "stream-producer", "--segment", _name.Name, "--name", "s",
            "--type", "i64", "--count", Text(Count), "--layout", layout);

        for (long i = 0; i < Count; i++)
        {
            if (toPython)
            {
                Assert.Equal(EmitOutcome.Emitted, stream.Emit(i, s_long));
            }
            else
            {
                Assert.Equal(NextOutcome.Value, stream.Next(out long value, s_long));
                Assert.Equal(i, value);
            }
        }

        using JsonDocument result = JsonDocument.Parse(python.ExpectLine("{\"event\":\"result\""));
        Assert.Equal(Count, result.RootElement.GetProperty("count").GetInt32());
        Assert.True(result.RootElement.GetProperty("ascending").GetBoolean());
        python.ExpectExit();
        Assert.Equal(((ulong)Count, 0), (stream.EmittedCount, stream.Count));
    }

    public void Dispose()
    {
        _memory.Dispose();
        _name.Dispose();
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long[] Numbers(string line) => [.. line.Split(' ').Skip(1).Select(word => long.Parse(word, null))];

    private PeerProcess Peer(string verb, params string[] arguments) =>
        PeerProcess.StartPeer([verb, "--segment", _name.Name, "--ours", .. arguments]);
}
