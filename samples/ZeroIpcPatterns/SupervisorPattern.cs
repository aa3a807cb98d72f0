using System.Diagnostics;
using Plenum.ZeroIpc;

namespace Plenum.Samples.ZeroIpcPatterns;

/// <summary>A worker that crashes on one job, and a supervisor that starts another one; no other job is lost.</summary>
internal static class SupervisorPattern
{
    private const int Count = 20;
    private const int Poison = 7;

    internal static void Run(SharedMemory memory)
    {
        SharedStream<int> jobs = SharedStream<int>.Create(memory, "jobs", Count);
        SharedStream<int> results = SharedStream<int>.Create(memory, "results", Count);
        _ = jobs.TryEmit([.. Enumerable.Range(1, Count)]);
        jobs.Close();
        int starts = 0;
        while (!jobs.IsCompleted)
        {
            starts++;
            using Process worker = Program.Start("supervisor", memory, starts);
            worker.WaitForExit();
        }

        int[] done = new int[Count];
        int count = results.TryNext(done);
        Console.WriteLine($"supervisor: {starts} workers, {count} of {Count} jobs done, poison left out: "
            + $"{!done.Contains(Poison)}");
    }

    internal static void Work(SharedMemory memory, int index)
    {
        SharedStream<int> results = SharedStream<int>.Open(memory, "results");
        foreach (int job in SharedStream<int>.Open(memory, "jobs").AsEnumerable())
        {
            if (job == Poison)
            {
                // As a crash ends it: nothing is disposed, no handler runs.
                Process.GetCurrentProcess().Kill();
            }

            _ = results.Emit(job);
        }

        Console.WriteLine($"worker {index}: no more jobs");
    }
}
