using Plenum.Cli.Measurement;
using Plenum.Platform;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Measures ZeroIPC queues between two processes; this process receives, the peer answers or sends.</summary>
internal sealed class ZeroIpcMeasurement(MeasuringSession session)
{
    internal const string EchoVerb = "zeroipc-echo";
    internal const string SourceVerb = "zeroipc-source";
    internal const int ElementBytes = sizeof(long);
    internal const int BatchSize = 64;

    private const int Warmup = 4000;
    private const int MaxRounds = 60_000;
    private const int Slots = 8192;
    private const int PausesWhenIdle = 60;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly string _name = $"plenum-measure-{Environment.ProcessId}-zeroipc";

    /// <summary>Round trips of one element over two queues, for at most a time.</summary>
    /// <param name="time">How long at most.</param>
    /// <param name="pause">How long this process does nothing before each round, so that both sides sleep; zero for
    /// both awake.</param>
    internal PingPongResult PingPong(TimeSpan time, TimeSpan pause)
    {
        using SharedMemory memory = Create();
        SharedQueue<long> there = SharedQueue<long>.Create(memory, "there", 64);
        SharedQueue<long> back = SharedQueue<long>.Create(memory, "back", 64);
        session.Peer.Send($"{EchoVerb} {_name}");
        session.Peer.Expect("ready");
        bool right = true;
        int warmup = pause == TimeSpan.Zero ? Warmup : 20;
        var samples = new LatencySamples(MaxRounds);
        long end = MonotonicClock.Nanoseconds + (time.Ticks * 100);
        for (long round = 0; round < warmup + MaxRounds
            && (round < warmup || MonotonicClock.Nanoseconds < end); round++)
        {
            if (pause > TimeSpan.Zero)
            {
                session.Cancellation.ThrowIfCancellationRequested();
                Rest(pause);
            }

            long start = MonotonicClock.Nanoseconds;
            right &= there.TryEnqueue(round);
            if (!back.Dequeue(out long answer, s_patience, session.Cancellation))
            {
                throw new TimeoutException("the echoing process did not answer");
            }

            long stop = MonotonicClock.Nanoseconds;
            right &= answer == round;
            if (round >= warmup)
            {
                samples.Add(stop - start);
            }
        }

        right &= there.TryEnqueue(-1);
        session.Peer.Expect("done");
        return new PingPongResult(
            ElementBytes, samples.Count, samples.Percentile(0.5), samples.Percentile(0.99), samples.Percentile(0.999),
            right);
    }

    /// <summary>Elements from the peer to here for a time, one or 64 at once; each is compared.</summary>
    internal OneWayResult OneWay(int batch, TimeSpan time)
    {
        using SharedMemory memory = Create();
        SharedQueue<long> queue = SharedQueue<long>.Create(memory, "stream", Slots);
        session.Peer.Send($"{SourceVerb} {_name} {batch} {(long)time.TotalMilliseconds}");
        session.Peer.Expect("ready");
        long warm = MonotonicClock.Nanoseconds + (time.Ticks * 100 / 5);
        long next = 0, counted = 0, start = 0;
        bool right = true, over = false;
        Span<long> items = stackalloc long[BatchSize];
        long patience = MonotonicClock.Nanoseconds + (s_patience.Ticks * 100);
        while (!over)
        {
            int taken = batch == 1
                ? queue.TryDequeue(out items[0]) ? 1 : 0
                : queue.TryDequeue(items);
            foreach (long item in items[..taken])
            {
                over = item < 0;
                right &= over || item == next;
                next++;
            }

            counted += start == 0 ? 0 : taken;
            if (taken == 0)
            {
                BackOff();
                if (MonotonicClock.Nanoseconds > patience)
                {
                    throw new TimeoutException($"the sending process stopped after {next} elements");
                }
            }

            // The first fifth is dropped: two processes start, and their code is compiled.
            if (start == 0 && next % 1024 < BatchSize && MonotonicClock.Nanoseconds is var now && now >= warm)
            {
                start = now;
            }
        }

        double seconds = start == 0 ? 0 : (MonotonicClock.Nanoseconds - start) / 1e9;
        session.Peer.Expect("done");
        return new OneWayResult(ElementBytes, counted, seconds, right && next > 1);
    }

    /// <summary>The peer's half of <see cref="PingPong"/>.</summary>
    internal static void Echo(PeerLine line, Action ready)
    {
        using SharedMemory memory = SharedMemory.Open(line.Text(1));
        memory.HasForeignPeers = false;
        SharedQueue<long> there = SharedQueue<long>.Open(memory, "there");
        SharedQueue<long> back = SharedQueue<long>.Open(memory, "back");
        ready();
        while (there.Dequeue(out long item, s_patience) && item >= 0)
        {
            _ = back.TryEnqueue(item);
        }
    }

    /// <summary>The peer's half of <see cref="OneWay"/>; the last element is negative.</summary>
    internal static void Source(PeerLine line, Action ready)
    {
        using SharedMemory memory = SharedMemory.Open(line.Text(1));
        memory.HasForeignPeers = false;
        SharedQueue<long> queue = SharedQueue<long>.Open(memory, "stream");
        int batch = (int)line.Number(2);
        Span<long> items = stackalloc long[BatchSize];
        long next = 0;
        ready();
        long end = MonotonicClock.Nanoseconds + (line.Number(3) * 1_000_000);
        while (next % 4096 != 0 || MonotonicClock.Nanoseconds < end)
        {
            for (int i = 0; i < batch; i++)
            {
                items[i] = next++;
            }

            Send(queue, items[..batch]);
        }

        Send(queue, [-1]);
    }

    private static void Send(SharedQueue<long> queue, ReadOnlySpan<long> items)
    {
        long patience = 0;
        while (!items.IsEmpty)
        {
            int added = items.Length == 1 ? queue.TryEnqueue(items[0]) ? 1 : 0 : queue.TryEnqueue(items);
            items = items[added..];
            if (added != 0)
            {
                continue;
            }

            BackOff();
            patience = patience == 0 ? MonotonicClock.Nanoseconds + (s_patience.Ticks * 100) : patience;
            if (MonotonicClock.Nanoseconds > patience)
            {
                return;
            }
        }
    }

    // Lets the other side get ahead, so that the two do not work on one cache line.
    private static void BackOff()
    {
        for (int i = 0; i < PausesWhenIdle; i++)
        {
            SpinWaiter.Pause();
        }
    }

    private static void Rest(TimeSpan pause)
    {
        long until = MonotonicClock.Nanoseconds + (pause.Ticks * 100);
        while (MonotonicClock.Nanoseconds < until)
        {
            SpinWaiter.Pause();
        }
    }

    private SharedMemory Create()
    {
        Remove();
        SharedMemory memory = SharedMemory.Create(_name, 1 << 20);
        memory.HasForeignPeers = false;
        return memory;
    }

    /// <summary>Removes the segment.</summary>
    internal void Remove() => _ = SharedMemory.Remove(_name);
}
