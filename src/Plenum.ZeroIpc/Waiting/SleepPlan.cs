using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>How long each sleep of one wait may last before the waiter looks again by itself. A mutable struct for one
/// wait.</summary>
/// <remarks>Between our own processes every change wakes; the long sleeps only notice the dead. A peer that polls wakes
/// nobody, so
/// where one may be on the other side the sleeps grow from 1 to 10 ms.</remarks>
internal struct SleepPlan
{
    internal const long WatchNanoseconds = 50_000_000;

    private const long ForeignFirstNanoseconds = 1_000_000;
    private const long ForeignLastNanoseconds = 10_000_000;
    private const long ForeignShareNanoseconds = 250_000;
    private const long OursFirstNanoseconds = 50_000_000;
    private const long OursLastNanoseconds = 200_000_000;

    private long _foreign;
    private long _ours;
    private long _nextWatch;

    /// <summary>The end of the next sleep on <see cref="MonotonicClock"/>.</summary>
    internal long Next(bool foreignPeers, long deadlineNanoseconds)
    {
        long length;
        if (foreignPeers)
        {
            _foreign = _foreign == 0 ? ForeignFirstNanoseconds : Math.Min(_foreign * 2, ForeignLastNanoseconds);
            length = _foreign;
        }
        else
        {
            _ours = _ours == 0 ? OursFirstNanoseconds : Math.Min(_ours * 2, OursLastNanoseconds);
            length = _ours;
        }

        return Math.Min(deadlineNanoseconds, MonotonicClock.Nanoseconds + length);
    }

    /// <summary>The same for one of many asynchronous waits that look for what a foreign peer did: together they look a
    /// few thousand times a second at most, each no less than five times.</summary>
    internal long NextOfMany(int waits, long deadlineNanoseconds)
    {
        long end = Next(foreignPeers: true, deadlineNanoseconds);
        long fair = Math.Min(waits * ForeignShareNanoseconds, OursLastNanoseconds);
        return fair <= _foreign ? end : Math.Min(deadlineNanoseconds, MonotonicClock.Nanoseconds + fair);
    }

    /// <summary>Whether it is time to look for the dead: before the first sleep, then at most every 50 ms.</summary>
    internal bool IsWatchDue()
    {
        long now = MonotonicClock.Nanoseconds;
        if (now < _nextWatch)
        {
            return false;
        }

        _nextWatch = now + WatchNanoseconds;
        return true;
    }

    /// <summary>Starts over with short sleeps, after progress was made.</summary>
    internal void Restart() => _foreign = 0;
}
