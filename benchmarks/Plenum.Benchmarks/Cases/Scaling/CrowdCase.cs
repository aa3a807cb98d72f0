using System.Diagnostics;
using System.Globalization;
using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.Cases.Scaling;

/// <summary>Many processes at one structure on two processors: what one operation costs all of them together.</summary>
/// <remarks>Oversubscribed on purpose: a structure that waits for a descheduled process would collapse here.</remarks>
internal sealed class CrowdCase(string what, int processes) : PairCase(
    $"scale/{what}-processes-{processes}",
    $"{processes} processes at one {what}, all as fast as they can: time of one operation")
{
    internal const string Verb = "crowd";
    internal const string Queue = "queue";
    internal const string Mutex = "mutex";
    private const int StopCell = 1;
    private const int Pairs = 50;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    internal override int WarmUps => 0;

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("cr");
        using SharedMemory memory = SharedMemory.Create(name, 1 << 20);
        memory.HasForeignPeers = false;
        SharedArray<ulong> cells = SharedArray<ulong>.Create(memory, "cells", 4);
        SharedQueue<ulong> queue = SharedQueue<ulong>.Create(memory, Queue, 1024);
        SharedMutex.Create(memory, Mutex);
        try
        {
            side.Start(Name);
            for (ulong i = 1; i <= 128; i++)
            {
                queue.TryEnqueue(i);
            }

            Process[] crowd = [.. Enumerable.Range(0, processes).Select(_ => Start(name, side.Processors))];
            long start = MonotonicClock.Nanoseconds;
            Array.ForEach(crowd, one => one.StandardInput.WriteLine("go"));
            using (var pause = new ManualResetEventSlim())
            {
                pause.Wait(time * 2);
            }

            cells.WriteRelease(StopCell, 1);
            long[] counts = [.. crowd.Select(one => long.Parse(
                one.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture))];
            double seconds = (MonotonicClock.Nanoseconds - start) / 1e9;
            Array.ForEach(crowd, one => one.WaitForExit());
            side.Finish();
            return new CaseOutcome
            {
                Operations = counts.Sum(),
                Seconds = seconds,
                Verified = IsWhole(cells, queue, counts),
                Note = FormattableString.Invariant($"least {counts.Min()}, most {counts.Max()} of one process"),
            };
        }
        finally
        {
            SharedMemory.Remove(name);
        }
    }

    /// <summary>What each of the crowd does.</summary>
    internal static int Run(string what, string name)
    {
        using SharedMemory memory = SharedMemory.Open(name);
        memory.HasForeignPeers = false;
        SharedArray<ulong> cells = SharedArray<ulong>.Open(memory, "cells");
        SharedQueue<ulong> queue = SharedQueue<ulong>.Open(memory, Queue);
        SharedMutex mutex = SharedMutex.Open(memory, Mutex);
        Console.WriteLine("ready");
        Console.ReadLine();
        long count = 0;
        while (cells.ReadAcquire(StopCell) == 0)
        {
            count += what == Queue ? Move(queue) : Turn(mutex, cells);
        }

        Console.Write(count.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    // Nothing lost and nothing twice: the 128 values are still there once each, the mutex's count is the sum of all.
    private bool IsWhole(SharedArray<ulong> cells, SharedQueue<ulong> queue, long[] counts)
    {
        if (what == Mutex)
        {
            return cells.ReadAcquire(0) == (ulong)counts.Sum();
        }

        var left = new HashSet<ulong>();
        while (queue.TryDequeue(out ulong value))
        {
            left.Add(value);
        }

        return left.Count == 128;
    }

    private static int Move(SharedQueue<ulong> queue)
    {
        int moved = 0;
        for (int i = 0; i < Pairs; i++)
        {
            if (queue.TryDequeue(out ulong value))
            {
                queue.Enqueue(value, s_patience);
                moved++;
            }
        }

        return moved;
    }

    private static int Turn(SharedMutex mutex, SharedArray<ulong> cells)
    {
        for (int i = 0; i < Pairs; i++)
        {
            using (mutex.Lock())
            {
                // Not atomic on purpose: a turn that overlaps another loses a count.
                cells[0] += 1;
            }
        }

        return Pairs;
    }

    private Process Start(string name, IReadOnlyList<int> processors)
    {
        string[] own = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? [Environment.ProcessPath!, typeof(CrowdCase).Assembly.Location] : [Environment.ProcessPath!];

        // At ordinary priority: more real-time processes than processors would never give way to each other.
        string[] words =
            ["--other", "0", "taskset", "-c", string.Join(',', processors), .. own, Verb, what, name];
        var info = new ProcessStartInfo("chrt", words)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(info)
            ?? throw new InvalidOperationException("a process of the crowd did not start");
        process.StandardOutput.ReadLine();
        return process;
    }
}
