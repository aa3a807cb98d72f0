using System.Diagnostics;
using Plenum.Platform;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.ZeroIpc;

/// <summary>Both halves of every measurement between two processes. Each checks what it received.</summary>
internal sealed class Scenarios
{
    private const int BatchSize = 64;
    private const int RoundsPerSample = 100;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly SharedQueue<long> _there;
    private readonly SharedQueue<long> _back;
    private readonly SharedQueue<int> _stream;
    private readonly SharedBarrier _barrier;
    private readonly SharedMutex _mutex;
    private readonly SharedArray<long> _owner;
    private readonly SharedSignal<long> _ping;
    private readonly SharedSignal<long> _pong;
    private readonly SharedUInt32 _futexThere;
    private readonly SharedUInt32 _futexBack;

    // The version that the following process answered last; it may not look only when it begins, because the leading
    // one may have begun before.
    private ulong _answered;

    internal Scenarios(SharedMemory memory)
    {
        _there = SharedQueue<long>.CreateOrOpen(memory, "there", 64);
        _back = SharedQueue<long>.CreateOrOpen(memory, "back", 64);
        _stream = SharedQueue<int>.CreateOrOpen(memory, "stream", 8192);
        _barrier = SharedBarrier.CreateOrOpen(memory, "barrier", 2);
        _mutex = SharedMutex.CreateOrOpen(memory, "mutex");
        _owner = SharedArray<long>.CreateOrOpen(memory, "owner", 64);
        _ping = SharedSignal<long>.CreateOrOpen(memory, "ping", 0);
        _pong = SharedSignal<long>.CreateOrOpen(memory, "pong", 0);
        SharedSegment raw = Raw = SharedSegment.Open(
            SegmentName.Parse(memory.Name + "-raw"), SegmentAccess.ReadWrite);
        _futexThere = raw.UInt32(2048);
        _futexBack = raw.UInt32(3072);
        All = new Dictionary<string, Scenario>(StringComparer.Ordinal)
        {
            ["queue-ping-pong"] = new("queue, round trip", 100_000, QueuePing, QueuePong),
            ["queue-one-way"] = new("queue, one way, single", 5_000_000, StreamIn, StreamOut, IsRate: true),
            ["queue-batches"] = new(
                $"queue, one way, {BatchSize} at once", 20_000_000, BatchesIn, BatchesOut, IsRate: true),
            ["barrier"] = new("barrier, cycle", 50_000, Cycle, rounds => _ = Cycle(rounds)),
            ["mutex"] = new("mutex, contended hand-over", 50_000, rounds => HandOver(rounds, 1),
                rounds => _ = HandOver(rounds, 2)),
            ["signal"] = new("signal, change seen", 50_000, SignalPing, SignalPong),
            ["asleep-futex"] = new("raw futex, round trip asleep", 600, FutexPing, FutexPong),
            ["asleep-queue"] = new("queue, round trip asleep", 600, QueueAsleep, QueuePong),
            ["asleep-signal"] = new("signal, round trip asleep", 600, SignalAsleep, SignalPong),
            ["idle"] = new("idle waiter, CPU in 2 s", 1, Idle, _ => Take(_there, -1)),
        };
    }

    internal SharedSegment Raw { get; }

    internal IReadOnlyDictionary<string, Scenario> All { get; }

    private static void Check(bool right, string what)
    {
        if (!right)
        {
            throw new InvalidOperationException($"wrong answer: {what}");
        }
    }

    // Lets the other side get ahead, so that the two do not work on one cache line.
    private static void BackOff()
    {
        for (int i = 0; i < 60; i++)
        {
            SpinWaiter.Pause();
        }
    }

    private static long Take(SharedQueue<long> queue, long expected)
    {
        Check(queue.Dequeue(out long value, s_patience), "no element");
        Check(expected < 0 || value == expected, "another element");
        return value;
    }

    // The median over batches of rounds.
    private static double Batches(long rounds, Action<long> round)
    {
        var samples = new double[rounds / RoundsPerSample];
        long number = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int k = 0; k < RoundsPerSample; k++)
            {
                round(number++);
            }

            samples[i] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / RoundsPerSample;
        }

        Array.Sort(samples);
        return samples[samples.Length / 2];
    }

    // The median over rounds that start when the other side sleeps for long.
    private static double Asleep(long rounds, Action<long> round)
    {
        var samples = new double[rounds];
        for (int i = 0; i < samples.Length; i++)
        {
            long until = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 5000);
            while (Stopwatch.GetTimestamp() < until)
            {
                SpinWaiter.Pause();
            }

            long start = Stopwatch.GetTimestamp();
            round(i);
            samples[i] = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        }

        Array.Sort(samples);
        return samples[samples.Length / 2];
    }

    private double QueuePing(long rounds) => Batches(rounds, QueueRound);

    private double QueueAsleep(long rounds) => Asleep(rounds, QueueRound);

    private void QueueRound(long number)
    {
        Check(_there.TryEnqueue(number), "queue full");
        _ = Take(_back, number);
    }

    private void QueuePong(long rounds)
    {
        for (long i = 0; i < rounds; i++)
        {
            Check(_back.TryEnqueue(Take(_there, i)), "queue full");
        }
    }

    private double StreamIn(long rounds)
    {
        Check(_stream.Dequeue(out int first, s_patience) && first == 0, "no stream");
        long start = Stopwatch.GetTimestamp();
        for (int i = 1; i < rounds; i++)
        {
            int value;
            while (!_stream.TryDequeue(out value))
            {
                BackOff();
            }

            Check(value == i, "another element");
        }

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / (rounds - 1);
    }

    private void StreamOut(long rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            while (!_stream.TryEnqueue(i))
            {
                BackOff();
            }
        }
    }

    private double BatchesIn(long rounds)
    {
        int[] items = new int[BatchSize];
        long start = Stopwatch.GetTimestamp();
        for (int next = 0; next < rounds;)
        {
            int taken = _stream.TryDequeue(items.AsSpan());
            for (int i = 0; i < taken; i++)
            {
                Check(items[i] == next++, "another element");
            }

            if (taken == 0)
            {
                BackOff();
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / rounds;
    }

    private void BatchesOut(long rounds)
    {
        int[] items = new int[BatchSize];
        for (int next = 0; next < rounds; next += BatchSize)
        {
            for (int i = 0; i < BatchSize; i++)
            {
                items[i] = next + i;
            }

            ReadOnlySpan<int> left = items.AsSpan(0, (int)Math.Min(BatchSize, rounds - next));
            while (!left.IsEmpty)
            {
                int added = _stream.TryEnqueue(left);
                left = left[added..];
                if (added == 0)
                {
                    BackOff();
                }
            }
        }
    }

    private double Cycle(long rounds) => Batches(rounds, _ => Check(_barrier.SignalAndWait(s_patience), "no barrier"));

    // From just before one process unlocks until the other, which waits in the line, has the lock; the median. Each
    // holds it for about a microsecond, so that the other one is in the line by then; a fair lock changes hands every
    // time.
    private double HandOver(long rounds, long self)
    {
        Check(_barrier.SignalAndWait(s_patience), "no barrier");
        var samples = new List<double>((int)rounds);
        for (long i = 0; i < rounds; i++)
        {
            using (_mutex.Lock())
            {
                long now = Stopwatch.GetTimestamp();
                if (_owner.ReadAcquire(0) != self)
                {
                    samples.Add(Stopwatch.GetElapsedTime(_owner.ReadAcquire(8), now).TotalNanoseconds);
                }

                _owner.WriteRelease(0, self);
                for (int k = 0; k < 25; k++)
                {
                    SpinWaiter.Pause();
                }

                _owner.WriteRelease(8, Stopwatch.GetTimestamp());
            }
        }

        // The one that ends first leaves the other alone for its last rounds.
        Check(samples.Count > rounds / 2, $"unfair: {samples.Count} changes of hands in {rounds} locks");
        Check(_barrier.SignalAndWait(s_patience), "no barrier");
        samples.Sort();
        return samples[samples.Count / 2];
    }

    private double SignalPing(long rounds) => Batches(rounds, SignalRound) / 2;

    private double SignalAsleep(long rounds) => Asleep(rounds, SignalRound);

    private void SignalRound(long number)
    {
        ulong known = _pong.Version;
        _ping.Set(number);
        Check(_pong.WaitForChange(known, s_patience, out SignalReading<long> seen), "no change");
        Check(seen.Value == number, "another value");
    }

    private void SignalPong(long rounds)
    {
        for (long i = 0; i < rounds; i++)
        {
            Check(_ping.WaitForChange(_answered, s_patience, out SignalReading<long> seen), "no change");
            _answered = seen.Version;
            _pong.Set(seen.Value);
        }
    }

    private double FutexPing(long rounds)
    {
        uint number = 0;
        return Asleep(rounds, _ =>
        {
            _futexThere.WriteRelease(++number);
            _ = SharedFutex.Wake(_futexThere);
            WaitFor(_futexBack, number);
        });
    }

    private void FutexPong(long rounds)
    {
        for (uint i = 1; i <= rounds; i++)
        {
            WaitFor(_futexThere, i);
            _futexBack.WriteRelease(i);
            _ = SharedFutex.Wake(_futexBack);
        }

        _futexThere.WriteRelease(0);
    }

    private static void WaitFor(SharedUInt32 word, uint value)
    {
        while (word.ReadAcquire() is var seen && seen != value)
        {
            _ = SharedFutex.Wait(word, seen, s_patience);
        }
    }

    private double Idle(long rounds)
    {
        Thread.Sleep(2000);
        Check(_there.TryEnqueue(rounds), "queue full");
        return 0;
    }
}
