using Plenum.Platform;

namespace Plenum.Recording;

/// <summary>The bounded queue between the thread that adds items and the one that writes blocks.</summary>
/// <remarks>Blocks are used again: after warm-up nothing is allocated.</remarks>
internal sealed class BlockQueue(long budgetBytes)
{
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(50);

    private readonly object _lock = new();
    private readonly Queue<Block> _full = new();
    private readonly List<Block> _free = [];
    private Block? _current;
    private long _allocatedBytes;
    private int _inUse;
    private ulong _lostBefore;
    private bool _completed;
    private bool _failed;

    /// <summary>Appends an item, waiting at most <paramref name="maximumWait"/> for room.</summary>
    /// <returns>Whether it was taken; false when the time was over, or when the writing side failed.</returns>
    internal bool Add(
        in PendingItem item, int blockBytes, TimeSpan maximumWait, CancellationToken cancellation, out long waited)
    {
        int room = RecordingFormat.ItemRoom(item.Length);
        waited = 0;
        lock (_lock)
        {
            if (_current is not null && _current.FreeBytes < room)
            {
                SealCurrent();
            }

            if (_current is null)
            {
                _current = Acquire(Math.Max(room, blockBytes), maximumWait, cancellation, out waited);
                if (_current is null)
                {
                    _lostBefore++;
                    return false;
                }

                _current.Reset(_lostBefore, MonotonicClock.Nanoseconds);
                _lostBefore = 0;
            }

            _current.Append(item.Kind, item.Time, item.Sequence, item.Head, item.Data);
            if (_current.FreeBytes < RecordingFormat.ItemHeaderBytes + 8)
            {
                SealCurrent();
            }

            return true;
        }
    }

    /// <summary>Takes a block for the disk: a full one, or one whose oldest item waits longer than the
    /// interval.</summary>
    /// <returns>The block; null when the queue is completed and empty.</returns>
    internal Block? Take(TimeSpan flushInterval)
    {
        lock (_lock)
        {
            while (_full.Count == 0)
            {
                if (_completed)
                {
                    SealCurrent();
                    return _full.TryDequeue(out Block? last) ? last : null;
                }

                TimeSpan left = _current is null
                    ? Timeout.InfiniteTimeSpan
                    : flushInterval - TimeSpan.FromTicks((MonotonicClock.Nanoseconds - _current.OpenedAt) / 100);
                if (_current is not null && left <= TimeSpan.Zero)
                {
                    SealCurrent();
                    continue;
                }

                // Rounded up: a wait of less than a millisecond would be none.
                _ = Monitor.Wait(_lock, _current is null ? left : left + TimeSpan.FromMilliseconds(1));
            }

            return _full.Dequeue();
        }
    }

    /// <summary>Gives a written block back.</summary>
    internal void Release(Block block)
    {
        lock (_lock)
        {
            _inUse--;
            _free.Add(block);
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>No more items come.</summary>
    internal void Complete()
    {
        lock (_lock)
        {
            _completed = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>No more blocks are taken: whoever waits for room must not wait for ever.</summary>
    internal void Fail()
    {
        lock (_lock)
        {
            _failed = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Items dropped since the last block began.</summary>
    internal ulong LostAtEnd
    {
        get
        {
            lock (_lock)
            {
                return _lostBefore;
            }
        }
    }

    private void SealCurrent()
    {
        if (_current is { IsEmpty: false })
        {
            _full.Enqueue(_current);
            _current = null;
            Monitor.PulseAll(_lock);
        }
    }

    private Block? Acquire(int room, TimeSpan maximumWait, CancellationToken cancellation, out long waited)
    {
        long start = MonotonicClock.Nanoseconds;
        waited = 0;
        while (!_failed)
        {
            if (TryAcquire(room) is { } block)
            {
                _inUse++;
                Monitor.PulseAll(_lock);
                return block;
            }

            cancellation.ThrowIfCancellationRequested();
            TimeSpan left = maximumWait == Timeout.InfiniteTimeSpan
                ? s_slice
                : maximumWait - TimeSpan.FromTicks(waited / 100);
            if (left <= TimeSpan.Zero)
            {
                return null;
            }

            _ = Monitor.Wait(_lock, left < s_slice ? left : s_slice);
            waited = MonotonicClock.Nanoseconds - start;
        }

        return null;
    }

    private Block? TryAcquire(int room)
    {
        for (int i = _free.Count - 1; i >= 0; i--)
        {
            if (_free[i].CapacityBytes >= room)
            {
                Block found = _free[i];
                _free.RemoveAt(i);
                return found;
            }
        }

        // Free blocks that are too small make room for one that is large enough.
        while (_free.Count > 0 && _allocatedBytes + room > budgetBytes)
        {
            _allocatedBytes -= _free[^1].CapacityBytes;
            _free.RemoveAt(_free.Count - 1);
        }

        if (_allocatedBytes + room > budgetBytes && _inUse > 0)
        {
            return null;
        }

        _allocatedBytes += room;
        return new Block(room);
    }
}
