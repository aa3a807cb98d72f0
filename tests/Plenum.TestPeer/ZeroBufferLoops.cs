using System.Diagnostics;
using System.Globalization;
using Plenum.Platform;
using Plenum.TestSupport;
using Plenum.ZeroBuffer;
using static Plenum.TestPeer.PeerEvent;

namespace Plenum.TestPeer;

/// <summary>Steps that take longer than one operation: counted waits, races, cycles.</summary>
internal static class ZeroBufferLoops
{
    public static void Step(ZeroBufferBench bench, string verb, string[] words)
    {
        switch (verb)
        {
            case "idle-read":
                Idle(Number(words, 0), timeout => ZeroBufferBench.WordOf(ReadOnce(bench.RequireReader(), timeout)));
                break;
            case "idle-write":
                byte[] data = new byte[Number(words, 1)];
                Idle(Number(words, 0), timeout =>
                    bench.RequireWriter().TryWrite(data, timeout) ? "written" : "timed-out");
                break;
            case "fill":
                Fill(bench.RequireWriter(), (int)Number(words, 0));
                break;
            case "cycles":
                Cycles(words[0], Number(words, 1));
                break;
            case "resources":
                Resources();
                break;
            case "race-create":
                Race(words[1], Number(words, 2), () => bench.Create(words[0], 64, 1024));
                break;
            case "race-connect":
                Race(words[1], Number(words, 2), () => bench.Connect(words[0], 0));
                break;
            case "try-many":
                TryMany(words[0], words[1]);
                break;
            default:
                ZeroBufferProbes.Step(bench, verb, words);
                break;
        }
    }

    private static long Number(string[] words, int index) => long.Parse(words[index], CultureInfo.InvariantCulture);

    private static ReadOutcome ReadOnce(ZeroBufferReader reader, TimeSpan timeout)
    {
        ReadOutcome outcome = reader.Read(out Frame frame, timeout);
        frame.Dispose();
        return outcome;
    }

    // The kernel's own counters of this thread: a sleeping one has no switches and no time on a processor.
    private static void Idle(long milliseconds, Func<TimeSpan, string> wait)
    {
        wait(TimeSpan.FromMilliseconds(60));
        long switches = Switches();
        long busy = BusyNanoseconds();
        long start = Stopwatch.GetTimestamp();
        string outcome = wait(TimeSpan.FromMilliseconds(milliseconds));
        Say(
            "idle",
            ("outcome", outcome),
            ("milliseconds", (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds),
            ("switches", Switches() - switches),
            ("busyMicroseconds", (BusyNanoseconds() - busy) / 1000));
    }

    private static long Switches() => File
        .ReadLines("/proc/thread-self/status")
        .Where(line => line.StartsWith("voluntary_ctxt_switches", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split('\t')[^1], CultureInfo.InvariantCulture))
        .Single();

    private static long BusyNanoseconds() =>
        long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture);

    private static void Fill(ZeroBufferWriter writer, int sizeBytes)
    {
        byte[] data = new byte[sizeBytes];
        long frames = 0;
        do
        {
            FramePattern.Fill(data, (ulong)++frames);
        }
        while (writer.TryWrite(data));

        Say("filled", ("frames", frames - 1));
    }

    private static void Cycles(string name, long count)
    {
        for (long i = 0; i < count; i++)
        {
            using ZeroBufferReader reader = ZeroBufferReader.Create(name, new()
            {
                PayloadSizeBytes = 4096,
                SweepStaleBuffers = false
            });
            using ZeroBufferWriter writer = ZeroBufferWriter.Connect(name);
            writer.Write([1, 2, 3]);
            using Frame frame = reader.Read(TimeSpan.FromSeconds(5));
            if (frame.SizeBytes != 3)
            {
                throw new InvalidDataException($"cycle {i}: a frame of {frame.SizeBytes} bytes");
            }
        }

        Say("cycles", ("count", count));
    }

    private static void Resources()
    {
        for (int i = 0; i < 3; i++)
        {
            // Semaphore pages stay mapped until their object is collected.
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Say(
            "resources",
            ("descriptors", Directory.GetFiles("/proc/self/fd").Length),
            ("threads", Directory.GetDirectories("/proc/self/task").Length),
            ("mappings", File.ReadLines("/proc/self/maps").Count(line =>
            line.Contains("/dev/shm/", StringComparison.Ordinal))));
    }

    // Word 0 of the barrier counts arrivals, word 1 is the round that may start.
    private static void Race(string barrier, long round, Action attempt)
    {
        using SharedSegment segment = SharedSegment.Open(SegmentName.Parse(barrier));
        segment.UInt64(0).Add(1);
        SharedUInt64 go = segment.UInt64(8);
        while (go.ReadAcquire() < (ulong)round)
        {
            Thread.Yield();
        }

        try
        {
            attempt();
            Say("won");
        }
        catch (SharedMemoryException e)
        {
            Say("lost", ("code", ZeroBufferBench.CodeOf(e)), ("message", e.Message));
        }
    }

    // A writer that never stops trying: connects, writes one frame, leaves, until the barrier's word 1 is set.
    private static void TryMany(string name, string barrier)
    {
        using SharedSegment segment = SharedSegment.Open(SegmentName.Parse(barrier));
        SharedUInt64 stop = segment.UInt64(8);
        long connected = 0;
        long refused = 0;
        while (stop.ReadAcquire() == 0)
        {
            try
            {
                if (ZeroBufferWriter.TryConnect(name, out ZeroBufferWriter? writer))
                {
                    using (writer)
                    {
                        connected++;
                        writer.TryWrite([1]);
                    }
                }
                else
                {
                    refused++;
                }
            }
            catch (Exception e) when (e is PeerClosedException or PeerTerminatedException or SegmentBusyException)
            {
                refused++;
            }
        }

        Say("tried", ("connected", connected), ("refused", refused));
    }
}
