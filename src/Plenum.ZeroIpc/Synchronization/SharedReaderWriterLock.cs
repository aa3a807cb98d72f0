using System.Diagnostics.CodeAnalysis;

namespace Plenum.ZeroIpc;

/// <summary>Many readers or one writer, over all processes that open the segment (spec zeroipc 2.15; the peers'
/// RWLock).</summary>
/// <remarks>
/// <para>Thread-safe. Writers go first: new readers wait as soon as a writer is pending. Not recursive.</para>
/// <para>A writer of ours that dies is noticed: the next writer, or the reader that cleared up behind it, is told. A
/// reader of ours
/// that dies is no reader any more. A peer's death is not visible; give such waits a time-out.</para>
/// </remarks>
public sealed class SharedReaderWriterLock
{
    private const string Kind = "rwlock";
    private const string StateSuffix = "_state";
    private const string ReadersSuffix = "_rmtx";
    private const string WritersSuffix = "_wmtx";
    private const int StateSizeBytes = 8;

    private readonly SharedMemory _memory;
    private readonly ReaderWriterCore _core;
    private readonly WaitTable _table;

    private SharedReaderWriterLock(SharedMemory memory, string name)
    {
        _memory = memory;
        Name = name;
        _table = memory.Waits();
        long state = SyncEntry.Find(memory, name + StateSuffix, Kind, StateSizeBytes);
        string readers = name + ReadersSuffix;
        string writers = name + WritersSuffix;
        _core = new ReaderWriterCore(
            memory.Segment,
            _table,
            state,
            SharedMutex.OpenAt(memory, readers, SyncEntry.Find(memory, readers, Kind, CountLock.SizeBytes)),
            SharedMutex.OpenAt(memory, writers, SyncEntry.Find(memory, writers, Kind, CountLock.SizeBytes)),
            name);
    }

    /// <summary>The entry's name.</summary>
    public string Name { get; }

    /// <summary>How many read at this moment.</summary>
    public int ReaderCount => _core.Readers;

    /// <summary>Whether a writer writes, or waits for the last readers.</summary>
    public bool IsWriterActive => _core.IsWriterActive;

    /// <summary>Creates a lock nobody holds.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name, at most 25 bytes of UTF-8 (companions append up to six).</param>
    /// <exception cref="EntryExistsException">The name is taken.</exception>
    /// <exception cref="SegmentFullException">The segment or its name table is full.</exception>
    public static SharedReaderWriterLock Create(SharedMemory memory, string name)
    {
        ArgumentNullException.ThrowIfNull(memory);
        _ = memory.Allocate(
            new EntryRequest(name + StateSuffix, StateSizeBytes),
            CountLock.Request(name + ReadersSuffix, 1, 1),
            CountLock.Request(name + WritersSuffix, 1, 1),
            new EntryRequest(name, 1));
        return Open(memory, name);
    }

    /// <summary>Opens a lock, whichever language created it.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <exception cref="EntryNotFoundException">No such entry, or a companion is missing.</exception>
    /// <exception cref="Plenum.Platform.SegmentFormatException">The entry is not a reader-writer lock.</exception>
    public static SharedReaderWriterLock Open(SharedMemory memory, string name)
    {
        _ = SyncEntry.Find(memory, name, Kind, 1);
        return new SharedReaderWriterLock(memory, name);
    }

    /// <summary>Opens a lock if there is one.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="result">The lock.</param>
    /// <returns>False when there is no such entry.</returns>
    /// <exception cref="Plenum.Platform.SegmentFormatException">The entry is not a reader-writer lock.</exception>
    public static bool TryOpen(SharedMemory memory, string name,
        [NotNullWhen(true)] out SharedReaderWriterLock? result) =>
        (result = SyncEntry.TryOpen(memory, name, () => Open(memory, name))) is not null;

    /// <summary>Opens a lock, or creates it if there is none; safe when several processes do so at once.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <exception cref="Plenum.Platform.SegmentFormatException">The entry is not a reader-writer lock.</exception>
    public static SharedReaderWriterLock CreateOrOpen(SharedMemory memory, string name) =>
        SyncEntry.CreateOrOpen(memory, name, () => Create(memory, name), () => Open(memory, name));

    /// <summary>Locks for reading; blocks while a writer is active or pending.</summary>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The lock; dispose it to end the read.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public ReaderLock ReadLock(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _core.EnterRead(long.MaxValue, cancellationToken);
    }

    /// <summary>Locks for reading; blocks at most a given time.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try.</param>
    /// <param name="held">The lock; dispose it to end the read.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool TryReadLock(TimeSpan timeout, out ReaderLock held, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        held = _core.EnterRead(Deadlines.From(timeout), cancellationToken);
        return held.IsHeld;
    }

    /// <summary>Locks for reading without holding a thread while it waits.</summary>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The lock; dispose it to end the read, on any thread.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public ValueTask<ReaderLock> ReadLockAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _core.EnterReadAsync(long.MaxValue, cancellationToken);
    }

    /// <summary>Locks for reading within a given time, without holding a thread while it waits.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The lock; <see cref="ReaderLock.IsHeld"/> is false when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public ValueTask<ReaderLock> TryReadLockAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _core.EnterReadAsync(Deadlines.From(timeout), cancellationToken);
    }

    /// <summary>Locks for writing; blocks while others read or write.</summary>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The lock; dispose it to end the write.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public WriterLock WriteLock(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _core.EnterWrite(long.MaxValue, cancellationToken);
    }

    /// <summary>Locks for writing; blocks at most a given time.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try.</param>
    /// <param name="held">The lock; dispose it to end the write.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool TryWriteLock(TimeSpan timeout, out WriterLock held, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        held = _core.EnterWrite(Deadlines.From(timeout), cancellationToken);
        return held.IsHeld;
    }

    /// <summary>Locks for writing without holding a thread while it waits.</summary>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The lock; dispose it to end the write, on any thread.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public ValueTask<WriterLock> WriteLockAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _core.EnterWriteAsync(long.MaxValue, cancellationToken);
    }

    /// <summary>Locks for writing within a given time, without holding a thread while it waits.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The lock; <see cref="WriterLock.IsHeld"/> is false when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public ValueTask<WriterLock> TryWriteLockAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _core.EnterWriteAsync(Deadlines.From(timeout), cancellationToken);
    }

    /// <summary>Locks for reading without stating an owner, until <see cref="ReadUnlockUnowned"/>: for commands and
    /// scripts.</summary>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool ReadLockUnowned(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        ReadLockUnowned(timeout, out _, cancellationToken);

    /// <summary>The same, and tells what became of the owner before.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try.</param>
    /// <param name="wasAbandoned">Whether the previous writer died while it wrote: what the lock protects
    /// may be half changed.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool ReadLockUnowned(
        TimeSpan timeout, out bool wasAbandoned, CancellationToken cancellationToken = default)
    {
        bool locked = TryReadLock(timeout, out ReaderLock held, cancellationToken);
        wasAbandoned = held.WasAbandoned;
        held.Record?.Release();
        return locked;
    }

    /// <summary>Ends one read, whoever began it: the counterpart of
    /// <see cref="ReadLockUnowned(TimeSpan, CancellationToken)"/>.</summary>
    /// <returns>False when nobody read.</returns>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool ReadUnlockUnowned()
    {
        ThrowIfDisposed();
        return _core.TryExitReadUnowned();
    }

    /// <summary>Locks for writing without stating an owner, until <see cref="WriteUnlockUnowned"/>: for commands and
    /// scripts.</summary>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool WriteLockUnowned(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        WriteLockUnowned(timeout, out _, cancellationToken);

    /// <summary>The same, and tells what became of the owner before.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try.</param>
    /// <param name="wasAbandoned">Whether the previous writer died while it wrote: what the lock protects
    /// may be half changed.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool WriteLockUnowned(
        TimeSpan timeout, out bool wasAbandoned, CancellationToken cancellationToken = default)
    {
        bool locked = TryWriteLock(timeout, out WriterLock held, cancellationToken);
        wasAbandoned = held.WasAbandoned;
        held.Writer.Record?.Release();
        return locked;
    }

    /// <summary>Ends the write, whoever writes: the counterpart of
    /// <see cref="WriteLockUnowned(TimeSpan, CancellationToken)"/>.</summary>
    /// <returns>False when nobody wrote.</returns>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool WriteUnlockUnowned()
    {
        ThrowIfDisposed();
        return _core.TryExitWriteUnowned();
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_table.IsDisposed, _memory);
}
