using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A countdown that releases all waiting processes when it reaches 0 (spec zeroipc 2.13; the peers'
/// Latch).</summary>
/// <remarks>
/// <para>Thread-safe. The count only falls and stops at 0.</para>
/// <para>The format does not say who is to count down. A process that calls <see cref="Join"/> says so in the wait
/// table beside the
/// segment; <see cref="MissingParties"/> then tells who still owes counts and whether it lives. Nothing counts down for
/// the
/// dead: that is the survivors' decision.</para>
/// </remarks>
public sealed class SharedLatch
{
    private const string Kind = "latch";
    private const int SizeBytes = 16;

    private readonly SharedMemory _memory;
    private readonly SharedInt32 _count;
    private readonly SharedInt32 _initial;
    private readonly WaitSite _site;
    private readonly long _offset;

    private SharedLatch(SharedMemory memory, string name, long offset)
    {
        _memory = memory;
        _offset = offset;
        Name = name;
        _count = memory.Segment.Int32(offset);
        _initial = memory.Segment.Int32(offset + 4);
        int count = _count.ReadAcquire();
        int initial = _initial.ReadAcquire();
        if (initial < 0 || count < 0 || count > initial)
        {
            throw SyncEntry.BadField(memory, Kind, name, "count", $"0 to initial ({initial})", Format.Number(count),
                offset);
        }

        _site = memory.Waits().Site(offset);
    }

    /// <summary>The entry's name.</summary>
    public string Name { get; }

    /// <summary>Counts still missing; 0 when the latch is open.</summary>
    public int CurrentCount => Math.Max(0, _count.ReadAcquire());

    /// <summary>The count it was created with.</summary>
    public int InitialCount => _initial.ReadAcquire();

    /// <summary>Whether the count reached 0.</summary>
    public bool IsOpen => _count.ReadAcquire() <= 0;

    /// <summary>Creates a latch.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name, at most 31 bytes of UTF-8.</param>
    /// <param name="initialCount">The count, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    /// <exception cref="EntryExistsException">The name is taken.</exception>
    /// <exception cref="SegmentFullException">The segment or its name table is full.</exception>
    public static SharedLatch Create(SharedMemory memory, string name, int initialCount)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentOutOfRangeException.ThrowIfNegative(initialCount);
        _ = memory.Allocate(new EntryRequest(name, SizeBytes, (segment, offset) =>
        {
            // PLAIN nobody can find the entry yet.
            segment.Int32(offset).WriteOwned(initialCount);
            segment.Int32(offset + 4).WriteOwned(initialCount);
        }));
        return Open(memory, name);
    }

    /// <summary>Opens a latch, whichever language created it.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <exception cref="EntryNotFoundException">No such entry.</exception>
    /// <exception cref="SegmentFormatException">The entry is not a latch.</exception>
    public static SharedLatch Open(SharedMemory memory, string name) =>
        new(memory, name, SyncEntry.Find(memory, name, Kind, SizeBytes));

    /// <summary>Opens a latch if there is one.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="latch">The latch.</param>
    /// <returns>False when there is no such entry.</returns>
    /// <exception cref="SegmentFormatException">The entry is not a latch.</exception>
    public static bool TryOpen(SharedMemory memory, string name, [NotNullWhen(true)] out SharedLatch? latch) =>
        (latch = SyncEntry.TryOpen(memory, name, () => Open(memory, name))) is not null;

    /// <summary>Opens a latch, or creates it if there is none; safe when several processes do so at once.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="initialCount">The count if it is created.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    /// <exception cref="SegmentFormatException">The entry is not a latch.</exception>
    public static SharedLatch CreateOrOpen(SharedMemory memory, string name, int initialCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(initialCount);
        return SyncEntry.CreateOrOpen(memory, name, () => Create(memory, name, initialCount), () => Open(memory, name));
    }

    /// <summary>Counts down; the count stops at 0. Does not block; wakes all waiting processes when it reaches
    /// 0.</summary>
    /// <param name="counts">How far, at least 1.</param>
    /// <returns>True when this call opened the latch.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool CountDown(int counts = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(counts, 1);
        ThrowIfDisposed();
        int seen = _count.ReadAcquire();
        while (seen > 0)
        {
            int next = Math.Max(0, seen - counts);

            // PUBLISH [latch] What was stored before is visible to whom the latch releases (full fence).
            int found = _count.CompareExchange(next, seen);
            if (found == seen)
            {
                StepHook.At("latch-counted");
                if (next == 0)
                {
                    _site.WakeAll();
                }

                return next == 0;
            }

            seen = found;
        }

        return false;
    }

    /// <summary>Waits until the count is 0.</summary>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public void Wait(CancellationToken cancellationToken = default) =>
        _ = Wait(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Waits until the count is 0, at most a given time.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to look.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool Wait(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        long deadline = MonotonicClock.Deadline(timeout);
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        var open = new Open0(_count);
        return open.IsMet() || (timeout != TimeSpan.Zero && _site.Wait(ref open, null, deadline, cancellationToken));
    }

    /// <summary>Waits until the count is 0, without holding a thread.</summary>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WaitAsync(CancellationToken cancellationToken = default) =>
        _ = await WaitAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);

    /// <summary>Waits until the count is 0, at most a given time, without holding a thread.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to look.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public ValueTask<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        long deadline = MonotonicClock.Deadline(timeout);
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        var open = new Open0(_count);
        bool met = open.IsMet();
        return met || timeout == TimeSpan.Zero
            ? new ValueTask<bool>(met)
            : _site.WaitAsync(open, null, deadline, cancellationToken);
    }

    /// <summary>Sets the count back to its initial value. Only while nobody waits or counts down; C and Python never do
    /// it.</summary>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public void Reset()
    {
        ThrowIfDisposed();

        // PUBLISH [latch] A closed latch; who reads it waits.
        _count.WriteRelease(_initial.ReadAcquire());
    }

    /// <summary>States that this process owes counts, for <see cref="MissingParties"/>. Changes no byte of the
    /// segment.</summary>
    /// <param name="counts">How many, at least 1.</param>
    /// <returns>Dispose it when the counts are done.</returns>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public PartyTicket Join(int counts = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(counts, 1);
        ThrowIfDisposed();
        return new PartyTicket(_site.Table.Owners.Claim(ClaimKind.Latch, _offset, (ulong)counts));
    }

    /// <summary>The processes of ours that joined and still owe counts.</summary>
    /// <returns>Empty when the latch is open. Peers, and processes that did not join, are never listed.</returns>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public IReadOnlyList<MissingParty> MissingParties()
    {
        ThrowIfDisposed();
        return IsOpen
            ? []
            : _site.Table.Recovery.Claims(ClaimKind.Latch, _offset)
                .ConvertAll(static claim =>
                    new MissingParty(claim.Owner, claim.IsDead, (int)Math.Min(claim.Aux, int.MaxValue)));
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_site.Table.IsDisposed, _memory);

    private readonly struct Open0(SharedInt32 count) : IWaitCondition
    {
        // OBSERVE [latch] Pairs with CountDown: what was stored before the last count is visible.
        public bool IsMet() => count.ReadAcquire() <= 0;
    }
}
