using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <content>How this process waits in the segment, and waiting for an entry.</content>
public sealed partial class SharedMemory
{
    private WaitStrategy _waitStrategy = WaitStrategy.Balanced;

    /// <summary>
    /// Whether peers of other languages may use the segment. Default: true. Such peers poll and wake nobody, so waits
    /// look again every 1 to 10 ms by themselves. Set it to false in every process of a segment that only this library
    /// uses: waits then sleep until they are woken (and look for the dead every 50 to 200 ms), and what a process left
    /// in doubt when it died is repaired too.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    /// <exception cref="InvalidOperationException">The segment is mapped read-only.</exception>
    public bool HasForeignPeers
    {
        get => this.Waits().ForeignPeers;
        set => this.Waits().ForeignPeers = value;
    }

    /// <summary>
    /// How long the waits of this process in this segment spin and yield before they sleep. Default:
    /// <see cref="WaitStrategy.Balanced"/>, or what <see cref="SharedMemoryOptions.WaitStrategy"/> said. Waits that
    /// have begun keep theirs; other processes have their own.
    /// </summary>
    /// <exception cref="ArgumentNullException">The strategy is null.</exception>
    public WaitStrategy WaitStrategy
    {
        get => Volatile.Read(ref _waitStrategy);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            lock (_lock)
            {
                Volatile.Write(ref _waitStrategy, value);
                if (_companion is WaitTable waits)
                {
                    waits.Strategy = value;
                }
            }
        }
    }

    // Those who wait for an entry wait for the table's count to change.
    private WaitSite EntrySite => this.Waits().Site(TableHeader.EntryCountOffset);

    /// <summary>Waits until an entry of that name exists.</summary>
    /// <param name="name">The entry's name.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to look
    /// once.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    /// <exception cref="SegmentCorruptedException">The table contradicts itself.</exception>
    public bool WaitForEntry(
        string name, TimeSpan timeout, out SharedEntry entry, CancellationToken cancellationToken = default)
    {
        if (Table.TryFind(name, out entry))
        {
            return true;
        }

        var condition = new EntryCondition(Table, name);
        bool found = EntrySite.Wait(ref condition, null, MonotonicClock.Deadline(timeout), cancellationToken);
        entry = condition.Entry;
        return found;
    }

    /// <summary>Waits until an entry of that name exists, without holding a thread.</summary>
    /// <param name="name">The entry's name.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to look
    /// once.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The entry; null when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    /// <exception cref="SegmentCorruptedException">The table contradicts itself.</exception>
    public async ValueTask<SharedEntry?> WaitForEntryAsync(
        string name, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        if (Table.TryFind(name, out SharedEntry entry))
        {
            return entry;
        }

        var condition = new EntryWait(Table, name);
        return await EntrySite.WaitAsync(condition, null, MonotonicClock.Deadline(timeout), cancellationToken)
            .ConfigureAwait(false)
            ? condition.Entry
            : null;
    }

    private struct EntryCondition(NameTable table, string name) : IWaitCondition
    {
        private SharedEntry _entry;

        internal readonly SharedEntry Entry => _entry;

        public bool IsMet() => table.TryFind(name, out _entry);
    }

    private sealed class EntryWait(NameTable table, string name) : IWaitCondition
    {
        private SharedEntry _entry;

        internal SharedEntry Entry => _entry;

        public bool IsMet() => table.TryFind(name, out _entry);
    }
}
