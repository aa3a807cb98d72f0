using System.Diagnostics;
using Plenum.ZeroIpc;

namespace Plenum.Samples.ZeroIpcPatterns;

/// <summary>A fast producer, a stream of eight places, a consumer: the producer is slowed down, nothing is
/// lost.</summary>
internal static class BackpressurePattern
{
    private const int Count = 1_000;

    internal static void Run(SharedMemory memory)
    {
        SharedStream<int> jobs = SharedStream<int>.Create(memory, "jobs", 8);
        using Process consumer = Program.Start("backpressure", memory);
        int held = 0;
        for (int job = 1; job <= Count; job++)
        {
            if (!jobs.TryEmit(job))
            {
                held++;
                _ = jobs.Emit(job);
            }
        }

        jobs.Close();
        consumer.WaitForExit();
        Console.WriteLine($"producer: {Count} jobs through 8 places, held up at least once: {held > 0}");
    }

    internal static void Consume(SharedMemory memory, int index)
    {
        long sum = 0;
        foreach (int job in SharedStream<int>.Open(memory, "jobs").AsEnumerable())
        {
            sum += job;
        }

        Console.WriteLine($"consumer: sum {sum}, expected {Count * (Count + 1L) / 2}");
    }
}
