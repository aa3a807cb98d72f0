using Plenum.Cli.Measurement;
using Plenum.Platform;
using Plenum.VoidShm;

namespace Plenum.Cli.Commands.Void;

/// <summary>Measures VOID shared memory between two processes: matrices there and back, and verified snapshots of a
/// writer that runs flat out.</summary>
internal sealed class VoidMeasurement(MeasuringSession session)
{
    internal const string EchoVerb = "void-echo";
    internal const string SourceVerb = "void-source";

    // Every float of the k-th frame is k modulo this, which float32 holds exactly.
    private const uint Modulus = 1 << 20;
    private const int Warmup = 2000;
    private const int MaxRounds = 60_000;
    private const float End = -1;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly VoidReaderOptions s_reading = new() { Wait = WaitStrategy.Latency };

    // Names have at most 31 bytes.
    private readonly string _name = $"plenum-void-{Environment.ProcessId}";

    /// <summary>Round trips of one matrix through two segments, for at most a time.</summary>
    internal PingPongResult PingPong(int floats, TimeSpan time)
    {
        using VoidShmWriter writer = VoidShmWriter.Connect(_name + "-ask", 1, floats);
        session.Peer.Send($"{EchoVerb} {_name} {floats}");
        session.Peer.Expect("ready");
        using var reader = new VoidAttachedReader(_name + "-answer", s_reading);
        var samples = new LatencySamples(MaxRounds);
        float[] values = new float[floats];
        float[] answer = new float[floats];
        long end = long.MaxValue;
        for (int round = 0; round < Warmup + MaxRounds; round++)
        {
            if (round == Warmup)
            {
                end = MonotonicClock.Nanoseconds + (time.Ticks * 100);
            }

            session.Cancellation.ThrowIfCancellationRequested();
            values.AsSpan().Fill(1 + (round % Modulus));
            long before = MonotonicClock.Nanoseconds;
            if (before >= end)
            {
                break;
            }

            writer.Write(values);
            AwaitAnswer(reader, values, answer);
            if (round >= Warmup)
            {
                samples.Add(MonotonicClock.Nanoseconds - before);
            }
        }

        values.AsSpan().Fill(End);
        writer.Write(values);
        session.Peer.Expect("done");
        return new PingPongResult(
            floats * sizeof(float), samples.Count, samples.Percentile(0.5), samples.Percentile(0.99),
            samples.Percentile(0.999), samples.Count > 0);
    }

    /// <summary>Snapshots of a writer in the peer that runs flat out, every float of each compared. Frames that were
    /// seen before are snapshots, but not messages.</summary>
    internal OneWayResult OneWay(int floats, TimeSpan time)
    {
        using VoidShmWriter stop = VoidShmWriter.Connect(_name + "-stop", 1);
        session.Peer.Send($"{SourceVerb} {_name} {floats} {(long)(time + s_patience).TotalMilliseconds}");
        session.Peer.Expect("ready");
        using var reader = new VoidAttachedReader(_name + "-stream", s_reading);
        float[] values = new float[floats];
        bool right = true;
        long snapshots = 0;
        long frames = 0;
        ulong last = 0;
        long start = MonotonicClock.Nanoseconds;
        long end = start + (time.Ticks * 100);
        long now = start;
        while (now < end || frames == 0)
        {
            if (reader.TryRead(values, out VoidSnapshot snapshot))
            {
                right &= snapshot.Verification == VoidVerification.Verified
                    && snapshot.Frame >= last
                    && !values.AsSpan().ContainsAnyExcept(snapshot.Frame % Modulus);
                snapshots++;
                frames += snapshot.Frame != last ? 1 : 0;
                last = snapshot.Frame;
            }

            now = MonotonicClock.Nanoseconds;
            session.Cancellation.ThrowIfCancellationRequested();
            if (now > end + (s_patience.Ticks * 100))
            {
                throw new TimeoutException("not one frame of the writing process was read");
            }
        }

        // The peer writes until it is told, so that every snapshot was taken beside a running writer.
        stop.Write([End]);
        session.Peer.Expect("done");
        return new OneWayResult(floats * sizeof(float), frames, (now - start) / 1e9, right) { Snapshots = snapshots };
    }

    /// <summary>The peer's half of <see cref="PingPong"/>.</summary>
    internal static void Echo(PeerLine line, Action ready)
    {
        int floats = (int)line.Number(2);
        using VoidShmWriter writer = VoidShmWriter.Connect(line.Text(1) + "-answer", 1, floats);
        using var reader = new VoidAttachedReader(line.Text(1) + "-ask", s_reading);
        float[] values = new float[floats];
        reader.TryRead(values, out _);
        ready();
        while (reader.WaitForNext(s_patience) == VoidWaitResult.NewFrame)
        {
            if (!reader.TryRead(values, out _))
            {
                continue;
            }

            if (values[0] == End)
            {
                return;
            }

            writer.Write(values);
        }
    }

    /// <summary>The peer's half of <see cref="OneWay"/>: writes without pause until it is told to stop.</summary>
    internal static void Source(PeerLine line, Action ready)
    {
        int floats = (int)line.Number(2);
        using VoidShmWriter writer = VoidShmWriter.Connect(line.Text(1) + "-stream", 1, floats);
        using var stop = new VoidAttachedReader(line.Text(1) + "-stop");
        float[] values = new float[floats];
        int between = SlotRuler.LookEvery(floats * sizeof(float));
        Span<float> told = stackalloc float[1];
        long end = MonotonicClock.Nanoseconds + (line.Number(3) * 1_000_000);
        for (long index = 0; ; index++)
        {
            values.AsSpan().Fill((writer.Frame + 1) % Modulus);
            writer.Write(values);
            if (index == 0)
            {
                ready();
            }

            if (index % between == 0
                && ((stop.TryRead(told, out _) && told[0] == End) || MonotonicClock.Nanoseconds >= end))
            {
                return;
            }
        }
    }

    private static void AwaitAnswer(VoidAttachedReader reader, float[] sent, float[] answer)
    {
        do
        {
            if (reader.WaitForNext(s_patience) != VoidWaitResult.NewFrame)
            {
                throw new TimeoutException("the echoing process did not answer");
            }

            reader.TryRead(answer, out _);
        }
        while (!answer.AsSpan().SequenceEqual(sent));
    }
}
