using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Plenum.Platform;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>The writing end behind <see cref="ZeroBufferWriter"/>: gate, waiting, ring, reservation and
/// counters.</summary>
internal sealed class WriterEndpoint
{
    private readonly ZeroBufferWriter _owner;
    private readonly RingWriter _ring;
    private readonly UseGate _gate;
    private readonly ReservationRole _reservation;
    private RingPlacement _reserved;
    private RingMark _batchStart;
    private long _stagedBytes;
    private SegmentCorruptedException? _fault;
    private long _frames;
    private long _bytes;

    internal WriterEndpoint(ZeroBufferWriter owner, WriterConnection connection, ZeroBufferOptions options)
    {
        _owner = owner;
        Connection = connection;
        _gate = new UseGate(owner);
        _reservation = new ReservationRole(connection.Payload);
        _ring = new RingWriter(
            connection.Segment, connection.Payload, connection.Layout, connection.DataAvailable, options,
            connection.Found);
        Space = new SpaceWait(connection, _ring, options, _gate);
        Health = new HealthMonitor(connection.Layout.PayloadSizeBytes);
        Health.Observe(_ring.FreeKnown);
        Peer = new PeerLook(connection.Segment, OperationInfoBlock.ReaderPidOffset);
    }

    internal WriterConnection Connection { get; }

    internal ReservationRole Reservation => _reservation;

    internal SpaceWait Space { get; }

    internal HealthMonitor Health { get; }

    internal PeerLook Peer { get; }

    internal BufferStatistics Statistics => new(
        Volatile.Read(ref _frames), Volatile.Read(ref _bytes), Space.Waits, _ring.Wraps);

    internal WriterState State
    {
        get
        {
            if (_gate.IsClosing)
            {
                return WriterState.Shutdown;
            }

            if (_fault is not null)
            {
                return WriterState.Error;
            }

            return Space.Presence switch
            {
                PeerPresence.Absent => WriterState.NoReader,
                PeerPresence.Dead => WriterState.ReaderDead,
                _ when Space.IsWaiting => WriterState.Blocked,
                _ => _reservation.IsFree ? WriterState.Connected : WriterState.Writing,
            };
        }
    }

    internal bool TryWrite(
        ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, TimeSpan timeout, CancellationToken cancellationToken)
    {
        _gate.Enter();
        try
        {
            _ring.Approach();
            if (!TryRoom((long)first.Length + second.Length, timeout, out RingPlacement placement, cancellationToken))
            {
                return false;
            }

            Span<byte> room = _ring.Data(placement);
            _ring.Copier.Copy(first, room);
            _ring.Copier.Copy(second, room[first.Length..]);
            StageAndPublish(placement);
        }
        finally
        {
            _gate.Exit();
        }

        ReportHealth();
        return true;
    }

    internal bool TryWrite(in ReadOnlySequence<byte> data, TimeSpan timeout, CancellationToken cancellationToken)
    {
        _gate.Enter();
        try
        {
            if (!TryRoom(data.Length, timeout, out RingPlacement placement, cancellationToken))
            {
                return false;
            }

            _ring.Copier.Copy(data, _ring.Data(placement));
            StageAndPublish(placement);
        }
        finally
        {
            _gate.Exit();
        }

        ReportHealth();
        return true;
    }

    internal async ValueTask<bool> WriteAsync(
        ReadOnlyMemory<byte> data, TimeSpan timeout, CancellationToken cancellationToken)
    {
        _gate.Enter();
        try
        {
            if (!TryPlace(data.Length, out RingPlacement placement))
            {
                long deadline = timeout == TimeSpan.Zero ? 0 : MonotonicClock.Deadline(timeout);
                if (!await Space.WaitAsync(placement, deadline, cancellationToken).ConfigureAwait(false))
                {
                    return false;
                }
            }

            _ring.Copier.Copy(data.Span, _ring.Data(placement));
            StageAndPublish(placement);
        }
        finally
        {
            _gate.Exit();
        }

        ReportHealth();
        return true;
    }

    internal bool TryReserve(
        int sizeBytes, out FrameReservation reservation, TimeSpan timeout, CancellationToken cancellationToken)
    {
        _gate.Enter();
        try
        {
            if (!TryRoom(sizeBytes, timeout, out RingPlacement placement, cancellationToken))
            {
                reservation = default;
                return false;
            }

            _reserved = placement;
            ulong ticket = _reservation.Open();
            reservation = new FrameReservation(this, ticket, _ring.Data(placement), _ring.NextSequence);
            return true;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>The room of a reservation that is open.</summary>
    internal Span<byte> Reserved(ulong ticket)
    {
        ObjectDisposedException.ThrowIf(!_reservation.IsOpenFor(ticket), typeof(OwnedReservation));
        return _ring.Data(_reserved);
    }

    internal void Commit(ulong ticket)
    {
        _gate.Enter();
        try
        {
            ObjectDisposedException.ThrowIf(!_reservation.TryEnd(ticket), typeof(FrameReservation));
            StageAndPublish(_reserved);
        }
        finally
        {
            _gate.Exit();
        }

        ReportHealth();
    }

    /// <summary>Keeps other writes out until the ticket ends. The gate is held.</summary>
    internal ulong OpenReservation()
    {
        RequireUsable();
        return _reservation.Open();
    }

    internal ulong StartBatch()
    {
        _gate.Enter();
        try
        {
            ulong ticket = OpenReservation();
            _batchStart = _ring.Mark();
            _stagedBytes = 0;
            return ticket;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Room for one more frame of a batch; its data must be stored before the next call.</summary>
    internal bool TryStage(ulong ticket, int sizeBytes, out Span<byte> room)
    {
        _gate.Enter();
        try
        {
            RequireTicket(ticket);
            RingPlacement placement = _ring.Place(sizeBytes);
            if (!_ring.HasRoom(placement))
            {
                room = default;
                return false;
            }

            room = _ring.Data(placement);
            _ring.Stage(placement);
            _stagedBytes += sizeBytes;
            return true;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Writes as many frames as fit, as one batch; waits for room for the first.</summary>
    /// <returns>The number of frames written.</returns>
    internal int WriteBatch(
        ReadOnlySpan<ReadOnlyMemory<byte>> frames, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (frames.IsEmpty)
        {
            return 0;
        }

        int count = 0;
        _gate.Enter();
        try
        {
            if (!TryRoom(frames[0].Length, timeout, out RingPlacement placement, cancellationToken))
            {
                return 0;
            }

            count = _ring.StageAll(frames, placement, out _stagedBytes);
            PublishStaged();
        }
        finally
        {
            _gate.Exit();
        }

        ReportHealth();
        return count;
    }

    internal int StagedFrames(ulong ticket) => _reservation.IsOpenFor(ticket) ? _ring.StagedFrames : 0;

    internal void PublishBatch(ulong ticket)
    {
        _gate.Enter();
        try
        {
            RequireTicket(ticket);
            if (_ring.StagedFrames > 0)
            {
                PublishStaged();
                _batchStart = _ring.Mark();
            }
        }
        finally
        {
            _gate.Exit();
        }

        ReportHealth();
    }

    /// <summary>Ends a batch; what was not published is forgotten.</summary>
    internal void EndBatch(ulong ticket)
    {
        if (_reservation.IsOpenFor(ticket))
        {
            _ring.Restore(_batchStart);
        }

        _reservation.Abort(ticket);
    }

    internal void Close()
    {
        if (_gate.TryClose())
        {
            _reservation.Close();
            Connection.Dispose();
        }
    }

    internal void Enter() => _gate.Enter();

    internal void Exit() => _gate.Exit();

    // Places a frame and says whether it fits now.
    private bool TryPlace(long sizeBytes, out RingPlacement placement)
    {
        RequireUsable();
        placement = _ring.Place(sizeBytes);
        return _ring.HasRoom(placement);
    }

    internal void ReportHealth()
    {
        if (Health.HasChanged)
        {
            _owner.RaiseHealthChanged();
        }
    }

    private bool TryRoom(
        long sizeBytes, TimeSpan timeout, out RingPlacement placement, CancellationToken cancellationToken)
    {
        if (TryPlace(sizeBytes, out placement))
        {
            return true;
        }

        long deadline = timeout == TimeSpan.Zero ? 0 : MonotonicClock.Deadline(timeout);
        return Space.Wait(placement, deadline, cancellationToken);
    }

    private void StageAndPublish(in RingPlacement placement)
    {
        _ring.Stage(placement);
        _stagedBytes = placement.TotalBytes - FrameHeader.SizeBytes;
        PublishStaged();
    }

    private void PublishStaged()
    {
        int frames = _ring.StagedFrames;
        bool received;
        try
        {
            received = _ring.Publish();
        }
        catch (SegmentCorruptedException e)
        {
            _fault = e;
            throw;
        }

        _frames += frames;
        _bytes += _stagedBytes;
        _stagedBytes = 0;
        Health.Observe(_ring.FreeKnown);
        if (!received)
        {
            Space.RequireReader(quick: true);
        }
    }

    private void RequireUsable()
    {
        if (_fault is not null)
        {
            EndpointFault.Throw(_fault);
        }

        if (!_reservation.IsFree)
        {
            ThrowReserved();
        }
    }

    private void RequireTicket(ulong ticket) =>
        ObjectDisposedException.ThrowIf(!_reservation.IsOpenFor(ticket), typeof(FrameBatchWriter));

    [DoesNotReturn]
    private static void ThrowReserved() => throw new InvalidOperationException(
        "A reservation or a batch is open: end it before the next write.");
}
