using Plenum.Platform;

namespace Plenum.Benchmarks.Harness;

/// <summary>Counts what arrives until the sender ends.</summary>
internal static class OneWay
{
    /// <summary>Runs to the end of the stream; the first fifth of <paramref name="time"/> is dropped.</summary>
    internal static Counted Run<T>(ref T flow, TimeSpan time, int chunk = 512)
        where T : struct, IFlow
    {
        long start = 0;
        long counted = 0;
        long last = 0;
        long dropUntil = 0;
        bool right = true;
        bool more = true;
        long allocated = 0;
        long allocatedAtLast = 0;
        while (more)
        {
            (int messages, bool chunkRight, more) = Batch(ref flow, chunk);
            right &= chunkRight;
            long now = MonotonicClock.Nanoseconds;
            dropUntil = dropUntil == 0 ? now + (time.Ticks * 20) : dropUntil;
            if (start != 0 && messages > 0)
            {
                counted += messages;
                last = now;
                allocatedAtLast = GC.GetAllocatedBytesForCurrentThread();
            }
            else if (start == 0 && now >= dropUntil)
            {
                start = now;
                last = now;
                allocated = allocatedAtLast = GC.GetAllocatedBytesForCurrentThread();
            }
        }

        return new Counted(counted, (last - start) / 1e9, right && counted > 0, allocatedAtLast - allocated);
    }

    private static (int Messages, bool Right, bool More) Batch<T>(ref T flow, int chunk)
        where T : struct, IFlow
    {
        int messages = 0;
        for (int i = 0; i < chunk; i++)
        {
            int received = flow.Receive();
            if (received <= 0)
            {
                return (messages, received == 0, false);
            }

            messages += received;
        }

        return (messages, true, true);
    }
}
