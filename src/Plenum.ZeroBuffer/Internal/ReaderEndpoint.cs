using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Plenum.Platform;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>The reading end behind <see cref="ZeroBufferReader"/>: gate, waiting, ring, leases and counters.</summary>
internal sealed class ReaderEndpoint
{
    // Frames read without waiting from which on a reader is taken to be streaming.
    private const int Streaming = 8;

    private readonly ZeroBufferReader _owner;
    private readonly RingReader _ring;
    private readonly RingLeasePool _leases = new();
    private readonly UseGate _gate;
    private SegmentCorruptedException? _fault;
    private long _frames;
    private long _bytes;
    private long _framesAtWait;

    internal ReaderEndpoint(ZeroBufferReader owner, BufferOwnership buffer, ZeroBufferOptions options)
    {
        _owner = owner;
        Buffer = buffer;
        _gate = new UseGate(owner);
        _ring = new RingReader(buffer.Segment, buffer.Payload, buffer.Layout, buffer.SpaceFreed);
        Tokens = new FrameTokens(buffer, _ring, _leases, options, _gate);
        Health = new HealthMonitor(buffer.Layout.PayloadSizeBytes);
        Peer = new PeerLook(buffer.Segment, OperationInfoBlock.WriterPidOffset);
    }

    internal BufferOwnership Buffer { get; }

    internal FrameTokens Tokens { get; }

    internal HealthMonitor Health { get; }

    internal PeerLook Peer { get; }

    internal BufferStatistics Statistics => new(
        Volatile.Read(ref _frames), Volatile.Read(ref _bytes), Tokens.Waits, _ring.Wraps);

    internal ReaderState State
    {
        get
        {
            if (_gate.IsClosing)
            {
                return ReaderState.Shutdown;
            }

            if (_fault is not null)
            {
                return ReaderState.Error;
            }

            if (Tokens.Died)
            {
                return ReaderState.Dead;
            }

            if (Tokens.IsWaiting)
            {
                return ReaderState.Waiting;
            }

            if (_leases.IsAnyOut())
            {
                return ReaderState.Processing;
            }

            return Volatile.Read(ref _frames) == 0 ? ReaderState.Created : ReaderState.Reading;
        }
    }

    internal ReadOutcome Read(out Frame frame, TimeSpan timeout, CancellationToken cancellationToken)
    {
        _gate.Enter();
        try
        {
            ReadOutcome outcome = Next(timeout, out RingFrame found, cancellationToken);
            if (outcome != ReadOutcome.Frame)
            {
                frame = default;
                return outcome;
            }

            RingLease lease = Lease(found, out ulong ticket);
            frame = new Frame(this, lease, ticket, _ring.Data(found), found.Sequence);
            return outcome;
        }
        finally
        {
            _gate.Exit();
        }
    }

    internal ReadOutcome ReadBatch(
        out FrameBatch batch, int maximum, TimeSpan timeout, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximum, 1);
        _gate.Enter();
        try
        {
            batch = default;
            ReadOutcome outcome = Next(timeout, out RingFrame found, cancellationToken);
            if (outcome == ReadOutcome.Frame)
            {
                RingLease lease = FillBatch(found, maximum, out ulong ticket);
                batch = new FrameBatch(this, lease, ticket);
            }

            return outcome;
        }
        finally
        {
            _gate.Exit();
        }
    }

    internal async ValueTask<ReadResult> ReadAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        long deadline = timeout == TimeSpan.Zero ? 0 : MonotonicClock.Deadline(timeout);
        _gate.Enter();
        try
        {
            bool granted = false;
            while (true)
            {
                if (TryNext(granted, out RingFrame frame))
                {
                    RingLease lease = Lease(frame, out ulong ticket);
                    return new ReadResult(ReadOutcome.Frame, Own(lease, ticket, frame.Sequence));
                }

                ReadOutcome outcome = await Tokens.WaitAsync(deadline, cancellationToken).ConfigureAwait(false);
                if (outcome != ReadOutcome.Frame)
                {
                    return new ReadResult(outcome, null);
                }

                granted = true;
            }
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>A frame as an object that may leave the thread.</summary>
    internal OwnedFrame Own(RingLease lease, ulong ticket, ulong sequence)
    {
        RingFrame found = lease.Batch[0];
        try
        {
            return new OwnedFrame(
                this, lease, ticket, Buffer.Payload.Memory(_ring.SegmentOffset(found), found.SizeBytes), sequence);
        }
        catch (ObjectDisposedException)
        {
            Release(lease, ticket);
            throw;
        }
    }

    internal ReadOnlySpan<byte> DataOf(scoped in RingFrame frame) => _ring.Data(frame);

    internal Span<byte> MutableDataOf(scoped in RingFrame frame) => _ring.MutableData(frame);

    /// <summary>Gives back what a ticket stands for, once; from any thread.</summary>
    internal void Release(RingLease lease, ulong ticket)
    {
        if (!_leases.TryRedeem(lease, ticket, _ring, Health))
        {
            lease.ReleaseOrphan(ticket, Buffer.Payload);
        }
        else if (Health.HasChanged)
        {
            _owner.RaiseHealthChanged();
        }
    }

    internal void Close()
    {
        if (_gate.TryClose())
        {
            _leases.Orphanize(Buffer.Payload);
            Buffer.Dispose();
        }
    }

    [DoesNotReturn]
    internal void ThrowWriterDied() => throw new PeerTerminatedException(
        $"Could not read frame from '{_owner.Name}': the writer (process {Tokens.LastWriter}) died without closing, "
        + "and all its frames "
        + "have been read. Wait for another writer, or dispose the reader.",
        "read frame",
        _owner.Name,
        (long)Tokens.LastWriter);

    internal void Enter() => _gate.Enter();

    internal void Exit() => _gate.Exit();

    /// <summary>Takes the next frame. The gate is held.</summary>
    /// <param name="granted">True when a token was taken, or the frame must be read without one.</param>
    /// <param name="frame">The frame.</param>
    private bool TryNext(bool granted, out RingFrame frame)
    {
        ThrowIfFaulted();
        frame = default;
        while (granted || Tokens.TryTake(IsStreaming))
        {
            granted = false;
            StepHook.At("read.token");
            if (TryParse(out frame))
            {
                NoteBacklog();
                return true;
            }

            Tokens.DropAhead();
        }

        _leases.Settle(_ring, Health);
        return false;
    }

    private bool IsStreaming => _frames - _framesAtWait >= Streaming;

    // Behind a backlog whose tokens are taken already, the shared fields of this end are stored in groups: every store
    // would take their cache lines away from the writer.
    private void NoteBacklog()
    {
        if (Tokens.Ahead == 0)
        {
            _ring.Publish();
            _leases.Settle(_ring, Health);
        }
        else
        {
            _ring.PublishLater();
            _leases.Defer();
        }
    }

    private RingLease Lease(in RingFrame found, out ulong ticket)
    {
        Tokens.NoteFrame();
        _frames++;
        _bytes += found.SizeBytes;
        RingLease lease = _leases.Rent();
        lease.Batch[0] = found;
        ticket = _leases.Take(lease, (ulong)found.SizeBytes + FrameHeader.SizeBytes + _ring.TakeSkipped(_leases), 1);
        return lease;
    }

    private ReadOutcome Next(TimeSpan timeout, out RingFrame frame, CancellationToken cancellationToken)
    {
        if (TryNext(granted: false, out frame))
        {
            return ReadOutcome.Frame;
        }

        bool soon = timeout != TimeSpan.Zero && Tokens.TryTakeSoon(IsStreaming);
        _framesAtWait = _frames;
        if (soon && TryNext(granted: true, out frame))
        {
            return ReadOutcome.Frame;
        }

        // Also a read that does not want to wait learns that the writer is gone.
        long deadline = timeout == TimeSpan.Zero ? 0 : MonotonicClock.Deadline(timeout);
        while (true)
        {
            ReadOutcome outcome = Tokens.Wait(deadline, cancellationToken);
            if (outcome != ReadOutcome.Frame || TryNext(granted: true, out frame))
            {
                return outcome;
            }
        }
    }

    private RingLease FillBatch(in RingFrame first, int maximum, out ulong ticket)
    {
        RingLease lease = _leases.Rent();
        RingFrame[] frames = lease.BatchOf(maximum);
        frames[0] = first;
        int count = 1;
        long data = first.SizeBytes;
        ulong skipped = _ring.TakeSkipped(_leases);
        int tokens = maximum > 1 ? Tokens.TryTakeMany(frames.Length - 1) : 0;
        try
        {
            while (count <= tokens && TryParse(out frames[count]))
            {
                data += frames[count].SizeBytes;
                count++;
            }
        }
        catch (SegmentCorruptedException)
        {
            // The frames before the bad one are good; the next read reports it again.
        }

        NoteBacklog();
        Tokens.NoteFrame();
        _frames += count;
        _bytes += data;
        ulong bytes = (ulong)(data + ((long)count * FrameHeader.SizeBytes)) + skipped + _ring.TakeSkipped();
        ticket = _leases.Take(lease, bytes, count);
        return lease;
    }

    private bool TryParse(out RingFrame frame)
    {
        try
        {
            if (_ring.TryNext(_leases, out frame))
            {
                return true;
            }

            RequirePossibleTokens();
            return false;
        }
        catch (SegmentCorruptedException e)
        {
            _fault = e;
            throw;
        }
    }

    // A token stood for no frame. A few too many are passed over; passing over two thousand million would take minutes.
    private void RequirePossibleTokens()
    {
        NamedSemaphore tokens = Buffer.DataAvailable;
        int count = tokens.Count;
        if (count > _ring.SizeBytes / (FrameHeader.SizeBytes + 1))
        {
            throw new SegmentCorruptedException(
                $"Could not read frame from '{_owner.Name}': the semaphore '{tokens.Name}' has {count} tokens, more than "
                + $"a ring of {_ring.SizeBytes} bytes can hold frames. Another process posted it; close both ends and "
                + "create the buffer again.",
                "read frame",
                _owner.Name,
                tokens.Name,
                count.ToString(CultureInfo.InvariantCulture));
        }
    }

    private void ThrowIfFaulted()
    {
        if (_fault is not null)
        {
            EndpointFault.Throw(_fault);
        }
    }
}
