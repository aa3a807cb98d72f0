namespace Plenum.ZeroIpc;

/// <summary>A wait table as <see cref="AwaitLooks"/> sees it: how much is awaited in it, and who has died.</summary>
/// <remarks>Counts are thread-safe; <see cref="Look"/> runs in one thread at a time.</remarks>
internal sealed class AwaitedTable(WaitTable table)
{
    private int _awaits;
    private UInt128 _dead;
    private uint _pause;
    private uint _left;
    private bool _isWatched;

    /// <summary>How many asynchronous waits of this process sleep in the table.</summary>
    internal int Awaits => Volatile.Read(ref _awaits);

    /// <summary>Whether <see cref="AwaitLooks"/> knows it.</summary>
    internal bool IsWatched
    {
        get => Volatile.Read(ref _isWatched);
        set => Volatile.Write(ref _isWatched, value);
    }

    /// <summary>One more asynchronous wait is about to sleep.</summary>
    internal void Begin()
    {
        // FENCE count, then look whether the table is watched; pairs with IsIdle.
        _ = Interlocked.Increment(ref _awaits);
        if (!IsWatched)
        {
            AwaitLooks.Add(this);
        }
    }

    /// <summary>It does not sleep any more.</summary>
    internal void End() => _ = Interlocked.Decrement(ref _awaits);

    /// <summary>Whether nothing is awaited; then it is not watched any more.</summary>
    internal bool IsIdle()
    {
        if (Awaits > 0)
        {
            return false;
        }

        IsWatched = false;

        // FENCE "not watched", then the count; pairs with Begin. Weaker: a wait that begins now sees itself watched,
        //   and is not.
        Interlocked.MemoryBarrier();
        if (Awaits == 0)
        {
            return true;
        }

        IsWatched = true;
        return false;
    }

    /// <summary>Wakes the waits when somebody has died; again, after longer and longer pauses, as long as the dead are
    /// not settled.</summary>
    /// <param name="longestPause">The longest pause, in looks.</param>
    internal void Look(uint longestPause)
    {
        UInt128 dead = table.IsDisposed ? UInt128.Zero : table.Recovery.DeadBlocks();
        bool isNew = (dead & ~_dead) != UInt128.Zero;
        _dead = dead;
        if (isNew)
        {
            _pause = 1;
        }
        else if (dead == UInt128.Zero || --_left > 0)
        {
            return;
        }

        _left = _pause;
        _pause = Math.Min(_pause * 2, longestPause);
        table.WakeAll();
    }
}
