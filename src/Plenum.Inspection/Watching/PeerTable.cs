using Plenum.Platform;

namespace Plenum.Inspection.Watching;

/// <summary>Whether processes live, asked for at most once in a while for each.</summary>
internal sealed class PeerTable(TimeSpan every)
{
    // Looking up a number that is gone means looking at every process of the machine (for other pid namespaces).
    private const int DeadPatience = 10;

    private readonly Dictionary<long, (ProcessLiveness Liveness, long Nanoseconds)> _known = [];
    private readonly long _everyNanoseconds = every.Ticks * 100;

    internal ProcessLiveness Check(long processId, long nowNanoseconds)
    {
        if (_known.TryGetValue(processId, out (ProcessLiveness Liveness, long Nanoseconds) known)
            && nowNanoseconds - known.Nanoseconds
                < (known.Liveness == ProcessLiveness.Alive ? _everyNanoseconds : _everyNanoseconds * DeadPatience))
        {
            return known.Liveness;
        }

        ProcessLiveness liveness = ProcessIdentity.Check(processId);
        _known[processId] = (liveness, nowNanoseconds);
        return liveness;
    }

    /// <summary>Forgets processes that were not asked for lately.</summary>
    internal void Trim(long nowNanoseconds)
    {
        foreach ((long processId, (_, long checkedAt)) in _known)
        {
            if (nowNanoseconds - checkedAt > _everyNanoseconds * DeadPatience * 4)
            {
                _known.Remove(processId);
            }
        }
    }
}
