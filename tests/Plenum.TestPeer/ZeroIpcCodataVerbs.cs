using Plenum.ZeroIpc;
using static Plenum.TestPeer.PeerOutput;

namespace Plenum.TestPeer;

/// <summary>Verbs of futures, lazy values and channels. All take --segment --name [--ours].</summary>
internal static class ZeroIpcCodataVerbs
{
    /// <summary>--do set|begin|get|chain [--value V]: what it says of a future of i64.</summary>
    [Verb("zeroipc-future")]
    public static int Future(PeerArguments arguments)
    {
        using SharedMemory memory = Open(arguments);
        var future = SharedFuture<long>.CreateOrOpen(memory, arguments.Text("name"));
        switch (arguments.Text("do"))
        {
            case "set":
                Line(future.TrySet(arguments.Number("value")) ? "set" : "refused");
                return 0;
            case "begin":
                if (!future.TryBegin(out _))
                {
                    return 1;
                }

                WaitToBeKilled("begun");
                return 0;
            case "get":
                Line("waiting");
                Line($"got {future.Get()}");
                return 0;
            case "chain":
                SharedFuture<long> next = future.Select("doubled", value => 2 * value);
                Line("chained");
                Line($"got {next.Get()}");
                return 0;
            default:
                return 2;
        }
    }

    /// <summary>--start --count: sends so many values from start on; says 'sent N', less when it is closed.</summary>
    [Verb("zeroipc-channel-send")]
    public static int Send(PeerArguments arguments)
    {
        using SharedMemory memory = Open(arguments);
        var channel = SharedChannel<long>.Open(memory, arguments.Text("name"));
        long start = arguments.Number("start");
        long count = arguments.Number("count");
        long sent = 0;
        Line("ready");
        while (sent < count && channel.Send(start + sent, Timeout.InfiniteTimeSpan) == ChannelStatus.Done)
        {
            sent++;
        }

        Line($"sent {sent}");
        return 0;
    }

    /// <summary>Receives until it is closed, counting each value in the array 'ledger'; says 'got COUNT SUM'.</summary>
    [Verb("zeroipc-channel-receive")]
    public static int Receive(PeerArguments arguments)
    {
        using SharedMemory memory = Open(arguments);
        var channel = SharedChannel<long>.Open(memory, arguments.Text("name"));
        var ledger = SharedArray<int>.Open(memory, "ledger");
        long count = 0;
        long sum = 0;
        Line("ready");
        foreach (long value in channel.ReadAll())
        {
            _ = ledger.Add((int)value, 1);
            count++;
            sum += value;
        }

        Line($"got {count} {sum}");
        return 0;
    }

    /// <summary>--name A --second B --count: receives from either by select and sends each value to 'back'; says
    /// 'done'.</summary>
    [Verb("zeroipc-select-echo")]
    public static int SelectEcho(PeerArguments arguments)
    {
        using SharedMemory memory = Open(arguments);
        SelectCase<long>[] cases =
        [
            SharedChannel<long>.Open(memory, arguments.Text("name")).Receiving(),
            SharedChannel<long>.Open(memory, arguments.Text("second")).Receiving(),
        ];
        var back = SharedChannel<long>.Open(memory, "back");
        Line("ready");
        for (long i = 0; i < arguments.Number("count"); i++)
        {
            back.Send(cases[SharedSelect.Wait(cases)].Value);
        }

        Line("done");
        return 0;
    }

    /// <summary>Selects over the channel 'c', the stream 's', the broadcast 'b', the future 'f' and a time of a minute
    /// until the first three are closed; says 'ready', then 'took C S B F' with how many values each brought.</summary>
    [Verb("zeroipc-select-all")]
    public static int SelectAll(PeerArguments arguments)
    {
        using SharedMemory memory = Open(arguments);
        using BroadcastSubscription<long> subscription = SharedBroadcast<long>.Open(memory, "b").Subscribe();
        List<SelectCase> cases =
        [
            SharedChannel<long>.Open(memory, "c").Receiving(), SharedStream<long>.Open(memory, "s").Receiving(),
            subscription.Receiving(), SharedFuture<long>.Open(memory, "f").Completing(),
            SelectCase.After(TimeSpan.FromMinutes(1)),
        ];
        List<int> names = [0, 1, 2, 3, 4];
        long[] counts = new long[5];
        Line("ready");
        while (names.Exists(name => name < 3))
        {
            int chosen = SharedSelect.Wait([.. cases]);
            int name = names[chosen];
            if (name == 4)
            {
                return 1;
            }

            counts[name] += cases[chosen].HasValue ? 1 : 0;
            if (!cases[chosen].HasValue || name == 3)
            {
                cases.RemoveAt(chosen);
                names.RemoveAt(chosen);
            }
        }

        Line($"took {string.Join(' ', counts.Take(4))}");
        return 0;
    }

    /// <summary>--count: answers each value of the channel 'there' on the channel 'back'; says 'done'.</summary>
    [Verb("zeroipc-channel-echo")]
    public static int Echo(PeerArguments arguments)
    {
        using SharedMemory memory = Open(arguments);
        var there = SharedChannel<long>.Open(memory, "there");
        var back = SharedChannel<long>.Open(memory, "back");
        Line("ready");
        for (long i = 0; i < arguments.Number("count"); i++)
        {
            back.Send(there.Receive());
        }

        Line("done");
        return 0;
    }

    private static SharedMemory Open(PeerArguments arguments)
    {
        SharedMemory memory = SharedMemory.Open(arguments.Text("segment"));
        memory.HasForeignPeers = !arguments.Flag("ours");
        return memory;
    }
}
