using Plenum.ZeroIpc;
using static Plenum.TestPeer.PeerOutput;

namespace Plenum.TestPeer;

/// <summary>Verbs that emit, take, publish, read and pump streams, to the end or until they are killed.</summary>
internal static class ZeroIpcStreamVerbs
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(60);

    /// <summary>--segment --name --start --count [--ours] [--stay]: emits the numbers from start, says 'done'; with
    /// --stay it then waits to be killed.</summary>
    [Verb("zeroipc-stream-emit")]
    public static int Emit(PeerArguments arguments)
    {
        using SharedMemory memory = Open(arguments);
        SharedStream<long> stream = SharedStream<long>.Open(memory, arguments.Text("name"));
        long start = arguments.Number("start", 0);
        Line("ready");
        for (long i = 0; i < arguments.Number("count"); i++)
        {
            if (stream.Emit(start + i, s_long) != EmitOutcome.Emitted)
            {
                return 1;
            }
        }

        if (arguments.Flag("stay"))
        {
            WaitToBeKilled("done");
        }

        Line("done");
        return 0;
    }

    /// <summary>--segment --name [--ours] [--tell]: takes until it is closed, says 'took COUNT SUM'; with --tell every
    /// value.</summary>
    [Verb("zeroipc-stream-take")]
    public static int Take(PeerArguments arguments)
    {
        using SharedMemory memory = Open(arguments);
        SharedStream<long> stream = SharedStream<long>.Open(memory, arguments.Text("name"));
        bool tells = arguments.Flag("tell");
        long count = 0, sum = 0;
        Line("ready");
        while (stream.Next(out long value, s_long) == NextOutcome.Value)
        {
            count++;
            sum += value;
            if (tells)
            {
                Line($"value {value}");
            }
        }

        Line($"took {count} {sum}");
        return 0;
    }

    /// <summary>--segment --from --into [--ours]: pumps twice every value, says 'pumping' and at the end 'pumped
    /// COUNT'.</summary>
    [Verb("zeroipc-stream-pump")]
    public static int Pump(PeerArguments arguments)
    {
        using SharedMemory memory = Open(arguments);
        SharedStream<long> source = SharedStream<long>.Open(memory, arguments.Text("from"));
        using DerivedStream<long> derived = source.Select(x => 2 * x).Into(memory, arguments.Text("into"), 16);
        Line("pumping");
        derived.Completion.GetAwaiter().GetResult();
        Line($"pumped {derived.PumpedCount}");
        return 0;
    }

    /// <summary>--segment --name --start --count [--ours] [--stay]: publishes, says 'done', closes; with --stay it
    /// waits to be killed instead of closing.</summary>
    [Verb("zeroipc-broadcast-publish")]
    public static int Publish(PeerArguments arguments)
    {
        using SharedMemory memory = Open(arguments);
        using BroadcastPublisher<long> publisher = SharedBroadcast<long>.Open(memory,
            arguments.Text("name")).OpenPublisher();
        long start = arguments.Number("start", 0);
        Line($"ready {publisher.Position}");
        for (long i = 0; i < arguments.Number("count"); i++)
        {
            if (publisher.Emit(start + i, s_long) != EmitOutcome.Emitted)
            {
                return 1;
            }
        }

        if (arguments.Flag("stay"))
        {
            WaitToBeKilled("done");
        }

        publisher.Close();
        Line("done");
        return 0;
    }

    /// <summary>--segment --name [--policy Gate|DropOldest|Evict] [--ours] [--stay]: subscribes, says 'joined', reads
    /// until it is closed, says 'read COUNT LOST ASCENDING'; with --stay it waits to be killed instead of
    /// reading.</summary>
    [Verb("zeroipc-broadcast-read")]
    public static int Read(PeerArguments arguments)
    {
        using SharedMemory memory = Open(arguments);
        using BroadcastSubscription<long> subscription = SharedBroadcast<long>.Open(memory,
            arguments.Text("name")).Subscribe(
            new SubscriptionOptions { Policy = Enum.Parse<SubscriberPolicy>(arguments.Text("policy", "Gate")) });
        if (arguments.Flag("stay"))
        {
            WaitToBeKilled("joined");
        }

        Line("joined");
        long count = 0, last = -1;
        bool ascending = true;
        while (subscription.Next(out long value, s_long) == NextOutcome.Value)
        {
            count++;
            ascending &= value > last;
            last = value;
        }

        Line($"read {count} {subscription.LostCount} {ascending}");
        return 0;
    }

    private static SharedMemory Open(PeerArguments arguments)
    {
        SharedMemory memory = SharedMemory.Open(arguments.Text("segment"));
        memory.HasForeignPeers = !arguments.Flag("ours");
        return memory;
    }
}
