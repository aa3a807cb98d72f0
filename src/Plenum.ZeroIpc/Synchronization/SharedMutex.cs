using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A mutex of all processes that open the segment (spec zeroipc 2.12; the peers' Mutex).</summary>
/// <remarks>
/// <para>Thread-safe. Not recursive: a second lock by the same thread waits for the first. Waiting processes of ours
/// are served in the order of their arrival; where several wait and the first of them sleeps, a running process may
/// take the free mutex while the first is being woken, for at most a millisecond. Peers poll and take it when they find
/// it free.</para>
/// <para>An owner of ours that dies is noticed: the next one gets the lock and is told
/// (<see cref="MutexLock.WasAbandoned"/>). A
/// peer's death is not visible in the format; give such waits a time-out.</para>
/// <example>
/// <code>
/// using SharedMemory memory = SharedMemory.Open("/plant");
/// var mutex = SharedMutex.CreateOrOpen(memory, "calibration");
/// using (mutex.Lock())
/// {
///     // one process at a time
/// }
/// </code>
/// </example>
/// </remarks>
public sealed class SharedMutex
{
    private const string Kind = "mutex";

    private readonly CountLock _lock;
    private readonly SharedMemory _memory;

    private SharedMutex(SharedMemory memory, string name, long offset)
    {
        _memory = memory;
        _lock = OpenAt(memory, name, offset);
    }

    /// <summary>The entry's name.</summary>
    public string Name => _lock.Name;

    /// <summary>Whether somebody holds it at this moment.</summary>
    public bool IsLocked => _lock.Count <= 0;

    /// <summary>How many processes wait, as the format counts them.</summary>
    public int WaitingCount => _lock.Waiting;

    /// <summary>Creates a free mutex.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name, at most 31 bytes of UTF-8.</param>
    /// <exception cref="EntryExistsException">The name is taken.</exception>
    /// <exception cref="SegmentFullException">The segment or its name table is full.</exception>
    public static SharedMutex Create(SharedMemory memory, string name)
    {
        ArgumentNullException.ThrowIfNull(memory);
        _ = memory.Allocate(CountLock.Request(name, 1, 1));
        return Open(memory, name);
    }

    /// <summary>Opens a mutex, whichever language created it.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <exception cref="EntryNotFoundException">No such entry.</exception>
    /// <exception cref="SegmentFormatException">The entry is not a mutex.</exception>
    public static SharedMutex Open(SharedMemory memory, string name) =>
        new(memory, name, SyncEntry.Find(memory, name, Kind, CountLock.SizeBytes));

    /// <summary>Opens a mutex if there is one.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="mutex">The mutex.</param>
    /// <returns>False when there is no such entry.</returns>
    /// <exception cref="SegmentFormatException">The entry is not a mutex.</exception>
    public static bool TryOpen(SharedMemory memory, string name, [NotNullWhen(true)] out SharedMutex? mutex) =>
        (mutex = SyncEntry.TryOpen(memory, name, () => Open(memory, name))) is not null;

    /// <summary>Opens a mutex, or creates it if there is none; safe when several processes do so at once.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <exception cref="SegmentFormatException">The entry is not a mutex.</exception>
    public static SharedMutex CreateOrOpen(SharedMemory memory, string name) =>
        SyncEntry.CreateOrOpen(memory, name, () => Create(memory, name), () => Open(memory, name));

    /// <summary>Locks; blocks as long as another holds it.</summary>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The lock; dispose it to unlock.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    /// <exception cref="SegmentCorruptedException">The count holds a value no peer writes.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public MutexLock Lock(CancellationToken cancellationToken = default)
    {
        OwnerRecord record = Begin();
        if (_lock.Line.IsEmpty && _lock.TryTake(record))
        {
            return new MutexLock(_lock, record, abandoned: false);
        }

        _ = _lock.AcquireOrRelease(record, long.MaxValue, cancellationToken, out MutexLock held);
        return held;
    }

    /// <summary>Locks if nobody holds it. Does not block.</summary>
    /// <param name="held">The lock; dispose it to unlock.</param>
    /// <returns>False when another holds it.</returns>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool TryLock(out MutexLock held)
    {
        OwnerRecord record = Begin();
        if (_lock.TryTake(record))
        {
            held = new MutexLock(_lock, record, abandoned: false);
            return true;
        }

        if (_lock.TryInheritNow(record))
        {
            held = new MutexLock(_lock, record, abandoned: true);
            return true;
        }

        record.Release();
        held = default;
        return false;
    }

    /// <summary>Locks; blocks at most a given time.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try.</param>
    /// <param name="held">The lock; dispose it to unlock.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool TryLock(TimeSpan timeout, out MutexLock held, CancellationToken cancellationToken = default)
    {
        long deadline = MonotonicClock.Deadline(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        return TryLock(out held)
            || (timeout != TimeSpan.Zero && _lock.AcquireOrRelease(Begin(), deadline, cancellationToken, out held));
    }

    /// <summary>Locks without holding a thread while it waits.</summary>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The lock; dispose it to unlock, on any thread.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public ValueTask<MutexLock> LockAsync(CancellationToken cancellationToken = default)
    {
        OwnerRecord record = Begin();
        return _lock.Line.IsEmpty && _lock.TryTake(record)
            ? new ValueTask<MutexLock>(new MutexLock(_lock, record, abandoned: false))
            : _lock.AcquireOrReleaseAsync(record, long.MaxValue, cancellationToken);
    }

    /// <summary>Locks within a given time, without holding a thread while it waits.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The lock; <see cref="MutexLock.IsHeld"/> is false when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public ValueTask<MutexLock> TryLockAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        long deadline = MonotonicClock.Deadline(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        return TryLock(out MutexLock held) || timeout == TimeSpan.Zero
            ? new ValueTask<MutexLock>(held)
            : _lock.AcquireOrReleaseAsync(Begin(), deadline, cancellationToken);
    }

    /// <summary>
    /// Locks without stating an owner: the lock stays until <see cref="UnlockUnowned"/>, also after this process ended.
    /// For commands
    /// and scripts; such an owner's death is not noticed.
    /// </summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool LockUnowned(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        LockUnowned(timeout, out _, cancellationToken);

    /// <summary>The same, and tells what became of the owner before.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try.</param>
    /// <param name="wasAbandoned">Whether the previous owner died holding it: what it protects may be half
    /// changed.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool LockUnowned(TimeSpan timeout, out bool wasAbandoned, CancellationToken cancellationToken = default)
    {
        bool locked = TryLock(timeout, out MutexLock held, cancellationToken);
        wasAbandoned = held.WasAbandoned;
        held.Record?.Release();
        return locked;
    }

    /// <summary>Unlocks whoever holds it: the counterpart of
    /// <see cref="LockUnowned(TimeSpan, CancellationToken)"/>.</summary>
    /// <returns>False when nobody held it (the peers' overflow error).</returns>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool UnlockUnowned()
    {
        ObjectDisposedException.ThrowIf(_lock.Table.IsDisposed, _memory);
        return _lock.TryGive(1);
    }

    /// <summary>The process of ours that holds it, if it stated itself; null when free, or held by a peer or
    /// unowned.</summary>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public ProcessIdentity? FindOwner()
    {
        ObjectDisposedException.ThrowIf(_lock.Table.IsDisposed, _memory);
        foreach (OwnerClaim claim in _lock.Table.Recovery.Claims(ClaimKind.Mutex, _lock.Offset))
        {
            if (claim.Word.IsHeld)
            {
                return claim.Owner;
            }
        }

        return null;
    }

    /// <summary>The lock inside a mutex entry, checked.</summary>
    internal static CountLock OpenAt(SharedMemory memory, string name, long offset)
    {
        int maximum = memory.Segment.Int32(offset + 8).ReadAcquire();
        return maximum == 1
            ? new CountLock(memory.Segment, memory.Waits(), offset, ClaimKind.Mutex, name)
            : throw SyncEntry.BadField(
                memory, Kind, name, "max_count", "1", Format.Number(maximum), offset + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private OwnerRecord Begin()
    {
        ObjectDisposedException.ThrowIf(_lock.Table.IsDisposed, _memory);
        return _lock.TakeRecord();
    }
}
