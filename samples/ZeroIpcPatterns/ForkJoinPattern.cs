using System.Diagnostics;
using Plenum.ZeroIpc;

namespace Plenum.Samples.ZeroIpcPatterns;

/// <summary>Work split over a pool of processes, because consumers of one stream share its values, and joined
/// again.</summary>
internal static class ForkJoinPattern
{
    private const int Workers = 3;
    private const int Parts = 60;
    private const int PartLength = 10_000;

    internal static void Run(SharedMemory memory)
    {
        SharedStream<int> parts = SharedStream<int>.Create(memory, "parts", 8);
        SharedStream<long> results = SharedStream<long>.Create(memory, "results", Parts);
        Process[] workers = [.. Enumerable.Range(0, Workers).Select(i => Program.Start("fork-join", memory, i))];
        for (int part = 0; part < Parts; part++)
        {
            _ = parts.Emit(part);
        }

        parts.Close();
        long sum = 0;
        for (int i = 0; i < Parts; i++)
        {
            _ = results.Next(out long result, Timeout.InfiniteTimeSpan);
            sum += result;
        }

        Array.ForEach(workers, worker => worker.WaitForExit());
        Array.ForEach(workers, worker => worker.Dispose());
        long n = (long)Parts * PartLength;
        Console.WriteLine($"joined: {sum}, expected {n * (n - 1) / 2}");
    }

    internal static void Work(SharedMemory memory, int index)
    {
        SharedStream<long> results = SharedStream<long>.Open(memory, "results");
        int done = 0;
        foreach (int part in SharedStream<int>.Open(memory, "parts").AsEnumerable())
        {
            long sum = 0;
            for (long i = (long)part * PartLength; i < (part + 1L) * PartLength; i++)
            {
                sum += i;
            }

            _ = results.Emit(sum);
            done++;
        }

        Console.WriteLine($"worker {index}: {done} parts");
    }
}
