using Plenum.ZeroIpc;
using static Plenum.TestPeer.PeerOutput;

namespace Plenum.TestPeer;

/// <summary>The loops of contention tests, with the verbs and results of the foreign peers
/// (tests/peers/python).</summary>
internal static class ZeroIpcLoopVerbs
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(50);

    /// <summary>--loop KIND-ROLE --segment --name [--type --start --count --index --version --counter --ours]: says
    /// 'ready', waits for 'go', prints the result and 'done'.</summary>
    [Verb("zeroipc-loop")]
    public static int Loop(PeerArguments arguments)
    {
        using SharedMemory memory = SharedMemory.Open(arguments.Text("segment"));
        memory.HasForeignPeers = !arguments.Flag("ours");
        string loop = arguments.Text("loop");
        Func<int> run = arguments.Text("type", "u64") switch
        {
            "i32" => Moves<int, I32Numbers>(memory, loop, arguments),
            "u64" or "i64" => Moves<ulong, U64Numbers>(memory, loop, arguments),
            "f64" => Moves<double, F64Numbers>(memory, loop, arguments),
            "bytes:16" => Moves<Bytes16, BlockNumbers<Bytes16>>(memory, loop, arguments),
            "bytes:24" => Moves<Bytes24, BlockNumbers<Bytes24>>(memory, loop, arguments),
            "bytes:40" => Moves<Bytes40, BlockNumbers<Bytes40>>(memory, loop, arguments),
            string other => throw new ArgumentException($"no type {other}"),
        };
        Line("ready");
        return Next() == "go" ? run() : 1;
    }

    private static Func<int> Moves<T, TNumbers>(SharedMemory memory, string loop, PeerArguments arguments)
        where T : unmanaged
        where TNumbers : INumbers<T>
    {
        string name = arguments.Text("name");
        switch (loop)
        {
            case "queue-producer":
                SharedQueue<T> target = SharedQueue<T>.Open(memory, name);
                return () => Produce<T, TNumbers>(arguments, item => target.Enqueue(item, Patience));
            case "queue-consumer":
                SharedQueue<T> source = SharedQueue<T>.Open(memory, name);
                return () => Consume<T, TNumbers>(
                    arguments, () => source.Dequeue(out T item, Patience) ? item : null);
            case "stack-producer":
                SharedStack<T> into = SharedStack<T>.Open(memory, name);
                return () => Produce<T, TNumbers>(arguments, item => into.Push(item, Patience));
            case "stack-consumer":
                SharedStack<T> from = SharedStack<T>.Open(memory, name);
                return () => Consume<T, TNumbers>(arguments, () => from.Pop(out T item, Patience) ? item : null);
            case "ring-producer":
                SharedRing<T> writer = SharedRing<T>.Open(memory, name);
                return () => Produce<T, TNumbers>(arguments, item => writer.Write(item, Patience));
            case "ring-consumer":
                SharedRing<T> reader = SharedRing<T>.Open(memory, name);
                return () => Consume<T, TNumbers>(arguments, () => reader.Read(out T item, Patience) ? item : null);
            case "pool-churn":
                return () => Churn<T, TNumbers>(SharedPool<T>.Open(memory, name), arguments);
            case "signal-writer":
                SharedSignal<T> signal = SharedSignal<T>.Open(memory, name);
                return () => Produce<T, TNumbers>(arguments, item =>
                {
                    signal.Set(item);
                    return true;
                });
            case "signal-reader":
                return () => Watch<T, TNumbers>(SharedSignal<T>.Open(memory, name), arguments);
            default:
                return ZeroIpcLockLoops.Find(memory, loop, arguments);
        }
    }

    private static int Produce<T, TNumbers>(PeerArguments arguments, Func<T, bool> put)
        where TNumbers : INumbers<T>
    {
        var tally = new ZeroIpcTally();
        ulong start = (ulong)arguments.Number("start", 0);
        long count = arguments.Number("count");
        for (ulong i = 0; i < (ulong)count && put(TNumbers.Pack(start + i)); i++)
        {
            tally.Add(true, start + i);
        }

        return tally.Print(count);
    }

    private static int Consume<T, TNumbers>(PeerArguments arguments, Func<T?> take)
        where T : unmanaged
        where TNumbers : INumbers<T>
    {
        var tally = new ZeroIpcTally();
        long count = arguments.Number("count");
        while (tally.Count < count && take() is { } item)
        {
            tally.Add(TNumbers.TryUnpack(item, out ulong value), value);
        }

        return tally.Print(count);
    }

    private static int Churn<T, TNumbers>(SharedPool<T> pool, PeerArguments arguments)
        where T : unmanaged
        where TNumbers : INumbers<T>
    {
        long count = arguments.Number("count"), done = 0, conflicts = 0;
        ulong start = (ulong)arguments.Number("start", 0);
        for (; done < count && pool.Allocate(out int node, Patience); done++)
        {
            ulong mine = start + (ulong)done;
            pool[node] = TNumbers.Pack(mine);
            if (done % 8 == 0)
            {
                Thread.Yield();
            }

            conflicts += TNumbers.TryUnpack(pool[node], out ulong found) && found == mine ? 0 : 1;
            pool.Free(node);
        }

        return ZeroIpcTally.Print(done == count, done, conflicts);
    }

    private static int Watch<T, TNumbers>(SharedSignal<T> signal, PeerArguments arguments)
        where T : unmanaged
        where TNumbers : INumbers<T>
    {
        ulong wanted = (ulong)arguments.Number("version"), last = 0;
        long torn = 0, backwards = 0, reads = 0;
        while (last < wanted && signal.WaitForChange(last, Patience, out SignalReading<T> reading))
        {
            torn += TNumbers.TryUnpack(reading.Value, out _) ? 0 : 1;
            backwards += reading.Version < last ? 1 : 0;
            last = reading.Version;
            reads++;
        }

        return ZeroIpcTally.Print(last >= wanted, reads, torn + backwards);
    }
}
