using Plenum.Platform;

namespace Plenum.Benchmarks.Harness;

/// <summary>Times round trips one by one for a while.</summary>
internal static class RoundTrips
{
    private const int Chunk = 250;

    /// <summary>Runs; the first fifth of the time is dropped.</summary>
    internal static Timed Run<T>(ref T round, TimeSpan time)
        where T : struct, IRound
    {
        var times = new Histogram();
        long start = MonotonicClock.Nanoseconds;
        long end = start + (time.Ticks * 100);
        long dropUntil = start + (time.Ticks * 20);
        long index = 0;
        bool right = true;
        bool dropping = true;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        while (MonotonicClock.Nanoseconds < end || times.Count == 0)
        {
            right &= Batch(ref round, ref index, times);
            if (dropping && MonotonicClock.Nanoseconds is var now && now >= dropUntil)
            {
                dropping = false;
                times.Clear();
                start = now;
                allocated = GC.GetAllocatedBytesForCurrentThread();
            }
        }

        return new Timed(
            times, (MonotonicClock.Nanoseconds - start) / 1e9, right && times.Count > 0,
            GC.GetAllocatedBytesForCurrentThread() - allocated);
    }

    private static bool Batch<T>(ref T round, ref long index, Histogram times)
        where T : struct, IRound
    {
        bool right = true;
        long last = MonotonicClock.Nanoseconds;
        for (int i = 0; i < Chunk; i++)
        {
            right &= round.Go(index++);
            long now = MonotonicClock.Nanoseconds;
            times.Add(now - last);
            last = now;
        }

        return right;
    }
}
