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
    private const int StateCell = 1;
    private const int CountCells = 16;
    private const ulong Going = 1;
    private const ulong Over = 2;
    private const int Pairs = 50;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_warming = TimeSpan.FromSeconds(0.25);

    internal override int WarmUps => 0;

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("cr");
        using SharedMemory memory = SharedMemory.Create(name, 1 << 20);
        memory.HasForeignPeers = false;
        SharedArray<ulong> cells = SharedArray<ulong>.Create(memory, "cells", (processes + 1) * CountCells);
        SharedQueue<ulong> queue = SharedQueue<ulong>.Create(memory, Queue, 1024);
        SharedMutex.Create(memory, Mutex);
        try
        {
            side.Start(Name);
            for (ulong i = 1; i <= 128; i++)
            {
                queue.TryEnqueue(i);
            }

            Process[] crowd = [.. Enumerable.Range(1, processes).Select(i => Start(name, i, side.Processors))];
            Array.ForEach(crowd, one => one.StandardOutput.ReadLine());
            (long[] counts, double seconds) = Watch(cells, time * 2);
            Array.ForEach(crowd, one => one.WaitForExit());
            side.Finish();
            return new CaseOutcome
            {
                Operations = counts.Sum(),
                Seconds = seconds,
                Verified = IsWhole(cells, queue) && Array.TrueForAll(crowd, one => one.ExitCode == 0),
                Note = FormattableString.Invariant($"least {counts.Min()}, most {counts.Max()} of one process"),
            };
        }
        finally
        {
            SharedMemory.Remove(name);
        }
    }

    /// <summary>What each of the crowd does.</summary>
    internal static int Run(string what, string name, int index)
    {
        using SharedMemory memory = SharedMemory.Open(name);
        memory.HasForeignPeers = false;
        SharedArray<ulong> cells = SharedArray<ulong>.Open(memory, "cells");
        SharedQueue<ulong> queue = SharedQueue<ulong>.Open(memory, Queue);
        SharedMutex mutex = SharedMutex.Open(memory, Mutex);

        // Compiled before the crowd starts: 64 processes that compile on two processors would be all that is measured.
        int mine = index * CountCells;
        for (long end = MonotonicClock.Nanoseconds + (s_warming.Ticks * 100); MonotonicClock.Nanoseconds < end;)
        {
            _ = what == Queue ? Move(queue) : Turn(mutex, cells, mine + 1);
            Thread.Sleep(1);
        }

        Console.WriteLine("ready");
        while (cells.ReadAcquire(StateCell) < Going)
        {
            Thread.Sleep(20);
        }

        long count = 0;
        while (cells.ReadAcquire(StateCell) != Over)
        {
            count += what == Queue ? Move(queue) : Turn(mutex, cells, mine + 1);
            cells.WriteRelease(mine, (ulong)count);
        }

        return 0;
    }

    // The counts as they stand when the time is over: neither the processes' start nor their end is measured.
    private (long[] Counts, double Seconds) Watch(SharedArray<ulong> cells, TimeSpan time)
    {
        using var pause = new ManualResetEventSlim();
        cells.WriteRelease(StateCell, Going);
        pause.Wait(s_settling);
        long[] before = Counts(cells);
        long start = MonotonicClock.Nanoseconds;
        pause.Wait(time);
        long[] counts = Counts(cells);
        double seconds = (MonotonicClock.Nanoseconds - start) / 1e9;
        cells.WriteRelease(StateCell, Over);
        return ([.. counts.Zip(before, (now, then) => now - then)], seconds);
    }

    private long[] Counts(SharedArray<ulong> cells) =>
        [.. Enumerable.Range(1, processes).Select(i => (long)cells.ReadAcquire(i * CountCells))];

    // Nothing lost and nothing twice: the 128 values are still there once each, the mutex's count is the sum of all.
    private bool IsWhole(SharedArray<ulong> cells, SharedQueue<ulong> queue)
    {
        if (what == Mutex)
        {
            return cells.ReadAcquire(0) == (ulong)Enumerable.Range(1, processes).Sum(
                i => (long)cells.ReadAcquire((i * CountCells) + 1));
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

    private static int Turn(SharedMutex mutex, SharedArray<ulong> cells, int mine)
    {
        for (int i = 0; i < Pairs; i++)
        {
            using (mutex.Lock())
            {
                // Not atomic on purpose: a turn that overlaps another loses a count.
                cells[0] += 1;
            }
        }

        cells[mine] += Pairs;

        return Pairs;
    }

    private Process Start(string name, int index, IReadOnlyList<int> processors)
    {
        string[] own = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? [Environment.ProcessPath!, typeof(CrowdCase).Assembly.Location] : [Environment.ProcessPath!];

        // Not real-time: more such processes than processors would never give way to each other. Nice, which goes on
        // with a warning where it is not permitted, keeps other work of the machine away.
        string[] words =
            ["--other", "0", "nice", "-n", "-19", "taskset", "-c", string.Join(',', processors), .. own, Verb, what,
                name,
            index.ToString(CultureInfo.InvariantCulture)];
        var info = new ProcessStartInfo("chrt", words)
        {
            RedirectStandardOutput = true,
        };

        // Compiled once, before the crowd starts: 64 processes that compile their methods again in the background would
        // be most of what is measured.
        info.Environment["DOTNET_TieredCompilation"] = "0";
        return Process.Start(info) ?? throw new InvalidOperationException("a process of the crowd did not start");
    }
}
