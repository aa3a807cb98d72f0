using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A counting semaphore of all processes that open the segment (spec zeroipc 2.12; the peers'
/// Semaphore).</summary>
/// <remarks>
/// <para>Thread-safe. Waiting processes of ours are served in the order of their arrival, one for each permit; peers
/// poll.</para>
/// <para>A permit has no owner: a process that dies with one takes it along, as with every semaphore. What a dead
/// waiter left (its
/// place in the line, the waiting counter) is taken back by the next one that sleeps.</para>
/// <example>
/// <code>
/// var slots = SharedSemaphore.CreateOrOpen(memory, "slots", initialCount: 3, maximumCount: 3);
/// slots.Acquire();
/// try { /* one of three */ } finally { slots.Release(); }
/// </code>
/// </example>
/// </remarks>
public sealed class SharedSemaphore
{
    private const string Kind = "semaphore";

    private readonly CountLock _lock;
    private readonly SharedMemory _memory;

    private SharedSemaphore(SharedMemory memory, string name, long offset)
    {
        _memory = memory;
        _lock = OpenAt(memory, name, offset);
    }

    /// <summary>The entry's name.</summary>
    public string Name => _lock.Name;

    /// <summary>Permits free at this moment.</summary>
    public int CurrentCount => _lock.Count;

    /// <summary>How many processes wait, as the format counts them.</summary>
    public int WaitingCount => _lock.Waiting;

    /// <summary>The limit of the count; 0 for none.</summary>
    public int MaximumCount => _lock.Maximum;

    /// <summary>Creates a semaphore.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name, at most 31 bytes of UTF-8.</param>
    /// <param name="initialCount">Permits at the start, 0 or more.</param>
    /// <param name="maximumCount">Limit of the count, at least <paramref name="initialCount"/>; 0 for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or the initial one above the
    /// limit.</exception>
    /// <exception cref="EntryExistsException">The name is taken.</exception>
    /// <exception cref="SegmentFullException">The segment or its name table is full.</exception>
    public static SharedSemaphore Create(SharedMemory memory, string name, int initialCount, int maximumCount = 0)
    {
        ArgumentNullException.ThrowIfNull(memory);
        CheckCounts(initialCount, maximumCount);
        _ = memory.Allocate(CountLock.Request(name, initialCount, maximumCount));
        return Open(memory, name);
    }

    /// <summary>Opens a semaphore, whichever language created it. A mutex is a semaphore too.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <exception cref="EntryNotFoundException">No such entry.</exception>
    /// <exception cref="SegmentFormatException">The entry is not a semaphore.</exception>
    public static SharedSemaphore Open(SharedMemory memory, string name) =>
        new(memory, name, SyncEntry.Find(memory, name, Kind, CountLock.SizeBytes));

    /// <summary>Opens a semaphore if there is one.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="semaphore">The semaphore.</param>
    /// <returns>False when there is no such entry.</returns>
    /// <exception cref="SegmentFormatException">The entry is not a semaphore.</exception>
    public static bool TryOpen(SharedMemory memory, string name, [NotNullWhen(true)] out SharedSemaphore? semaphore) =>
        (semaphore = SyncEntry.TryOpen(memory, name, () => Open(memory, name))) is not null;

    /// <summary>Opens a semaphore, or creates it if there is none; safe when several processes do so at once.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="initialCount">Permits at the start if it is created.</param>
    /// <param name="maximumCount">Limit of the count if it is created; 0 for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or the initial one above the
    /// limit.</exception>
    /// <exception cref="SegmentFormatException">The entry is not a semaphore.</exception>
    public static SharedSemaphore CreateOrOpen(SharedMemory memory, string name, int initialCount, int maximumCount = 0)
    {
        CheckCounts(initialCount, maximumCount);
        return SyncEntry.CreateOrOpen(
            memory, name, () => Create(memory, name, initialCount, maximumCount), () => Open(memory, name));
    }

    /// <summary>Takes a permit if there is one. Does not block.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool TryAcquire()
    {
        ThrowIfDisposed();
        return _lock.TryTakePermit();
    }

    /// <summary>Takes a permit; blocks until there is one.</summary>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was taken.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public void Acquire(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!TryAcquireFirst())
        {
            _ = _lock.AcquirePermit(long.MaxValue, cancellationToken);
        }
    }

    /// <summary>Takes a permit; blocks at most a given time.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was taken.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool TryAcquire(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        long deadline = MonotonicClock.Deadline(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        return TryAcquireFirst() || (timeout != TimeSpan.Zero && _lock.AcquirePermit(deadline, cancellationToken));
    }

    /// <summary>Takes a permit without holding a thread while it waits.</summary>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was taken.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask AcquireAsync(CancellationToken cancellationToken = default) =>
        _ = await TryAcquireAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);

    /// <summary>Takes a permit within a given time, without holding a thread while it waits.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was taken.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public ValueTask<bool> TryAcquireAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        long deadline = MonotonicClock.Deadline(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        return TryAcquireFirst() ? new ValueTask<bool>(true)
            : timeout == TimeSpan.Zero ? new ValueTask<bool>(false)
            : _lock.AcquirePermitAsync(deadline, cancellationToken);
    }

    /// <summary>Gives permits back. Does not block.</summary>
    /// <param name="permits">How many, at least 1.</param>
    /// <exception cref="SemaphoreFullException">The count would exceed its limit; nothing was given.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public void Release(int permits = 1)
    {
        if (!TryRelease(permits))
        {
            ThrowFull(permits);
        }
    }

    /// <summary>Gives permits back unless the count would exceed its limit. Does not block.</summary>
    /// <param name="permits">How many, at least 1.</param>
    /// <returns>False when the count would exceed its limit; nothing was given.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool TryRelease(int permits = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(permits, 1);
        ThrowIfDisposed();
        return _lock.TryGive(permits);
    }

    /// <summary>The lock inside a semaphore entry, checked.</summary>
    internal static CountLock OpenAt(SharedMemory memory, string name, long offset)
    {
        int maximum = memory.Segment.Int32(offset + 8).ReadAcquire();
        int count = memory.Segment.Int32(offset).ReadAcquire();
        if (maximum < 0)
        {
            throw SyncEntry.BadField(memory, Kind, name, "max_count", "0 or more", Format.Number(maximum), offset + 8);
        }

        return count >= 0 && (maximum == 0 || count <= maximum)
            ? new CountLock(memory.Segment, memory.Waits(), offset, ClaimKind.Semaphore, name)
            : throw SyncEntry.BadField(
                memory, Kind, name, "count", $"0 to max_count ({maximum})", Format.Number(count), offset);
    }

    private static void CheckCounts(int initialCount, int maximumCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(initialCount);
        ArgumentOutOfRangeException.ThrowIfNegative(maximumCount);
        if (maximumCount != 0)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(initialCount, maximumCount);
        }
    }

    // Whoever may wait does not overtake those in line.
    private bool TryAcquireFirst()
    {
        ThrowIfDisposed();
        return _lock.Line.IsEmpty && _lock.TryTakePermit();
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_lock.Table.IsDisposed, _memory);

    [DoesNotReturn]
    private void ThrowFull(int permits) => throw new SemaphoreFullException(
        $"Could not release {permits} permit(s) of semaphore '{Name}': the count is {CurrentCount} and its "
        + $"limit is {MaximumCount} (0: 2147483647). Somebody releases more often than it acquires.");
}
