using Plenum.Platform;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>What a writer holds: the segment, the semaphores and the writer's role.</summary>
/// <remarks>
/// Everything is opened and checked before the role is claimed, and the role is claimed with a lock and an interlocked
/// exchange, so a rejected writer changes nothing (spec zerobuffer 1.4, defects B2 and B12 of the peers).
/// </remarks>
internal sealed class WriterConnection : IDisposable
{
    private const string Operation = "connect to buffer";

    // A reader of this library cleans up after a dead writer within one slice of its wait; twice that is patience
    // enough.
    private const long CleanUpNanoseconds = 120_000_000;

    private readonly SharedUInt64 _writerPid;
    private bool _disposed;

    private WriterConnection(
        SharedSegment segment,
        SharedSegment payload,
        in OperationInfoBlock found,
        in BufferLayout layout,
        NamedSemaphore dataAvailable,
        NamedSemaphore spaceFreed)
    {
        Segment = segment;
        Payload = payload;
        Found = found;
        Layout = layout;
        DataAvailable = dataAvailable;
        SpaceFreed = spaceFreed;
        Reader = new PeerWatch(segment, OperationInfoBlock.ReaderPidOffset);
        _writerPid = segment.UInt64(OperationInfoBlock.WriterPidOffset);
    }

    internal SharedSegment Segment { get; }

    /// <summary>The segment of the ring: <see cref="Segment"/>, or one of its own.</summary>
    internal SharedSegment Payload { get; }

    /// <summary>What a duplex end that created the buffer announced; 0 in every other buffer.</summary>
    internal ulong Announcement => Segment.UInt64(BufferLayoutV2.AnnouncementOffset(Layout)).ReadAcquire();

    /// <summary>The header as it was when the role was claimed.</summary>
    internal OperationInfoBlock Found { get; private set; }

    internal BufferLayout Layout { get; }

    internal NamedSemaphore DataAvailable { get; }

    internal NamedSemaphore SpaceFreed { get; }

    internal PeerWatch Reader { get; }

    /// <summary>Connects, or says why not.</summary>
    /// <param name="names">The buffer's names.</param>
    /// <param name="options">Page reservation and pre-fault.</param>
    /// <param name="failure">Why there is no connection although waiting may help: no buffer, not ready, or its reader
    /// is gone.</param>
    /// <returns>The connection; null when <paramref name="failure"/> says why.</returns>
    /// <exception cref="SegmentBusyException">Another writer is connected.</exception>
    /// <exception cref="SegmentFormatException">Not a buffer of this version.</exception>
    /// <exception cref="SegmentCorruptedException">The header contradicts itself.</exception>
    internal static WriterConnection? TryConnect(
        BufferNames names, ZeroBufferOptions options, out SharedMemoryException? failure)
    {
        failure = null;
        if (!TryOpenSegment(names, options, out SharedSegment? segment, ref failure))
        {
            return null;
        }

        SharedSegment? payload = null;
        NamedSemaphore? data = null;
        NamedSemaphore? space = null;
        WriterConnection? result = null;
        try
        {
            StepHook.At("connect.opened");
            OperationInfoBlock block = OperationInfoBlock.Decode(segment.ReadOnlySpan(0, OperationInfoBlock.SizeBytes));
            if (IsUnfinished(block))
            {
                failure = NotReady(names, "its reader is still creating it");
                return null;
            }

            BufferLayout layout = BufferLayoutV2.Validate(block, segment, names.Value);
            payload = BufferLayoutV2.OpenPayload(segment, layout, names.Value, options.Segment);
            if (payload is null)
            {
                failure = NotReady(names, "its payload segment is gone: its reader is replacing or removing it");
                return null;
            }

            ReserveHeader(segment, layout, options);
            if (!NamedSemaphore.TryOpen(names.DataSemaphore, out data)
                || !NamedSemaphore.TryOpen(names.SpaceSemaphore, out space))
            {
                failure = NotReady(names, "its semaphores do not exist yet");
                return null;
            }

            StepHook.At("connect.semaphores");
            var connection = new WriterConnection(segment, payload, block, layout, data, space);
            if (!connection.TryClaim(names, ref failure))
            {
                return null;
            }

            result = connection;
            return result;
        }
        finally
        {
            if (result is null)
            {
                data?.Dispose();
                space?.Dispose();
                DisposeOwn(payload, segment);
                segment.Dispose();
            }
        }
    }

    /// <summary>Clears the role. Posts nothing: a surplus token would survive into the next writer's life (spec
    /// 1.12).</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;

        // PUBLISH [owner] The field is cleared before the lock of its bytes goes with the segment: a set field without
        //   a lock is a dead writer. An exchange, so that a role taken over by force is not cleared.
        StepHook.At("close-writer.begin");
        _writerPid.CompareExchange(0, (ulong)Environment.ProcessId);
        StepHook.At("close-writer.pid");

        // A bare wake, no token: a reader of ours that is asleep looks at the field at once, others sleep on.
        DataAvailable.WakeWaiters();
        DataAvailable.Dispose();
        SpaceFreed.Dispose();
        DisposeOwn(Payload, Segment);
        Segment.Dispose();
        StepHook.At("close-writer.end");
    }

    // Of a sparse ring the frames' pages are reserved as they are come to.
    private static void ReserveHeader(SharedSegment segment, in BufferLayout layout, ZeroBufferOptions options)
    {
        if (!options.Segment.ReservePages)
        {
            segment.ReservePages(0, layout.MetadataOffset + layout.MetadataSizeBytes);
        }
    }

    private static void DisposeOwn(SharedSegment? payload, SharedSegment segment)
    {
        if (!ReferenceEquals(payload, segment))
        {
            payload?.Dispose();
        }
    }

    private static bool TryOpenSegment(
        BufferNames names, ZeroBufferOptions options, out SharedSegment segment, ref SharedMemoryException? failure)
    {
        try
        {
            if (SharedSegment.TryOpen(
                names.Segment,
                out SharedSegment? found,
                SegmentAccess.ReadWrite,
                OperationInfoBlock.SizeBytes,
                options.Segment))
            {
                segment = found;
                return true;
            }

            failure = new SegmentNotFoundException(
                $"Could not {Operation} '{names.Value}': it does not exist. Start its reader, which creates it, or "
                + "wait for it.",
                Operation,
                names.Value);
        }
        catch (SegmentFormatException e) when (e.Offset < 0)
        {
            // Smaller than a header: a peer has created the file and not sized it yet, or it is something else.
            failure = e;
        }

        segment = null!;
        return false;
    }

    // Foreign readers create the segment under its final name and fill it afterwards; a header of zeros is their first
    // moment.
    private static bool IsUnfinished(in OperationInfoBlock block) =>
        block is { OiebSize: 0, PayloadSize: 0, ReaderPid: 0 };

    private bool TryClaim(BufferNames names, ref SharedMemoryException? failure)
    {
        if (Reader.Look() != PeerPresence.Present)
        {
            failure = new PeerTerminatedException(
                $"Could not {Operation} '{names.Value}': its reader is gone (process {Reader.ProcessId}). Start the "
                + "reader again; it "
                + "replaces the buffer.",
                Operation,
                names.Value,
                (long)Reader.ProcessId);
            return false;
        }

        const int offset = OperationInfoBlock.WriterPidOffset;
        if (!WaitForCleanUp())
        {
            failure = NotReady(
                names, "its last writer died, and the reader has not yet given that writer's bytes back");
            return false;
        }

        if (!Segment.TryLockRole(offset, sizeof(ulong)))
        {
            throw Busy(names, _writerPid.ReadAcquire());
        }

        StepHook.At("connect.locked");
        ulong owner = _writerPid.ReadAcquire();
        var self = (ulong)Environment.ProcessId;
        if (owner != 0 && owner != self && ProcessIdentity.Check((long)owner) != ProcessLiveness.Dead)
        {
            throw Busy(names, owner);
        }

        // CLAIM [owner] Of two writers that saw the same field one wins; the lock excludes ours, the exchange the
        // others.
        if (_writerPid.CompareExchange(self, owner) != owner)
        {
            throw Busy(names, _writerPid.ReadAcquire());
        }

        StepHook.At("connect.claimed");
        if (!Segment.IsNamed())
        {
            _writerPid.CompareExchange(0, self);
            failure = NotReady(names, "its reader has just replaced it");
            return false;
        }

        // Positions and free bytes once more, now that nobody else changes them.
        Found = OperationInfoBlock.Decode(Segment.ReadOnlySpan(0, OperationInfoBlock.SizeBytes));
        BufferLayoutV2.Validate(Found, Segment, names.Value);
        return true;
    }

    // The writer before this one died. A reader of this library reads what it published, repairs the free bytes and
    // clears the field; only the reader can tell bytes charged for nothing from bytes it holds. While bytes are
    // missing this one must not take the place: they would be lost for its whole life, in the worst case so many that
    // no frame fits any more.
    private bool WaitForCleanUp()
    {
        const int offset = OperationInfoBlock.WriterPidOffset;
        ulong owner = _writerPid.ReadAcquire();
        bool dead = owner != 0 && !Segment.IsRoleLockedByOther(offset, sizeof(ulong))
            && ProcessIdentity.Check((long)owner) == ProcessLiveness.Dead;
        if (!dead || !Segment.IsRoleLockedByOther(OperationInfoBlock.ReaderPidOffset, sizeof(ulong)))
        {
            return true;
        }

        long deadline = MonotonicClock.Nanoseconds + CleanUpNanoseconds;
        while (_writerPid.ReadAcquire() == owner && MonotonicClock.Nanoseconds < deadline)
        {
            SharedFutex.WaitUntil(_writerPid.LowHalf(), (uint)owner, deadline);
        }

        return _writerPid.ReadAcquire() != owner || IsEveryByteKnown();
    }

    // Every byte is free or belongs to a published frame that was not read yet.
    private bool IsEveryByteKnown()
    {
        OperationInfoBlock block = OperationInfoBlock.Decode(Segment.ReadOnlySpan(0, OperationInfoBlock.SizeBytes));
        ulong size = block.PayloadSize;
        ulong write = block.PayloadWritePos % Math.Max(size, 1);
        ulong read = block.PayloadReadPos % Math.Max(size, 1);
        ulong unread = write >= read ? write - read : size - read + write;
        return block.PayloadFreeBytes + unread == size;
    }

    private static SegmentFormatException NotReady(BufferNames names, string reason) => new(
        $"Could not {Operation} '{names.Value}': {reason}. Try again, or wait for it.",
        Operation,
        names.Value,
        "a finished buffer",
        reason);

    private static SegmentBusyException Busy(BufferNames names, ulong owner) => new(
        $"Could not {Operation} '{names.Value}': another writer is connected (process {owner}). Stop it first.",
        Operation,
        names.Value,
        (long)owner);
}
