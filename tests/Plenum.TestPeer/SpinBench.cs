using System.Diagnostics;
using Plenum.Platform;
using static Plenum.TestPeer.PeerOutput;

namespace Plenum.TestPeer;

/// <summary>What spinning costs a waiter whose events come once per millisecond, with fixed and with learned
/// budgets.</summary>
internal static class SpinBench
{
    /// <summary>--events: prints the CPU time of the process per event, and events caught while spinning.</summary>
    [Verb("platform-spin-bench")]
    public static int Bench(PeerArguments arguments)
    {
        int events = (int)arguments.Number("events", 2000);
        SegmentName name = SegmentName.Parse($"plt-{Environment.ProcessId}-spin-bench");
        using SharedSegment segment = SharedSegment.Create(name, 4096);
        segment.RemoveName();
        Measure("park at once", segment, events, WaitStrategy.PowerSaving, adaptive: false);
        Measure("balanced, fixed", segment, events, WaitStrategy.Balanced, adaptive: false);
        Measure("balanced, learned", segment, events, WaitStrategy.Balanced, adaptive: true);
        Measure("latency, fixed", segment, events, WaitStrategy.Latency, adaptive: false);
        Measure("latency, learned", segment, events, WaitStrategy.Latency, adaptive: true);
        return 0;
    }

    private static void Measure(string title, SharedSegment segment, int events, WaitStrategy strategy, bool adaptive)
    {
        SharedUInt32 word = segment.UInt32(0), clock = segment.UInt32(128);
        word.WriteRelease(0);
        var poster = new Thread(() =>
        {
            for (int i = 0; i < events; i++)
            {
                SharedFutex.Wait(clock, 0, TimeSpan.FromMilliseconds(1));
                word.Increment();
                SharedFutex.Wake(word);
            }
        });
        var learned = new AdaptiveSpin(strategy);
        int spun = 0;
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        poster.Start();
        for (uint seen = 0; seen < events; seen++)
        {
            SpinWaiter spin = adaptive ? learned.Begin() : new SpinWaiter(strategy);
            bool parked = false;
            while (word.ReadAcquire() <= seen)
            {
                if (!parked && spin.SpinOnce())
                {
                    continue;
                }

                parked = true;
                SharedFutex.Wait(word, seen, Timeout.InfiniteTimeSpan);
            }

            spun += parked ? 0 : 1;
            if (parked)
            {
                learned.Parked();
            }
            else
            {
                learned.Succeeded();
            }
        }

        poster.Join();
        TimeSpan used = Process.GetCurrentProcess().TotalProcessorTime - before;
        Line($"{title,-18} {used.TotalMicroseconds / events:F1} us CPU per event, {spun} of {events} caught spinning");
    }
}
