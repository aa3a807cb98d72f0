using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A mutex with a condition that its holders wait for and notify (spec zeroipc 2.16; the peers'
/// Monitor).</summary>
/// <remarks>
/// <para>Thread-safe. A wait may end without a notification that was meant for it (notifications left over by waiters
/// that gave up):
/// wait with a predicate.</para>
/// <para>Made of a mutex and a semaphore of the segment, with their guarantees: an owner of ours that dies is noticed,
/// a dead waiter's
/// count is taken back.</para>
/// <example>
/// <code>
/// MutexLock held = monitor.Enter();
/// using (held)
/// {
///     monitor.Wait(held, () =&gt; queue.Count &gt; 0);
/// }
/// </code>
/// </example>
/// </remarks>
public sealed class SharedMonitor
{
    private const string Kind = "monitor";
    private const string MutexSuffix = "_mtx";
    private const string ConditionSuffix = "_cond";
    private const string CountSuffix = "_count";

    private readonly SharedMemory _memory;
    private readonly CountLock _mutex;
    private readonly CountLock _condition;
    private readonly WaitingCounter _count;
    private readonly WaitSite _site;

    private SharedMonitor(SharedMemory memory, string name)
    {
        _memory = memory;
        Name = name;
        _mutex = SharedMutex.OpenAt(memory, name + MutexSuffix, Companion(memory, name + MutexSuffix,
            CountLock.SizeBytes));
        _condition = SharedSemaphore.OpenAt(
            memory, name + ConditionSuffix, Companion(memory, name + ConditionSuffix, CountLock.SizeBytes));
        long count = Companion(memory, name + CountSuffix, 4);
        _site = memory.Waits().Site(count);
        _count = new WaitingCounter(_site, memory.Segment.Int32(count), count);
    }

    /// <summary>The entry's name.</summary>
    public string Name { get; }

    /// <summary>How many processes wait for a notification, as the format counts them.</summary>
    public int WaitingCount => _count.Value;

    /// <summary>Whether somebody holds it at this moment.</summary>
    public bool IsLocked => _mutex.Count <= 0;

    /// <summary>Creates a monitor.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name, at most 25 bytes of UTF-8 (companions append up to six).</param>
    /// <exception cref="EntryExistsException">The name is taken.</exception>
    /// <exception cref="SegmentFullException">The segment or its name table is full.</exception>
    public static SharedMonitor Create(SharedMemory memory, string name)
    {
        ArgumentNullException.ThrowIfNull(memory);
        _ = memory.Allocate(
            CountLock.Request(name + MutexSuffix, 1, 1),
            CountLock.Request(name + ConditionSuffix, 0, 0),
            new EntryRequest(name + CountSuffix, 4),
            new EntryRequest(name, 1));
        return Open(memory, name);
    }

    /// <summary>Opens a monitor, whichever language created it.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <exception cref="EntryNotFoundException">No such entry, or a companion is missing.</exception>
    /// <exception cref="SegmentFormatException">The entry is not a monitor.</exception>
    public static SharedMonitor Open(SharedMemory memory, string name)
    {
        _ = SyncEntry.Find(memory, name, Kind, 1);
        return new SharedMonitor(memory, name);
    }

    /// <summary>Opens a monitor if there is one.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="monitor">The monitor.</param>
    /// <returns>False when there is no such entry.</returns>
    /// <exception cref="SegmentFormatException">The entry is not a monitor.</exception>
    public static bool TryOpen(SharedMemory memory, string name, [NotNullWhen(true)] out SharedMonitor? monitor) =>
        (monitor = SyncEntry.TryOpen(memory, name, () => Open(memory, name))) is not null;

    /// <summary>Opens a monitor, or creates it if there is none; safe when several processes do so at once.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <exception cref="SegmentFormatException">The entry is not a monitor.</exception>
    public static SharedMonitor CreateOrOpen(SharedMemory memory, string name) =>
        SyncEntry.CreateOrOpen(memory, name, () => Create(memory, name), () => Open(memory, name));

    /// <summary>Locks; blocks as long as another holds it.</summary>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The lock; dispose it to unlock.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public MutexLock Enter(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _mutex.Enter(long.MaxValue, cancellationToken);
    }

    /// <summary>Locks; blocks at most a given time.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try.</param>
    /// <param name="held">The lock; dispose it to unlock.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool TryEnter(TimeSpan timeout, out MutexLock held, CancellationToken cancellationToken = default)
    {
        long deadline = Deadlines.From(timeout);
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        held = _mutex.Enter(deadline, cancellationToken);
        return held.IsHeld;
    }

    /// <summary>Locks without holding a thread while it waits.</summary>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The lock; dispose it to unlock, on any thread.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public ValueTask<MutexLock> EnterAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _mutex.EnterAsync(long.MaxValue, cancellationToken);
    }

    /// <summary>Unlocks, waits for a notification, locks again.</summary>
    /// <param name="held">The lock of this monitor; held before and after, also when an exception is thrown.</param>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever. Locking again is not
    /// limited.</param>
    /// <param name="cancellationToken">Ends the wait at once; locking again is not cancelled.</param>
    /// <returns>False when the time was over without a notification.</returns>
    /// <exception cref="ArgumentException">The lock is not held, or that of another monitor.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; locked again.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool Wait(MutexLock held, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        OwnerRecord record = Check(held);
        long deadline = Deadlines.From(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        OwnerRecord raised = _count.Raise();
        try
        {
            _mutex.GiveBackKeeping(record);
            try
            {
                return (_condition.Line.IsEmpty && _condition.TryTakePermit())
                    || _condition.AcquirePermit(deadline, cancellationToken);
            }
            finally
            {
                _mutex.LockAgain(record);
            }
        }
        finally
        {
            _count.Lower(raised);
        }
    }

    /// <summary>Waits, unlocked, until a predicate holds that is evaluated while locked.</summary>
    /// <param name="held">The lock of this monitor; held before and after.</param>
    /// <param name="predicate">What to wait for.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <exception cref="ArgumentException">The lock is not held, or that of another monitor.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; locked again.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public void Wait(MutexLock held, Func<bool> predicate, CancellationToken cancellationToken = default) =>
        _ = Wait(held, predicate, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Waits, unlocked, until a predicate holds that is evaluated while locked, at most a given
    /// time.</summary>
    /// <param name="held">The lock of this monitor; held before and after.</param>
    /// <param name="predicate">What to wait for.</param>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>What the predicate said last.</returns>
    /// <exception cref="ArgumentException">The lock is not held, or that of another monitor.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; locked again.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool Wait(MutexLock held, Func<bool> predicate, TimeSpan timeout,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        _ = Check(held);
        long deadline = MonotonicClock.Deadline(timeout);
        while (!predicate())
        {
            if (!Wait(held, Remaining(deadline), cancellationToken))
            {
                return predicate();
            }
        }

        return true;
    }

    /// <summary>Unlocks, waits for a notification without holding a thread, locks again.</summary>
    /// <param name="held">The lock of this monitor; held before and after, also when an exception is thrown.</param>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever. Locking again is not
    /// limited.</param>
    /// <param name="cancellationToken">Ends the wait at once; locking again is not cancelled.</param>
    /// <returns>False when the time was over without a notification.</returns>
    /// <exception cref="ArgumentException">The lock is not held, or that of another monitor.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; locked again.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> WaitAsync(
        MutexLock held, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        OwnerRecord record = Check(held);
        long deadline = Deadlines.From(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        OwnerRecord raised = _count.Raise();
        try
        {
            _mutex.GiveBackKeeping(record);
            try
            {
                return (_condition.Line.IsEmpty && _condition.TryTakePermit())
                    || await _condition.AcquirePermitAsync(deadline, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                await _mutex.LockAgainAsync(record).ConfigureAwait(false);
            }
        }
        finally
        {
            _count.Lower(raised);
        }
    }

    /// <summary>Releases one waiter, if there is one. Does not block; usually called with the lock held.</summary>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public void Notify()
    {
        ThrowIfDisposed();
        if (_condition.Waiting > 0 || _count.Value > 0)
        {
            _ = _condition.TryGive(1);
        }
    }

    /// <summary>Releases all that wait now. Does not block; usually called with the lock held.</summary>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public void NotifyAll()
    {
        ThrowIfDisposed();
        int waiting = _count.Value;
        if (waiting > 0)
        {
            _ = _condition.TryGive(waiting);
        }
    }

    /// <summary>Locks without stating an owner, until <see cref="ExitUnowned"/>: for commands and scripts.</summary>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool EnterUnowned(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        EnterUnowned(timeout, out _, cancellationToken);

    /// <summary>The same, and tells what became of the owner before.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try.</param>
    /// <param name="wasAbandoned">Whether the previous owner died holding it: what it protects may be half
    /// changed.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; not locked.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool EnterUnowned(TimeSpan timeout, out bool wasAbandoned, CancellationToken cancellationToken = default)
    {
        bool locked = TryEnter(timeout, out MutexLock held, cancellationToken);
        wasAbandoned = held.WasAbandoned;
        held.Record?.Release();
        return locked;
    }

    /// <summary>Unlocks whoever holds it: the counterpart of
    /// <see cref="EnterUnowned(TimeSpan, CancellationToken)"/>.</summary>
    /// <returns>False when nobody held it.</returns>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool ExitUnowned()
    {
        ThrowIfDisposed();
        return _mutex.TryGive(1);
    }

    private static long Companion(SharedMemory memory, string name, long sizeBytes) =>
        SyncEntry.Find(memory, name, Kind, sizeBytes);

    private static TimeSpan Remaining(long deadlineNanoseconds) => deadlineNanoseconds == long.MaxValue
        ? Timeout.InfiniteTimeSpan
        : TimeSpan.FromTicks(Math.Max(0, (deadlineNanoseconds - MonotonicClock.Nanoseconds) / 100));

    private OwnerRecord Check(MutexLock held)
    {
        ThrowIfDisposed();
        return held.IsHeld && held.Subject!.Offset == _mutex.Offset && held.Subject.Table == _mutex.Table
            ? held.Record!
            : throw new ArgumentException($"The lock is not that of monitor '{Name}', or is not held.", nameof(held));
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_site.Table.IsDisposed, _memory);
}
