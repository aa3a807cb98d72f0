using System.Diagnostics;
using Plenum.Platform;
using Plenum.ZeroIpc;
using static Plenum.TestPeer.PeerOutput;

namespace Plenum.TestPeer;

/// <summary>What single operations of futures, channels and selects cost; for a quiet machine.</summary>
internal static class ZeroIpcCodataBench
{
    private const int Batch = 2_000_000;

    /// <summary>--segment NAME (made and removed): prints nanoseconds for each operation inside one process, best of
    /// seven.</summary>
    [Verb("zeroipc-codata-bench")]
    public static int Single(PeerArguments arguments)
    {
        string name = arguments.Text("segment");
        using SharedMemory memory = SharedMemory.Create(name, 4 << 20, new SharedMemoryOptions { MaxEntries = 512 });
        memory.HasForeignPeers = false;
        try
        {
            var future = SharedFuture<double>.Create(memory, "future");
            future.TrySet(1.5);
            Report("future get", Batch, () => Gets(future));
            var channel = SharedChannel<int>.Create(memory, "channel", 1024);
            Report("channel send+receive, buffered", Batch, () => Pairs(channel));
            var queue = SharedQueue<int>.Create(memory, "queue", 1024);
            Report("queue enqueue+dequeue, for comparison", Batch, () => QueuePairs(queue));
            var lazy = SharedLazy<double>.Constant(memory, "lazy", 2);
            Report("lazy force, computed", Batch, () => Forces(lazy));
            foreach (int count in new[] { 1, 8, 64 })
            {
                SharedChannel<int>[] channels =
                    [.. Enumerable.Range(0, count).Select(i => SharedChannel<int>.Create(memory, $"s{count}-{i}", 2))];
                SelectCase[] cases = [.. channels.Select(SelectCase (one) => one.Receiving())];
                Report($"send + select over {count}", Batch / 20, () => Selects(channels, cases));
            }

            return 0;
        }
        finally
        {
            SharedMemory.Remove(name);
        }
    }

    /// <summary>--segment NAME --cpu A --peer-cpu B [--sleep]: starts a second process and prints the round trip of two
    /// rendezvous messages (one there, one back), beside the ruler of the same moment. --sleep pauses before each, so
    /// that both sides sleep.</summary>
    [Verb("zeroipc-rendezvous-bench")]
    public static int Rendezvous(PeerArguments arguments)
    {
        string name = arguments.Text("segment");
        int rounds = (int)arguments.Number("rounds", 200_000);
        bool sleeps = arguments.Flag("sleep");
        using SharedMemory memory = SharedMemory.Create(name, 1 << 20);
        memory.HasForeignPeers = false;
        try
        {
            var there = SharedChannel<long>.Create(memory, "there", 0);
            var back = SharedChannel<long>.Create(memory, "back", 0);
            _ = ProcessorAffinity.TryPin((int)arguments.Number("cpu", 0));
            using Process peer = StartEcho(name, rounds, (int)arguments.Number("peer-cpu", 1));
            var times = new long[rounds];
            for (int i = 0; i < rounds; i++)
            {
                if (sleeps)
                {
                    Thread.Sleep(1);
                }

                long start = Stopwatch.GetTimestamp();
                there.Send(i);
                if (back.Receive() != i)
                {
                    return 1;
                }

                times[i] = Stopwatch.GetTimestamp() - start;
            }

            peer.WaitForExit();
            Array.Sort(times, rounds / 5, rounds - (rounds / 5));
            int at = rounds / 5;
            int left = rounds - at;
            Line($"message there and back: p50 {times[at + (left / 2)]} ns, p99 {times[at + (left * 99 / 100)]} ns");
            return 0;
        }
        finally
        {
            SharedMemory.Remove(name);
        }
    }

    /// <summary>The other side of <c>zeroipc-rendezvous-bench</c>.</summary>
    [Verb("zeroipc-rendezvous-echo")]
    public static int Echo(PeerArguments arguments)
    {
        _ = ProcessorAffinity.TryPin((int)arguments.Number("cpu"));
        return ZeroIpcCodataVerbs.Echo(arguments);
    }

    private static Process StartEcho(string segment, int rounds, int cpu)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        string[] words =
        [
            Environment.GetCommandLineArgs()[0], "zeroipc-rendezvous-echo", "--segment", segment, "--ours", "--count",
                $"{rounds}",
            "--cpu", $"{cpu}",
        ];
        foreach (string word in words)
        {
            start.ArgumentList.Add(word);
        }

        Process peer = Process.Start(start)!;
        _ = peer.StandardOutput.ReadLine();
        return peer;
    }

    private static void Report(string what, int operations, Func<double> body)
    {
        double best = double.MaxValue;
        for (int i = 0; i < 7; i++)
        {
            long start = Stopwatch.GetTimestamp();
            double check = body();
            double each = Stopwatch.GetElapsedTime(start).TotalNanoseconds / operations;
            best = check > 0 ? Math.Min(best, each) : best;
        }

        Line($"{what}: {best:F2} ns");
    }

    private static double Gets(SharedFuture<double> future)
    {
        double sum = 0;
        for (int i = 0; i < Batch; i++)
        {
            sum += future.Get();
        }

        return sum;
    }

    private static double Forces(SharedLazy<double> lazy)
    {
        double sum = 0;
        for (int i = 0; i < Batch; i++)
        {
            sum += lazy.Force();
        }

        return sum;
    }

    private static double Pairs(SharedChannel<int> channel)
    {
        double sum = 0;
        for (int i = 0; i < Batch; i++)
        {
            channel.Send(i);
            sum += channel.Receive();
        }

        return sum;
    }

    private static double QueuePairs(SharedQueue<int> queue)
    {
        double sum = 0;
        for (int i = 0; i < Batch; i++)
        {
            queue.TryEnqueue(i);
            queue.TryDequeue(out int value);
            sum += value;
        }

        return sum;
    }

    private static double Selects(SharedChannel<int>[] channels, SelectCase[] cases)
    {
        double sum = 0;
        for (int i = 0; i < Batch / 20; i++)
        {
            channels[i % channels.Length].Send(i);
            sum += 1 + SharedSelect.Wait(cases);
        }

        return sum;
    }
}
