using System.Globalization;
using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>Short concurrent histories of threads with objects of their own, each checked against a sequential
/// model.</summary>
/// <remarks>The positive control at the end shows that the checker refuses a history that no order explains.</remarks>
public sealed class LinearizabilityTests
{
    private const int Threads = 3;
    private const int Each = 6;

    [Fact]
    public void Queue_ConcurrentHistories_AreThoseOfAQueue() => Run(
        memory => SharedQueue<int>.CreateOrOpen(memory, "x", 4),
        static (queue, random) => random.Next(2) == 0
            ? Call("put", random.Next(1, 100), a => queue.TryEnqueue((int)a) ? 1 : 0)
            : Call("take", 0, _ => queue.TryDequeue(out int item) ? item : -1),
        "",
        static (state, op) => op.Name == "put" ? Put(state, op, 4, atEnd: true) : TakeFirst(state, op, mayFail: true));

    [Fact]
    public void Stack_ConcurrentHistories_AreThoseOfAStack() => Run(
        memory => SharedStack<int>.CreateOrOpen(memory, "x", 4),
        static (stack, random) => random.Next(2) == 0
            ? Call("put", random.Next(1, 100), a => stack.TryPush((int)a) ? 1 : 0)
            : Call("take", 0, _ => stack.TryPop(out int item) ? item : -1),
        "",
        static (state, op) => op.Name == "put" ? Put(state, op, 4, atEnd: false) : TakeFirst(state, op, mayFail: true));

    [Fact]
    public void Map_ConcurrentHistories_AreThoseOfADictionary() => Run(
        memory => SharedMap<int, int>.CreateOrOpen(memory, "x", 4),
        static (map, random) =>
        {
            int key = random.Next(3) * 4;
            int value = random.Next(1, 100);
            return random.Next(4) switch
            {
                0 => Call($"set {key}", value, a => map.TrySet(key, (int)a) ? 1 : 0),
                1 => Call($"add {key}", value, a => map.TryAdd(key, (int)a) ? 1 : 0),
                2 => Call($"get {key}", 0, _ => map.TryGetValue(key, out int found) ? found : -1),
                _ => Call($"remove {key}", 0, _ => map.TryRemove(key, out int removed) ? removed : -1),
            };
        },
        "-1 -1 -1",
        MapStep);

    [Fact]
    public void Set_ConcurrentHistories_AreThoseOfASet() => Run(
        memory => SharedSet<int>.CreateOrOpen(memory, "x", 4),
        static (set, random) =>
        {
            int value = random.Next(3) * 4;
            return random.Next(3) switch
            {
                0 => Call("add", value, a => set.TryAdd((int)a) ? 1 : 0),
                1 => Call("has", value, a => set.Contains((int)a) ? 1 : 0),
                _ => Call("remove", value, a => set.TryRemove((int)a) ? 1 : 0),
            };
        },
        "000",
        static (state, op) =>
        {
            int at = (int)op.Argument / 4;
            bool there = state[at] == '1';
            bool expected = op.Name == "add" ? !there : there;
            string next = state[..at] + (op.Name == "add" ? '1' : op.Name == "remove"
                ? '0' : state[at]) + state[(at + 1)..];
            return op.Result == (expected ? 1 : 0) ? next : null;
        });

    [Fact]
    public void Pool_ConcurrentHistories_GiveEachNodeToOne() => Run(
        memory => SharedPool<int>.CreateOrOpen(memory, "x", 2),
        static (pool, _) => Call("pair", 0, _ =>
        {
            if (!pool.TryAllocate(out int node))
            {
                return -1;
            }

            pool[node] = Environment.CurrentManagedThreadId;
            Thread.Yield();
            bool mine = pool[node] == Environment.CurrentManagedThreadId;
            pool.Free(node);
            return mine ? 1 : 0;
        }),
        "",
        static (state, op) => op.Result != 0 ? state : null);

    [Fact]
    public void Checker_OfAnImpossibleHistory_SaysNo()
    {
        Operation[] history =
        [
            new(0, 1, "put", 7, 1),
            new(2, 3, "take", 0, 8),
        ];
        Operation[] early = [new(0, 1, "take", 0, 7), new(2, 3, "put", 7, 1)];
        Operation[] possible = [new(0, 3, "take", 0, 7), new(1, 2, "put", 7, 1)];
        static string? Step(string state, Operation op) =>
            op.Name == "put" ? Put(state, op, 4, atEnd: true) : TakeFirst(state, op, mayFail: true);

        Assert.False(Linearizability.Exists(history, "", Step));
        Assert.False(Linearizability.Exists(early, "", Step));
        Assert.True(Linearizability.Exists(possible, "", Step));
    }

    private static string? Put(string state, Operation op, int capacity, bool atEnd)
    {
        int count = state.Count(c => c == ' ');
        if (op.Result == 0)
        {
            // A slot whose last user has moved on but not yet published looks full: the peers' algorithm allows it.
            return state;
        }

        string item = op.Argument.ToString(CultureInfo.InvariantCulture) + " ";
        return count < capacity ? atEnd ? state + item : item + state : null;
    }

    private static string? TakeFirst(string state, Operation op, bool mayFail)
    {
        if (op.Result < 0)
        {
            // "Empty" may also mean that the oldest element is still being added.
            return mayFail || state.Length == 0 ? state : null;
        }

        string item = op.Result.ToString(CultureInfo.InvariantCulture) + " ";
        return state.StartsWith(item, StringComparison.Ordinal) ? state[item.Length..] : null;
    }

    private static string? MapStep(string state, Operation op)
    {
        string[] values = state.Split(' ');
        string[] words = op.Name.Split(' ');
        int at = int.Parse(words[1], CultureInfo.InvariantCulture) / 4;
        int present = int.Parse(values[at], CultureInfo.InvariantCulture);
        bool known = present >= 0;
        (long expected, long after) = words[0] switch
        {
            "set" => (1L, op.Argument),
            "add" => (known ? 0 : 1, known ? present : op.Argument),
            "get" => (present, present),
            _ => (present, -1L),
        };
        values[at] = after.ToString(CultureInfo.InvariantCulture);
        return op.Result == expected ? string.Join(' ', values) : null;
    }

    private static (string Name, long Argument, Func<long, long> Body) Call(string name, long argument, Func<long,
        long> body) =>
        (name, argument, body);

    private static void Run<TSubject>(
        Func<SharedMemory, TSubject> open,
        Func<TSubject, Random, (string Name, long Argument, Func<long, long> Body)> choose,
        string initial,
        Func<string, Operation, string?> step)
    {
        for (int round = 0; round < Campaign.Count(150, 20_000); round++)
        {
            int seed = round;
            using TestMemory test = TestMemory.Create(8_192, 4);
            _ = open(test.Memory);
            Operation[] history = Watchdog.Run(() => Record(test, open, choose, seed));
            Assert.True(
                Linearizability.Exists(history, initial, step),
                $"round {round}:\n" + string.Join('\n', history.OrderBy(o => o.Start).Select(o => o.ToString())));
        }
    }

    private static Operation[] Record<TSubject>(
        TestMemory test,
        Func<SharedMemory, TSubject> open,
        Func<TSubject, Random, (string Name, long Argument, Func<long, long> Body)> choose,
        int seed)
    {
        long clock = 0;
        var histories = new List<Operation>[Threads];
        using var start = new Barrier(Threads);
        var threads = new Thread[Threads];
        for (int t = 0; t < Threads; t++)
        {
            int self = t;
            histories[t] = [];
            threads[t] = new Thread(() =>
            {
                using SharedMemory memory = SharedMemory.Open(test.Name);
                TSubject subject = open(memory);
                var random = new Random((seed * Threads) + self);
                start.SignalAndWait();
                for (int i = 0; i < Each; i++)
                {
                    (string name, long argument, Func<long, long> body) = choose(subject, random);
                    long begin = Interlocked.Increment(ref clock);
                    long result = body(argument);
                    histories[self].Add(new Operation(begin, Interlocked.Increment(ref clock), name, argument, result));
                }
            })
            {
                IsBackground = true,
            };
            threads[t].Start();
        }

        Array.ForEach(threads, thread => thread.Join());
        return [.. histories.SelectMany(h => h)];
    }
}
