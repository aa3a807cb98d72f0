using System.Runtime.Versioning;

namespace Plenum.Platform;

/// <summary>
/// The process' waiters (docs/adr/0005-await-hub.md): a few lanes, one await each, for the shortest way to the
/// continuation; when all are taken, waiter threads of 127 awaits each, a further one whenever all are full.
/// </summary>
internal static class AwaitHub
{
    // A conversation needs two lanes in turn: the one that runs the continuation and the one that already sleeps for
    // the next await.
    private const int DefaultLaneLimit = 8;

    // A wake of a lane may come between its last look and its sleep; the watch then repeats it.
    private const long RetryNanoseconds = 200_000;

    private static readonly Lock s_gate = new();
    private static AwaitThread[] s_threads = [];
    private static AwaitLane[] s_lanes = [];
    private static AwaitLane? s_idleLane;
    private static int s_laneLimit = DefaultLaneLimit;

    /// <summary>Number of waiter threads, for tests.</summary>
    internal static int ThreadCount => Volatile.Read(ref s_threads).Length;

    /// <summary>How many lanes there may be; tests set it to 0 to reach the waiter threads at once.</summary>
    internal static int LaneLimit
    {
        get => Volatile.Read(ref s_laneLimit);
        set => Volatile.Write(ref s_laneLimit, value);
    }

    /// <summary>Hands an entry to a lane or a waiter thread and returns the token of its value task.</summary>
    internal static unsafe short Register(AwaitEntry entry) =>
        OperatingSystem.IsLinux() && entry.Address is not null && TakeLane() is { } lane
            ? RegisterWithLane(entry, lane)
            : RegisterWithThread(entry);

    /// <summary>Called by a lane whose continuation has returned.</summary>
    [SupportedOSPlatform("linux")]
    internal static void ReturnLane(AwaitLane lane)
    {
        lock (s_gate)
        {
            lane.NextIdle = s_idleLane;
            s_idleLane = lane;
        }
    }

    /// <summary>Permanent waiter thread: wakes lanes whose time is over; returns when to look again.</summary>
    internal static long WatchLanes(long nowNanoseconds)
    {
        long end = long.MaxValue;
        if (OperatingSystem.IsLinux())
        {
            foreach (AwaitLane lane in Volatile.Read(ref s_lanes))
            {
                long deadline = lane.DeadlineNanoseconds;
                if (deadline <= nowNanoseconds)
                {
                    lane.WakeOnce();
                    deadline = nowNanoseconds + RetryNanoseconds;
                }

                end = Math.Min(end, deadline);
            }
        }

        return end;
    }

    [SupportedOSPlatform("linux")]
    private static short RegisterWithLane(AwaitEntry entry, AwaitLane lane)
    {
        short version = entry.Version;
        long deadline = entry.DeadlineNanoseconds;
        try
        {
            entry.Bind(thread: null, lane);
        }
        catch
        {
            ReturnLane(lane);
            throw;
        }

        lane.Assign(entry);
        if (deadline != long.MaxValue)
        {
            PermanentThread().PlanEnd(deadline);
        }

        return version;
    }

    private static short RegisterWithThread(AwaitEntry entry)
    {
        AwaitThread thread = Reserve();
        short version = entry.Version;
        try
        {
            entry.Bind(thread, lane: null);
        }
        catch
        {
            // A token whose source is disposed refuses registrations.
            thread.Unreserve();
            throw;
        }

        thread.Enqueue(entry);
        return version;
    }

    /// <summary>Makes every waiter thread look at its entries again (a semaphore object was disposed).</summary>
    internal static void SignalAll()
    {
        foreach (AwaitThread thread in Volatile.Read(ref s_threads))
        {
            thread.Signal();
        }
    }

    /// <summary>Called by a waiter thread that ends.</summary>
    internal static void Forget(AwaitThread thread)
    {
        lock (s_gate)
        {
            s_threads = Array.FindAll(s_threads, other => other != thread);
        }
    }

    [SupportedOSPlatform("linux")]
    private static AwaitLane? TakeLane()
    {
        lock (s_gate)
        {
            if (LaneLimit == 0)
            {
                return null;
            }

            if (s_idleLane is { } idle)
            {
                s_idleLane = idle.NextIdle;
                return idle;
            }

            if (s_lanes.Length >= LaneLimit)
            {
                return null;
            }

            var added = new AwaitLane();
            s_lanes = [.. s_lanes, added];
            return added;
        }
    }

    private static AwaitThread PermanentThread()
    {
        AwaitThread[] threads = Volatile.Read(ref s_threads);
        if (threads.Length == 0)
        {
            lock (s_gate)
            {
                if (s_threads.Length == 0)
                {
                    s_threads = [new AwaitThread(isPermanent: true)];
                }

                threads = s_threads;
            }
        }

        return threads[0];
    }

    private static AwaitThread Reserve()
    {
        foreach (AwaitThread thread in Volatile.Read(ref s_threads))
        {
            if (thread.TryReserve())
            {
                return thread;
            }
        }

        lock (s_gate)
        {
            foreach (AwaitThread thread in s_threads)
            {
                if (thread.TryReserve())
                {
                    return thread;
                }
            }

            var added = new AwaitThread(isPermanent: s_threads.Length == 0);
            _ = added.TryReserve();
            s_threads = [.. s_threads, added];
            return added;
        }
    }
}
