using Plenum.Cli.Measurement;
using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>Measures ZeroBuffer between two processes; this process reads, the peer writes or echoes.</summary>
internal sealed class ZeroBufferMeasurement(MeasuringSession session)
{
    internal const string EchoVerb = "zerobuffer-echo";
    internal const string SourceVerb = "zerobuffer-source";

    private const int Warmup = 4000;
    private const int MaxRounds = 60_000;
    private const int RingFrames = 4;
    private const long MinimumRingBytes = 256 * 1024;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly string _name = $"plenum-measure-{Environment.ProcessId}";

    /// <summary>Round trips of one message, for at most a time.</summary>
    internal PingPongResult PingPong(int sizeBytes, TimeSpan time)
    {
        string request = _name + "-request";
        string response = _name + "-response";
        using var reader = ZeroBufferReader.Create(response, Options(sizeBytes));
        session.Peer.Send($"{EchoVerb} {request} {response} {sizeBytes}");
        session.Peer.Expect("ready");
        bool right = true;
        var samples = new LatencySamples(MaxRounds);
        long rounds = 0;
        using (ZeroBufferWriter writer =
            ZeroBufferWriter.Connect(request, s_patience, Options(sizeBytes), session.Cancellation))
        {
            var pattern = new FramePattern(FramePattern.Sequential);
            byte[] message = new byte[sizeBytes];
            long end = MonotonicClock.Nanoseconds + (time.Ticks * 100);
            for (; rounds < Warmup + MaxRounds && (rounds < Warmup || MonotonicClock.Nanoseconds < end); rounds++)
            {
                pattern.Fill(message, rounds);
                long start = MonotonicClock.Nanoseconds;
                writer.Write(message, session.Cancellation);
                if (reader.Read(out Frame frame, s_patience, session.Cancellation) != ReadOutcome.Frame)
                {
                    throw new TimeoutException("the echoing process did not answer");
                }

                long stop = MonotonicClock.Nanoseconds;
                using (frame)
                {
                    right &= pattern.Matches(frame.Span, rounds);
                }

                if (rounds >= Warmup)
                {
                    samples.Add(stop - start);
                }
            }
        }

        session.Peer.Expect("done");
        return new PingPongResult(
            sizeBytes, samples.Count, samples.Percentile(0.5), samples.Percentile(0.99), samples.Percentile(0.999),
                right);
    }

    /// <summary>Frames from the peer to here for a time, every byte of each compared.</summary>
    internal OneWayResult OneWay(int sizeBytes, TimeSpan time, Action<long, double>? progress = null)
    {
        string name = _name + "-stream";
        using var reader = ZeroBufferReader.Create(name, Options(sizeBytes));
        session.Peer.Send($"{SourceVerb} {name} {sizeBytes} {(long)time.TotalMilliseconds}");
        session.Peer.Expect("ready");
        var pattern = new FramePattern(FramePattern.Sequential);
        long messages = 0;
        long counted = 0;
        bool right = true;
        long start = 0;
        long reported = 0;
        int between = LookEvery(sizeBytes);
        long warm = MonotonicClock.Nanoseconds + (time.Ticks * 100 / 5);
        while (true)
        {
            ReadOutcome outcome = reader.Read(out Frame frame, s_patience, session.Cancellation);
            if (outcome == ReadOutcome.WriterClosed)
            {
                break;
            }

            if (outcome != ReadOutcome.Frame)
            {
                throw new TimeoutException($"the writing process stopped after {messages} frames ({outcome})");
            }

            using (frame)
            {
                right &= frame.Sequence == (ulong)messages + 1 && frame.SizeBytes == sizeBytes
                    && pattern.Matches(frame.Span, messages);
            }

            messages++;
            counted += start == 0 ? 0 : 1;
            if (messages % between == 0 && MonotonicClock.Nanoseconds is var now)
            {
                // The first fifth is dropped: two processes start, and their code is compiled.
                start = start == 0 && now >= warm ? now : start;
                if (progress is not null && start != 0 && now - reported > 100_000_000)
                {
                    reported = now;
                    progress(messages, (now - start) / 1e9 * messages / Math.Max(counted, 1));
                }
            }
        }

        double seconds = start == 0 ? 0 : (MonotonicClock.Nanoseconds - start) / 1e9;
        session.Peer.Expect("done");
        return new OneWayResult(sizeBytes, counted, seconds, right && messages > 0);
    }

    /// <summary>The peer's half of <see cref="PingPong"/>.</summary>
    internal static void Echo(PeerLine line, Action ready)
    {
        int size = (int)line.Number(3);
        using var reader = ZeroBufferReader.Create(line.Text(1), Options(size));
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(line.Text(2), s_patience, Options(size));
        ready();
        while (reader.Read(out Frame frame, s_patience) == ReadOutcome.Frame)
        {
            using (frame)
            {
                writer.Write(frame.Span);
            }
        }
    }

    /// <summary>The peer's half of <see cref="OneWay"/>: fills every frame in place.</summary>
    internal static void Source(PeerLine line, Action ready)
    {
        int size = (int)line.Number(2);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(line.Text(1), s_patience, Options(size));
        var pattern = new FramePattern(FramePattern.Sequential);
        long end = MonotonicClock.Nanoseconds + (line.Number(3) * 1_000_000);
        int between = LookEvery(size);
        ready();
        for (long index = 0; index % between != 0 || MonotonicClock.Nanoseconds < end; index++)
        {
            using FrameReservation frame = writer.Reserve(size);
            pattern.Fill(frame.Span, index);
            frame.Commit();
        }
    }

    // Frames between two looks at the clock, which costs as much as a small frame.
    private static int LookEvery(int sizeBytes) => Math.Clamp(64 * 1024 / sizeBytes, 1, 256);

    private static ZeroBufferOptions Options(int sizeBytes) => new()
    {
        MetadataSizeBytes = 64,
        PayloadSizeBytes = Math.Max(MinimumRingBytes, RingFrames * (sizeBytes + 16L)),
        Segment = new SegmentOptions { Prefault = true },
        WaitStrategy = WaitStrategy.Latency,
        WriteTimeout = s_patience,
    };
}
