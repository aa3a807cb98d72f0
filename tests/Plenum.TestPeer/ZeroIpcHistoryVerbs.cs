using System.Globalization;
using Plenum.ZeroIpc;
using static Plenum.TestPeer.PeerOutput;

namespace Plenum.TestPeer;

/// <summary>Records short concurrent histories: which operation began and ended when, by a clock in the
/// segment.</summary>
internal static class ZeroIpcHistoryVerbs
{
    private const int Parties = 0;
    private const int Clock = 1;

    /// <summary>Reads lines <c>KIND SEGMENT SEED PARTIES EACH</c>; does EACH operations on the structure 'x' when
    /// PARTIES processes are there; prints <c>START,END,NAME,ARGUMENT,RESULT;…</c>.</summary>
    [Verb("zeroipc-history")]
    public static int History(PeerArguments arguments)
    {
        _ = arguments;
        Line("ready");
        while (Next() is { } line)
        {
            string[] words = line.Split(' ');
            using SharedMemory memory = SharedMemory.Open(words[1]);
            SharedArray<long> clock = SharedArray<long>.Open(memory, "clock");
            var random = new Random(Number(words[2]));
            Func<Operation> next = Chooser(words[0], memory, random);
            _ = clock.Add(Parties, 1);
            var wait = new SpinWait();
            while (clock.ReadAcquire(Parties) < Number(words[3]))
            {
                wait.SpinOnce(sleep1Threshold: -1);
            }

            var history = new List<string>();
            for (int i = 0; i < Number(words[4]); i++)
            {
                Operation operation = next();
                long begin = clock.Add(Clock, 1);
                long result = operation.Body();
                long end = clock.Add(Clock, 1);
                history.Add(FormattableString.Invariant(
                    $"{begin},{end},{operation.Name},{operation.Argument},{result}"));
            }

            Line(string.Join(';', history));
        }

        return 0;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static Func<Operation> Chooser(string kind, SharedMemory memory, Random random)
    {
        switch (kind)
        {
            case "queue":
                SharedQueue<int> queue = SharedQueue<int>.Open(memory, "x");
                return () => Either(random, a => queue.TryEnqueue(a), () => queue.TryDequeue(out int v) ? v : -1);
            case "stack":
                SharedStack<int> stack = SharedStack<int>.Open(memory, "x");
                return () => Either(random, a => stack.TryPush(a), () => stack.TryPop(out int v) ? v : -1);
            case "map":
                SharedMap<int, int> map = SharedMap<int, int>.Open(memory, "x");
                return () => OfMap(map, random.Next(3) * 4, random.Next(1, 100), random.Next(4));
            case "set":
                SharedSet<int> set = SharedSet<int>.Open(memory, "x");
                return () => OfSet(set, random.Next(3) * 4, random.Next(3));
            default:
                SharedPool<int> pool = SharedPool<int>.Open(memory, "x");
                int held = -1;
                return () => OfPool(pool, held, node => held = node);
        }
    }

    private static Operation Either(Random random, Func<int, bool> put, Func<int> take)
    {
        int argument = random.Next(1, 100);
        return random.Next(2) == 0
            ? new Operation("put", argument, () => put(argument) ? 1 : 0)
            : new Operation("take", 0, () => take());
    }

    private static Operation OfMap(SharedMap<int, int> map, int key, int value, int which) => which switch
    {
        0 => new Operation($"set {key}", value, () => map.TrySet(key, value) ? 1 : 0),
        1 => new Operation($"add {key}", value, () => map.TryAdd(key, value) ? 1 : 0),
        2 => new Operation($"get {key}", 0, () => map.TryGetValue(key, out int found) ? found : -1),
        _ => new Operation($"remove {key}", 0, () => map.TryRemove(key, out int removed) ? removed : -1),
    };

    private static Operation OfSet(SharedSet<int> set, int value, int which) => which switch
    {
        0 => new Operation("add", value, () => set.TryAdd(value) ? 1 : 0),
        1 => new Operation("has", value, () => set.Contains(value) ? 1 : 0),
        _ => new Operation("remove", value, () => set.TryRemove(value) ? 1 : 0),
    };

    private static Operation OfPool(SharedPool<int> pool, int held, Action<int> hold) => held >= 0
        ? new Operation("free", held, () =>
        {
            pool.Free(held);
            hold(-1);
            return 1;
        })
        : new Operation("allocate", 0, () =>
        {
            int node = pool.TryAllocate(out int taken) ? taken : -1;
            hold(node);
            return node;
        });

    private sealed record Operation(string Name, long Argument, Func<long> Body);
}
