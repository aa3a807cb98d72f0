using System.Diagnostics.CodeAnalysis;
using Plenum.Platform;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>The reading end behind <see cref="ZeroBufferReader"/>: gate, waiting, ring, leases and counters.</summary>
internal sealed class ReaderEndpoint
{
    private readonly ZeroBufferReader _owner;
    private readonly RingReader _ring;
    private readonly RingLeasePool _leases = new();
    private readonly UseGate _gate;
    private SegmentCorruptedException? _fault;
    private long _frames;
    private long _bytes;

    internal ReaderEndpoint(ZeroBufferReader owner, BufferOwnership buffer, ZeroBufferOptions options)
    {
        _owner = owner;
        Buffer = buffer;
        _gate = new UseGate(owner);
        _ring = new RingReader(buffer.Segment, buffer.Segment, buffer.Layout, buffer.SpaceFreed);
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

            if (_leases.HeldFrames() > 0)
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

    /// <summary>A frame as an object that may leave the thread.</summary>
    internal OwnedFrame Own(RingLease lease, ulong ticket, ulong sequence)
    {
        RingFrame found = lease.Batch[0];
        try
        {
            return new OwnedFrame(
                this, lease, ticket, Buffer.Segment.Memory(_ring.SegmentOffset(found), found.SizeBytes), sequence);
        }
        catch (ObjectDisposedException)
        {
            Release(lease, ticket);
            throw;
        }
    }

    internal ReadOnlySpan<byte> DataOf(scoped in RingFrame frame) => _ring.Data(frame);

    /// <summary>Gives back what a ticket stands for, once; from any thread.</summary>
    internal void Release(RingLease lease, ulong ticket)
    {
        if (!lease.TryRedeem(ticket))
        {
            lease.ReleaseOrphan(ticket, Buffer.Segment);
            return;
        }

        if (lease.Frames != 0)
        {
            Health.Observe(_ring.GiveBack(lease.Bytes, lease.Frames));
        }

        lease.EndRedeem(ticket);
        if (Health.HasChanged)
        {
            _owner.RaiseHealthChanged();
        }
    }

    /// <summary>Holds the mapping for something that is not a frame (a view of the metadata).</summary>
    internal RingLease Hold(out ulong ticket)
    {
        _gate.Enter();
        try
        {
            RingLease lease = _leases.Take();
            ticket = lease.Take(0, 0);
            return lease;
        }
        finally
        {
            _gate.Exit();
        }
    }

    internal void Close()
    {
        if (_gate.TryClose())
        {
            _leases.Orphanize(Buffer.Segment);
            Buffer.Dispose();
        }
    }

    [DoesNotReturn]
    internal void ThrowWriterDied() => throw new PeerTerminatedException(
        $"Could not read frame from '{_owner.Name}': the writer (process {Tokens.LastWriter}) died without closing, and all its frames "
        + "have been read. Wait for another writer, or dispose the reader.",
        "read frame",
        _owner.Name,
        (long)Tokens.LastWriter);

    internal void Enter() => _gate.Enter();

    internal void Exit() => _gate.Exit();

    /// <summary>Takes the next frame if a token is there. The gate is held.</summary>
    internal bool TryNext(bool unposted, out RingFrame frame)
    {
        ThrowIfFaulted();
        frame = default;
        while (unposted || Tokens.TryTake())
        {
            unposted = false;
            StepHook.At("read.token");
            if (TryParse(out frame))
            {
                _ring.Publish();
                Tokens.FrameRead();
                return true;
            }
        }

        return false;
    }

    internal RingLease Lease(in RingFrame found, out ulong ticket)
    {
        _frames++;
        _bytes += found.SizeBytes;
        RingLease lease = _leases.Take();
        lease.Batch[0] = found;
        ticket = lease.Take((ulong)found.SizeBytes + FrameHeader.SizeBytes, 1);
        return lease;
    }

    private ReadOutcome Next(TimeSpan timeout, out RingFrame frame, CancellationToken cancellationToken)
    {
        if (TryNext(unposted: false, out frame))
        {
            return ReadOutcome.Frame;
        }

        // Also a read that does not want to wait learns that the writer is gone.
        long deadline = timeout == TimeSpan.Zero ? 0 : MonotonicClock.Deadline(timeout);
        while (true)
        {
            ReadOutcome outcome = Tokens.Wait(deadline, out bool unposted, cancellationToken);
            if (outcome != ReadOutcome.Frame || TryNext(unposted: true, out frame))
            {
                return outcome;
            }
        }
    }

    private RingLease FillBatch(in RingFrame first, int maximum, out ulong ticket)
    {
        RingLease lease = _leases.Take();
        RingFrame[] frames = lease.BatchOf(maximum);
        frames[0] = first;
        int count = 1;
        long bytes = first.SizeBytes;
        int tokens = maximum > 1 ? Tokens.TryTakeMany(frames.Length - 1) : 0;
        try
        {
            while (count <= tokens && TryParse(out frames[count]))
            {
                bytes += frames[count].SizeBytes;
                count++;
            }
        }
        catch (SegmentCorruptedException)
        {
            // The frames before the bad one are good; the next read reports it again.
        }

        _ring.Publish();
        _frames += count;
        _bytes += bytes;
        ticket = lease.Take((ulong)(bytes + ((long)count * FrameHeader.SizeBytes)), count);
        return lease;
    }

    private bool TryParse(out RingFrame frame)
    {
        try
        {
            return _ring.TryNext(_leases, out frame);
        }
        catch (SegmentCorruptedException e)
        {
            _fault = e;
            throw;
        }
    }

    private void ThrowIfFaulted()
    {
        if (_fault is not null)
        {
            ThrowFault(_fault);
        }
    }

    [DoesNotReturn]
    private static void ThrowFault(SegmentCorruptedException fault) => throw new SegmentCorruptedException(
        fault.Message, fault.Operation, fault.Name, fault.Field, fault.Value);
}
