using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>One bounded wait for a slot that another operation is just using: 10,000 yields, as the peers, or one
/// second.</summary>
/// <remarks>Alone on a core 10,000 yields take about 10 ms; on a busy machine each may take a time slice, hence the
/// second bound. A mutable struct for one wait.</remarks>
internal struct SlotWait
{
    private const int MaxTries = 10_000;
    private const int TriesBetweenLooks = 64;
    private const long MaxNanoseconds = 1_000_000_000;

    private int _tries;
    private long _end;

    /// <summary>Whether it is time to look whether the other operation's process died.</summary>
    internal readonly bool IsLookDue => _tries % TriesBetweenLooks == TriesBetweenLooks - 1;

    /// <summary>Yields once; false when the wait is over.</summary>
    internal bool Next()
    {
        if (++_tries % TriesBetweenLooks == 0)
        {
            long now = MonotonicClock.Nanoseconds;
            _end = _end == 0 ? now + MaxNanoseconds : _end;
            if (now > _end || _tries >= MaxTries)
            {
                return false;
            }
        }

        Thread.Yield();
        return true;
    }
}
