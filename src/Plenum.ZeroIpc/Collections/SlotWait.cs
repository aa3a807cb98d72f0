using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>One bounded wait for a slot that another operation is just using: 10,000 yields, as the peers, or one
/// second; longer while a living process of ours is known to be at it.</summary>
/// <remarks>Alone on a core 10,000 yields take about 10 ms; on a busy machine each may take a time slice, hence the
/// second bound. A mutable struct for one wait.</remarks>
internal struct SlotWait
{
    private const int MaxTries = 10_000;
    private const int TriesBetweenLooks = 64;
    private const long MaxNanoseconds = 1_000_000_000;

    // Somebody may come and go between two looks at the slot and the records; so often in a row nobody does.
    private const int LooksAlone = 16;

    private const long LongNanoseconds = 5_000_000_000;

    private static readonly TimeSpan s_nap = TimeSpan.FromMilliseconds(1);

    private int _tries;
    private int _alone;
    private long _end;
    private bool _over;

    /// <summary>Whether it is time to look whether the other operation's process died.</summary>
    internal readonly bool IsLookDue => _over || _tries % TriesBetweenLooks == TriesBetweenLooks - 1;

    /// <summary>Whether the wait lasted so long that even a process that is kept from running would have come to its
    /// next step.</summary>
    internal readonly bool IsLong => _over && MonotonicClock.Nanoseconds > _end - MaxNanoseconds + LongNanoseconds;

    /// <summary>Yields once; false when the bound is over.</summary>
    internal bool Next()
    {
        if (!_over && ++_tries % TriesBetweenLooks == 0)
        {
            long now = MonotonicClock.Nanoseconds;
            _end = _end == 0 ? now + MaxNanoseconds : _end;
            _over = now > _end || _tries >= MaxTries;
        }

        if (!_over)
        {
            Thread.Yield();
        }

        return !_over;
    }

    /// <summary>After the bound: whether to give up, because nobody alive can be the reason to wait.</summary>
    /// <param name="word">The slot's state.</param>
    /// <param name="seen">What it was.</param>
    /// <param name="someoneIsAtIt">Whether a record of a living process names the slot. Such a process states its
    /// record before it takes the slot, so it is seen unless it comes and goes between the two looks.</param>
    internal bool GivesUp(SharedUInt32 word, uint seen, bool someoneIsAtIt)
    {
        _alone = someoneIsAtIt ? 0 : _alone + 1;
        if (someoneIsAtIt)
        {
            // Nobody wakes the word; it is slept on so that a change is not slept through.
            _ = SharedFutex.Wait(word, seen, s_nap);
        }
        else
        {
            Thread.Yield();
        }

        return _alone >= LooksAlone;
    }
}
