using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>When one wait looks for the dead: after it has slept for 50 ms, every 50 ms from then on, and once before
/// it gives up. A mutable struct for one wait.</summary>
/// <remarks>A look visits every owner record in use, for each alternative. Worth: looking before the first sleep, a
/// select over 64 channels with a sleeper on the other side ended no batch of 250 round trips in 100 ms.</remarks>
internal struct LateWatch
{
    private long _next;
    private bool _looked;

    /// <summary>Whether a look is due now, before a sleep.</summary>
    internal bool IsDue()
    {
        long now = MonotonicClock.Nanoseconds;
        if (now < _next)
        {
            return false;
        }

        bool due = _next != 0;
        _next = now + SleepPlan.WatchNanoseconds;
        _looked |= due;
        return due;
    }

    /// <summary>Whether a look is due because the wait is over and has never looked.</summary>
    internal readonly bool IsDueAtTheEnd => !_looked;
}
