using System.Diagnostics;
using Plenum.Platform;
using static Plenum.TestPeer.PeerOutput;

namespace Plenum.TestPeer;

/// <summary>Awaited against raw futex round trips in the same run, both sides asleep between messages
/// (docs/adr/0005).</summary>
/// <remarks>
/// Two words, 128 bytes apart: the asker moves the first and waits for the second to follow; the echo does the
/// opposite. Blocks of each kind alternate, so that both meet the same machine. Run: <c>dotnet Plenum.TestPeer.dll
/// platform-await-bench</c>.
/// </remarks>
internal static class AwaitBench
{
    private const int EchoOffset = 128;
    private const int ModeOffset = 256;

    /// <summary>--rounds (per block) --blocks: prints medians per kind and their ratio.</summary>
    [Verb("platform-await-bench")]
    public static int Bench(PeerArguments arguments)
    {
        int rounds = (int)arguments.Number("rounds", 2000);
        int blocks = (int)arguments.Number("blocks", 10);
        SegmentName name = SegmentName.Parse($"plt-{Environment.ProcessId}-await-bench");
        using SharedSegment segment = SharedSegment.Create(name, 4096);
        try
        {
            string[] echoCommand = [Environment.ProcessPath!, .. Host(), "platform-await-echo", "--segment",
                name.Value];
            using Process echo = arguments.Flag("pin-echo")
                ? Process.Start("taskset", ["-c", arguments.Text("pin-echo"), .. echoCommand])
                : Process.Start(echoCommand[0], echoCommand[1..]);
            var times = new Dictionary<string, List<double>> { ["raw"] = [], ["await"] = [] };
            for (int block = 0; block < blocks * 2; block++)
            {
                bool awaited = block % 2 == 1;
                segment.UInt32(ModeOffset).WriteRelease(awaited ? 1u : 0u);
                List<double> samples = awaited ? Task.Run(() =>
                    AskAsync(segment, rounds)).Result : Ask(segment, rounds);
                samples.RemoveRange(0, rounds / 5);
                samples.Sort();
                times[awaited ? "await" : "raw"].Add(samples[samples.Count / 2]);
            }

            segment.UInt32(ModeOffset).WriteRelease(2);
            segment.UInt32(0).Increment();
            SharedFutex.WakeAll(segment.UInt32(0));
            echo.WaitForExit();
            double raw = Median(times["raw"]), await = Median(times["await"]);
            Line($"raw {raw:F1} us, awaited {await:F1} us, ratio {await / raw:F2}");
            Line($"  raw blocks   {string.Join(' ', times["raw"].Select(t => t.ToString("F1")))}");
            Line($"  await blocks {string.Join(' ', times["await"].Select(t => t.ToString("F1")))}");
        }
        finally
        {
            segment.RemoveName();
        }

        return 0;
    }

    /// <summary>--segment: answers until the mode word says 2.</summary>
    [Verb("platform-await-echo")]
    public static int Echo(PeerArguments arguments)
    {
        using SharedSegment segment = SharedSegment.Open(SegmentName.Parse(arguments.Text("segment")));
        Task.Run(() => EchoAsync(segment)).Wait();
        return 0;
    }

    private static IEnumerable<string> Host() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? [typeof(AwaitBench).Assembly.Location] : [];

    private static async Task EchoAsync(SharedSegment segment)
    {
        SharedUInt32 ask = segment.UInt32(0), answer = segment.UInt32(EchoOffset), mode = segment.UInt32(ModeOffset);
        uint seen = 0;
        while (true)
        {
            while (ask.ReadAcquire() == seen)
            {
                if (mode.ReadAcquire() == 1)
                {
                    await SharedFutex.WaitAsync(segment, ask, seen, Timeout.InfiniteTimeSpan);
                }
                else
                {
                    SharedFutex.Wait(ask, seen, Timeout.InfiniteTimeSpan);
                }
            }

            if (mode.ReadAcquire() == 2)
            {
                return;
            }

            seen++;
            answer.WriteRelease(seen);
            SharedFutex.Wake(answer);
        }
    }

    private static List<double> Ask(SharedSegment segment, int rounds)
    {
        SharedUInt32 ask = segment.UInt32(0), answer = segment.UInt32(EchoOffset);
        var samples = new List<double>(rounds);
        for (int i = 0; i < rounds; i++)
        {
            long start = MonotonicClock.Nanoseconds;
            uint sent = ask.Increment();
            SharedFutex.Wake(ask);
            while (answer.ReadAcquire() != sent)
            {
                SharedFutex.Wait(answer, sent - 1, Timeout.InfiniteTimeSpan);
            }

            samples.Add((MonotonicClock.Nanoseconds - start) / 1000.0);
        }

        return samples;
    }

    private static async Task<List<double>> AskAsync(SharedSegment segment, int rounds)
    {
        SharedUInt32 ask = segment.UInt32(0), answer = segment.UInt32(EchoOffset);
        var samples = new List<double>(rounds);
        for (int i = 0; i < rounds; i++)
        {
            long start = MonotonicClock.Nanoseconds;
            uint sent = ask.Increment();
            SharedFutex.Wake(ask);
            while (answer.ReadAcquire() != sent)
            {
                await SharedFutex.WaitAsync(segment, answer, sent - 1, Timeout.InfiniteTimeSpan);
            }

            samples.Add((MonotonicClock.Nanoseconds - start) / 1000.0);
        }

        return samples;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
