using System.Diagnostics;
using System.Runtime.CompilerServices;
using Plenum.Platform;
using Plenum.ZeroIpc;
using static Plenum.TestPeer.PeerOutput;

namespace Plenum.TestPeer;

/// <summary>What streams and broadcasts cost: <c>zeroipc-stream-bench</c> in one process,
/// <c>zeroipc-broadcast-bench</c> with reader processes of this same program. Every answer is checked.</summary>
internal static class ZeroIpcStreamBench
{
    private const int Repeats = 7;

    /// <summary>[--count 2000000]: nanoseconds of emit and next together, and of a chain of operators for each value;
    /// median of 7.</summary>
    [Verb("zeroipc-stream-bench")]
    public static int Streams(PeerArguments arguments)
    {
        int count = (int)arguments.Number("count", 2_000_000);
        string name = $"plt-{Environment.ProcessId}-stream-bench";
        using SharedMemory memory = SharedMemory.Create(name, 1 << 20);
        try
        {
            SharedStream<long> many = SharedStream<long>.Create(memory, "s", 1024);
            SharedStream<long> sole = SharedStream<long>.Open(
                memory, "s", new StreamOptions { IsSoleEmitter = true, IsSoleConsumer = true });
            Report("emit+next, any number of emitters and consumers", () => Pairs(many, count), count);
            Report("emit+next, sole emitter and sole consumer", () => Pairs(sole, count), count);
            Report("operator chain: map, filter, scan over a sequence", () => Chain(count), count);
        }
        finally
        {
            _ = SharedMemory.Remove(name);
        }

        return 0;
    }

    /// <summary>[--readers 1] [--gates 0] [--count 20000000] [--capacity 65536] [--batch 1] [--pin]: messages a second
    /// of 8 bytes from this process to the readers; the processor time of the publisher for each; the ruler before and
    /// after.</summary>
    [Verb("zeroipc-broadcast-bench")]
    public static int Broadcast(PeerArguments arguments)
    {
        string name = $"plt-{Environment.ProcessId}-broadcast-bench";
        using SharedMemory memory = SharedMemory.Create(name, 64 << 20);
        memory.HasForeignPeers = false;
        var readers = new List<Process>();
        try
        {
            SharedBroadcast<long> broadcast = SharedBroadcast<long>.Create(
                memory, "b", new BroadcastOptions { Capacity = (int)arguments.Number("capacity", 65_536) });
            long gates = arguments.Number("gates", 0);
            for (int i = 0; i < arguments.Number("readers", 1); i++)
            {
                readers.Add(Start(name, i < gates ? "Gate" : "DropOldest"));
            }

            readers.ForEach(reader => _ = reader.StandardOutput.ReadLine());
            _ = ProcessorAffinity.TryPin(0);
            Publish(broadcast, arguments.Number("count", 20_000_000), (int)arguments.Number("batch", 1));
            foreach (Process reader in readers)
            {
                Line("  reader: " + reader.StandardOutput.ReadLine());
                reader.WaitForExit();
            }
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
            _ = SharedMemory.Remove(name);
        }

        return 0;
    }

    /// <summary>--segment --policy: the reader of the bench.</summary>
    [Verb("zeroipc-broadcast-bench-reader")]
    public static int Reader(PeerArguments arguments)
    {
        using SharedMemory memory = SharedMemory.Open(arguments.Text("segment"));
        memory.HasForeignPeers = false;
        using BroadcastSubscription<long> subscription = SharedBroadcast<long>.Open(memory, "b").Subscribe(
            new SubscriptionOptions { Policy = Enum.Parse<SubscriberPolicy>(arguments.Text("policy")) });
        _ = ProcessorAffinity.TryPin(1);
        Line("joined");
        (long seen, bool right, TimeSpan time) = Read(subscription);
        Line($"{seen} read, {subscription.LostCount} lost, in order {right}, {seen / time.TotalSeconds / 1e6:F1} M/s");
        return right ? 0 : 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (long Seen, bool Right, TimeSpan Time) Read(BroadcastSubscription<long> subscription)
    {
        long seen = 0;
        bool right = true;
        long start = 0;
        TimeSpan endless = Timeout.InfiniteTimeSpan;
        while (true)
        {
            if (!subscription.TryNext(out long value) && subscription.Next(out value, endless) != NextOutcome.Value)
            {
                return (seen, right, Stopwatch.GetElapsedTime(start));
            }

            start = start == 0 ? Stopwatch.GetTimestamp() : start;
            right &= value == (long)subscription.Position - 1;
            seen++;
        }
    }

    private static void Publish(SharedBroadcast<long> broadcast, long count, int batch)
    {
        using BroadcastPublisher<long> publisher = broadcast.OpenPublisher();
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        long start = Stopwatch.GetTimestamp();
        if (batch > 1)
        {
            Batches(publisher, count, batch);
        }
        else
        {
            Singles(publisher, count);
        }

        TimeSpan time = Stopwatch.GetElapsedTime(start);
        TimeSpan used = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        publisher.Close();
        Line($"publisher: {count / time.TotalSeconds / 1e6:F1} M/s, {used.TotalNanoseconds / count:F2} ns of "
            + "processor each");
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Singles(BroadcastPublisher<long> publisher, long count)
    {
        for (long i = 0; i < count; i++)
        {
            if (publisher.TryEmit(i) != EmitOutcome.Emitted)
            {
                _ = publisher.Emit(i);
            }
        }
    }

    private static void Batches(BroadcastPublisher<long> publisher, long count, int batch)
    {
        long[] values = new long[batch];
        for (long i = 0; i < count; i += batch)
        {
            for (int k = 0; k < batch; k++)
            {
                values[k] = i + k;
            }

            _ = publisher.Emit(values, Timeout.InfiniteTimeSpan);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long Pairs(SharedStream<long> stream, int count)
    {
        long sum = 0;
        for (int i = 0; i < count; i++)
        {
            if (!stream.TryEmit(i) || !stream.TryNext(out long value) || value != i)
            {
                throw new InvalidOperationException("a value was lost");
            }

            sum += value;
        }

        return sum;
    }

    private static long Chain(int count)
    {
        long seen = 0;
        long expected = 0;
        foreach (long value in StreamSources.Generate(0L, x => x + 1).Select(x => 3 * x).Where(x => x % 2 == 0)
            .Scan(0L, (a, x) => a + x).Take(count / 2).AsEnumerable())
        {
            expected += 6 * seen++;
            if (value != expected)
            {
                throw new InvalidOperationException("a wrong sum");
            }
        }

        return seen;
    }

    private static void Report(string what, Func<long> body, int count)
    {
        var samples = new List<double>();
        for (int i = 0; i < Repeats + 2; i++)
        {
            long start = Stopwatch.GetTimestamp();
            _ = body();
            samples.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds / count);
        }

        samples.RemoveRange(0, 2);
        samples.Sort();
        Line($"{what}: {samples[Repeats / 2]:F2} ns (least {samples[0]:F2})");
    }

    private static Process Start(string segment, string policy)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        foreach (string argument in (string[])[
            .. Path.GetFileNameWithoutExtension(start.FileName) == "dotnet"
                ? ["exec", typeof(ZeroIpcStreamBench).Assembly.Location]
                : Array.Empty<string>(),
            "zeroipc-broadcast-bench-reader", "--segment", segment, "--policy", policy])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
