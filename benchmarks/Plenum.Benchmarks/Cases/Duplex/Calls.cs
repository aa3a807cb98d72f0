using Plenum.Benchmarks.Harness;
using Plenum.Platform;

namespace Plenum.Benchmarks.Cases.Duplex;

/// <summary>Times calls one by one, where the caller says how much of each is to be counted.</summary>
internal static class Calls
{
    /// <summary>Runs; the first fifth of the time is dropped.</summary>
    /// <param name="time">How long.</param>
    /// <param name="call">One call: the nanoseconds that count, negative when the answer was wrong.</param>
    internal static CaseOutcome Run(TimeSpan time, Func<long, long> call)
    {
        var times = new Histogram();
        long start = MonotonicClock.Nanoseconds;
        long end = start + (time.Ticks * 100);
        long dropUntil = start + (time.Ticks * 20);
        bool dropping = true;
        bool right = true;
        double counted = 0;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (long index = 0; MonotonicClock.Nanoseconds is var now && (now < end || times.Count == 0); index++)
        {
            if (dropping && now >= dropUntil)
            {
                dropping = false;
                times.Clear();
                counted = 0;
                allocated = GC.GetAllocatedBytesForCurrentThread();
            }

            long elapsed = call(index);
            right &= elapsed >= 0;
            times.Add(elapsed);
            counted += elapsed;
        }

        return new CaseOutcome
        {
            Operations = times.Count,
            Seconds = counted / 1e9,
            Verified = right,
            Latency = times,
            AllocatedBytes = GC.GetAllocatedBytesForCurrentThread() - allocated,
        };
    }
}
