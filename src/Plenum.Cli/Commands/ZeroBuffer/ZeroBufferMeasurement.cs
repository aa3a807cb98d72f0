using System.Globalization;
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
    private const int WarmUpRounds = 5;
    private const int RingFrames = 4;
    private const int HeaderBytes = 16;
    private const long MinimumRingBytes = 1024 * 1024;

    // Up to this size frames are copied into the ring, above it they are made in place.
    private const int LargestCopied = 4096;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly string _name = $"plenum-measure-{Environment.ProcessId}";

    /// <summary>
    /// Lets both processes compile what they will run. They run it for a moment, then rest, several times: the
    /// compiler works on threads of its own, which need a processor, and in two stages.
    /// </summary>
    /// <remarks>Measured worth: without it a 64-byte round trip takes three times as long for the first second.</remarks>
    internal void WarmUp()
    {
        for (int round = 0; round < WarmUpRounds; round++)
        {
            _ = PingPong(64, TimeSpan.FromMilliseconds(20));
            _ = OneWay(64, TimeSpan.FromMilliseconds(30));
            _ = OneWay(64 * 1024, TimeSpan.FromMilliseconds(20));
            _ = SlotRuler.Measure(session, 64, 1024, TimeSpan.FromMilliseconds(10));
            session.Cancellation.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(220));
        }
    }

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
        long allocated = 0;
        using (ZeroBufferWriter writer =
            ZeroBufferWriter.Connect(request, s_patience, Options(sizeBytes), session.Cancellation))
        {
            var pattern = new FramePattern(FramePattern.Sequential);
            byte[] message = new byte[sizeBytes];
            long end = MonotonicClock.Nanoseconds + (time.Ticks * 100);
            for (; rounds < Warmup + MaxRounds && (rounds < Warmup || MonotonicClock.Nanoseconds < end); rounds++)
            {
                allocated = rounds == Warmup ? GC.GetAllocatedBytesForCurrentThread() : allocated;
                pattern.Fill(message, rounds);
                long taken = RoundTrip(writer, reader, message, pattern, rounds, ref right);
                if (rounds >= Warmup)
                {
                    samples.Add(taken);
                }
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        }

        double peer = AllocatedByPeer(session.Peer.Expect("done"));
        return new PingPongResult(
            sizeBytes, samples.Count, samples.Percentile(0.5), samples.Percentile(0.99), samples.Percentile(0.999),
            right)
        {
            Allocated = new Allocations(allocated / (double)Math.Max(1, samples.Count), peer),
        };
    }

    /// <summary>Frames from the peer to here for a time, every byte of each compared; beside it the same bytes through
    /// bare slots.</summary>
    internal OneWayResult OneWayBesideRuler(int sizeBytes, TimeSpan time)
    {
        OneWayResult stream = OneWay(sizeBytes, time);
        int slots = (int)(RingBytes(sizeBytes) / (sizeBytes + HeaderBytes));
        return stream with { RulerBytesPerSecond = SlotRuler.Measure(session, sizeBytes, slots, time / 2) };
    }

    /// <summary>Frames from the peer to here for a time, every byte of each compared.</summary>
    internal OneWayResult OneWay(int sizeBytes, TimeSpan time, Action<long, double>? progress = null)
    {
        string name = _name + "-stream";
        using var reader = ZeroBufferReader.Create(name, Options(sizeBytes));
        session.Peer.Send($"{SourceVerb} {name} {sizeBytes} {(long)time.TotalMilliseconds}");
        session.Peer.Expect("ready");
        var pattern = new FramePattern(FramePattern.Sequential);
        var run = default(StreamRun);
        bool right = true;
        long reported = 0;
        int between = SlotRuler.LookEvery(sizeBytes);
        long warm = MonotonicClock.Nanoseconds + (time.Ticks * 100 / 5);
        while (TryReadOne(reader, pattern, sizeBytes, run.Messages, ref right))
        {
            run.Messages++;
            if (run.Messages % between == 0 && MonotonicClock.Nanoseconds is var now)
            {
                // The first fifth is dropped: two processes start.
                if (run.Start == 0 && now >= warm)
                {
                    run.Begin(now);
                }

                if (progress is not null && run.Start != 0 && now - reported > 100_000_000)
                {
                    reported = now;
                    progress(run.Messages, (now - run.Start) / 1e9 * run.Messages / Math.Max(run.Counted, 1));
                }
            }
        }

        double seconds = run.Start == 0 ? 0 : (MonotonicClock.Nanoseconds - run.Start) / 1e9;
        double allocated = run.AllocatedPerFrame();
        double peer = AllocatedByPeer(session.Peer.Expect("done"));
        return new OneWayResult(sizeBytes, run.Counted, seconds, right && run.Messages > 0)
        {
            Allocated = new Allocations(allocated, peer),
        };
    }

    /// <summary>The peer's half of <see cref="PingPong"/>.</summary>
    internal static string Echo(PeerLine line, Action ready)
    {
        int size = (int)line.Number(3);
        using var reader = ZeroBufferReader.Create(line.Text(1), Options(size));
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(line.Text(2), s_patience, Options(size));
        ready();
        long rounds = 0;
        long allocated = 0;
        while (EchoOne(reader, writer))
        {
            rounds++;
            allocated = rounds == Warmup ? GC.GetAllocatedBytesForCurrentThread() : allocated;
        }

        return PerFrame(GC.GetAllocatedBytesForCurrentThread() - allocated, rounds - Warmup);
    }

    /// <summary>The peer's half of <see cref="OneWay"/>.</summary>
    internal static string Source(PeerLine line, Action ready)
    {
        int size = (int)line.Number(2);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(line.Text(1), s_patience, Options(size));
        var pattern = new FramePattern(FramePattern.Sequential);
        byte[] copied = new byte[Math.Min(size, LargestCopied)];
        long end = MonotonicClock.Nanoseconds + (line.Number(3) * 1_000_000);
        int between = SlotRuler.LookEvery(size);
        ready();
        long first = between;
        long allocated = 0;
        long index = 0;
        for (; index % between != 0 || MonotonicClock.Nanoseconds < end; index++)
        {
            allocated = index == first ? GC.GetAllocatedBytesForCurrentThread() : allocated;
            WriteOne(writer, pattern, copied, size, index);
        }

        return PerFrame(GC.GetAllocatedBytesForCurrentThread() - allocated, index - first);
    }

    private long RoundTrip(
        ZeroBufferWriter writer, ZeroBufferReader reader, byte[] message, FramePattern pattern, long round,
        ref bool right)
    {
        long start = MonotonicClock.Nanoseconds;
        writer.Write(message, session.Cancellation);
        if (reader.Read(out Frame frame, s_patience, session.Cancellation) != ReadOutcome.Frame)
        {
            throw new TimeoutException("the echoing process did not answer");
        }

        long taken = MonotonicClock.Nanoseconds - start;
        right &= pattern.Matches(frame.Span, round);
        frame.Dispose();
        return taken;
    }

    private static bool EchoOne(ZeroBufferReader reader, ZeroBufferWriter writer)
    {
        if (reader.Read(out Frame frame, s_patience) != ReadOutcome.Frame)
        {
            return false;
        }

        writer.Write(frame.Span);
        frame.Dispose();
        return true;
    }

    private bool TryReadOne(
        ZeroBufferReader reader, FramePattern pattern, int sizeBytes, long index, ref bool right)
    {
        ReadOutcome outcome = reader.Read(out Frame frame, s_patience, session.Cancellation);
        if (outcome != ReadOutcome.Frame)
        {
            return outcome == ReadOutcome.WriterClosed
                ? false
                : throw new TimeoutException($"the writing process stopped after {index} frames ({outcome})");
        }

        right &= frame.Sequence == (ulong)index + 1 && frame.SizeBytes == sizeBytes
            && pattern.Matches(frame.Span, index);
        frame.Dispose();
        return true;
    }

    private static void WriteOne(ZeroBufferWriter writer, FramePattern pattern, byte[] copied, int size, long index)
    {
        if (size <= LargestCopied)
        {
            pattern.Fill(copied, index);
            writer.Write(copied);
            return;
        }

        using FrameReservation frame = writer.Reserve(size);
        pattern.Fill(frame.Span, index);
        frame.Commit();
    }

    private static string PerFrame(long bytes, long frames) =>
        (frames > 0 ? bytes / (double)frames : 0).ToString("0.######", CultureInfo.InvariantCulture);

    private static double AllocatedByPeer(string answer) => double.Parse(answer, CultureInfo.InvariantCulture);

    private static long RingBytes(int sizeBytes) =>
        Math.Max(MinimumRingBytes, RingFrames * ((long)sizeBytes + HeaderBytes));

    private static ZeroBufferOptions Options(int sizeBytes) => new()
    {
        MetadataSizeBytes = 64,
        PayloadSizeBytes = RingBytes(sizeBytes),
        Segment = new SegmentOptions { Prefault = true },

        // Both ends stay awake, also for the time that one large frame takes.
        WaitStrategy = sizeBytes > LargestCopied
            ? WaitStrategy.Latency with { SpinNanoseconds = 5_000_000 }
            : WaitStrategy.Latency,
        WriteTimeout = s_patience,
    };

    private struct StreamRun
    {
        internal long Messages;
        internal long Start;
        private long _messagesAtStart;
        private long _allocatedAtStart;

        internal readonly long Counted => Start == 0 ? 0 : Messages - _messagesAtStart;

        internal void Begin(long now)
        {
            _messagesAtStart = Messages;
            _allocatedAtStart = GC.GetAllocatedBytesForCurrentThread();
            Start = now;
        }

        internal readonly double AllocatedPerFrame() =>
            Counted > 0 ? (GC.GetAllocatedBytesForCurrentThread() - _allocatedAtStart) / (double)Counted : 0;
    }
}
