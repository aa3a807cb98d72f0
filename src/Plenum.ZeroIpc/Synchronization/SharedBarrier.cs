using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A meeting point: each of N parties waits until all have arrived, again and again (spec zeroipc 2.13; the
/// peers' Barrier).</summary>
/// <remarks>
/// <para>Thread-safe; every thread that waits is one party. More arrivals than participants are not detected by the
/// format.</para>
/// <para>A party that gives up (time-out, cancellation) takes its arrival back exactly: count and generation change
/// together, unlike
/// in the peers. An arrival of a process of ours that dies while it waits is taken back by the others, and
/// <see cref="MissingParties"/> tells who is missing; a replacement may then arrive.</para>
/// <para><see cref="Dispose"/> only says that this process is not expected any more.</para>
/// </remarks>
public sealed class SharedBarrier : IDisposable
{
    private const string Kind = "barrier";
    private const int SizeBytes = 16;

    private readonly SharedMemory _memory;
    private readonly BarrierCore _core;

    private SharedBarrier(SharedMemory memory, string name, long offset)
    {
        _memory = memory;
        Name = name;
        ParticipantCount = memory.Segment.Int32(offset + 8).ReadAcquire();
        if (ParticipantCount <= 0)
        {
            throw SyncEntry.BadField(
                memory, Kind, name, "participants", "1 or more", Format.Number(ParticipantCount), offset + 8);
        }

        _core = new BarrierCore(memory.Segment, memory.Waits(), offset, ParticipantCount);
    }

    /// <summary>The entry's name.</summary>
    public string Name { get; }

    /// <summary>How many parties meet.</summary>
    public int ParticipantCount { get; }

    /// <summary>How many have arrived and wait.</summary>
    public int ArrivedCount => _core.Arrived;

    /// <summary>How often all have met; wraps.</summary>
    public int Generation => (int)_core.Generation;

    /// <summary>Creates a barrier.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name, at most 31 bytes of UTF-8.</param>
    /// <param name="participantCount">How many parties meet, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1 participant.</exception>
    /// <exception cref="EntryExistsException">The name is taken.</exception>
    /// <exception cref="SegmentFullException">The segment or its name table is full.</exception>
    public static SharedBarrier Create(SharedMemory memory, string name, int participantCount)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentOutOfRangeException.ThrowIfLessThan(participantCount, 1);

        // PLAIN nobody can find the entry yet.
        _ = memory.Allocate(new EntryRequest(
            name, SizeBytes, (segment, offset) => segment.Int32(offset + 8).WriteOwned(participantCount)));
        return Open(memory, name);
    }

    /// <summary>Opens a barrier, whichever language created it.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <exception cref="EntryNotFoundException">No such entry.</exception>
    /// <exception cref="SegmentFormatException">The entry is not a barrier.</exception>
    public static SharedBarrier Open(SharedMemory memory, string name) =>
        new(memory, name, SyncEntry.Find(memory, name, Kind, SizeBytes));

    /// <summary>Opens a barrier if there is one.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="barrier">The barrier.</param>
    /// <returns>False when there is no such entry.</returns>
    /// <exception cref="SegmentFormatException">The entry is not a barrier.</exception>
    public static bool TryOpen(SharedMemory memory, string name, [NotNullWhen(true)] out SharedBarrier? barrier) =>
        (barrier = SyncEntry.TryOpen(memory, name, () => Open(memory, name))) is not null;

    /// <summary>Opens a barrier, or creates it if there is none; safe when several processes do so at once.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="participantCount">How many parties meet, if it is created.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1 participant.</exception>
    /// <exception cref="SegmentFormatException">The entry is not a barrier.</exception>
    public static SharedBarrier CreateOrOpen(SharedMemory memory, string name, int participantCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(participantCount, 1);
        return SyncEntry.CreateOrOpen(
            memory, name, () => Create(memory, name, participantCount), () => Open(memory, name));
    }

    /// <summary>Arrives and waits for the others.</summary>
    /// <param name="cancellationToken">Gives up at once; the arrival is taken back.</param>
    /// <exception cref="OperationCanceledException">Cancelled before all had arrived.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public void SignalAndWait(CancellationToken cancellationToken = default) =>
        _ = SignalAndWait(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Arrives and waits for the others, at most a given time.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Gives up at once; the arrival is taken back.</param>
    /// <returns>False when the time was over; the arrival is taken back then.</returns>
    /// <exception cref="OperationCanceledException">Cancelled before all had arrived.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool SignalAndWait(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        long deadline = Deadlines.From(timeout);
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        BarrierArrival arrival = _core.Arrive();
        bool met = false;
        try
        {
            met = arrival.IsMet() || _core.Site.Wait(ref arrival, _core, deadline, cancellationToken);
        }
        finally
        {
            met = _core.Leave(arrival, met);
        }

        return met;
    }

    /// <summary>Arrives and waits for the others, without holding a thread.</summary>
    /// <param name="cancellationToken">Gives up at once; the arrival is taken back.</param>
    /// <exception cref="OperationCanceledException">Cancelled before all had arrived.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SignalAndWaitAsync(CancellationToken cancellationToken = default) =>
        _ = await SignalAndWaitAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);

    /// <summary>Arrives and waits for the others, at most a given time, without holding a thread.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Gives up at once; the arrival is taken back.</param>
    /// <returns>False when the time was over; the arrival is taken back then.</returns>
    /// <exception cref="OperationCanceledException">Cancelled before all had arrived.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> SignalAndWaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        long deadline = Deadlines.From(timeout);
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        BarrierArrival arrival = _core.Arrive();
        bool met = false;
        try
        {
            met = arrival.IsMet()
                || await _core.Site.WaitAsync(arrival, _core, deadline, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            met = _core.Leave(arrival, met);
        }

        return met;
    }

    /// <summary>States that this process is expected, before it arrives for the first time. Changes no byte of the
    /// segment.</summary>
    /// <returns>Dispose it when this process is not expected any more.</returns>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public PartyTicket Join()
    {
        ThrowIfDisposed();
        return _core.Join();
    }

    /// <summary>The parties of ours that took part or joined, and have not arrived in this generation.</summary>
    /// <returns>Peers are never listed; the number missing is participants minus arrived.</returns>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public IReadOnlyList<MissingParty> MissingParties()
    {
        ThrowIfDisposed();
        return _core.Missing();
    }

    /// <summary>This process is not expected any more. Idempotent; does not block.</summary>
    public void Dispose() => _core.Forget();

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_core.Site.Table.IsDisposed, _memory);
}
