using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using Plenum.Platform;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>The writer's half of the ring: places frames, charges the free bytes, publishes.</summary>
/// <remarks>
/// <para>Works on its own copies of position, count and sequence; the shared fields are stored for the peers and never
/// read back, so nobody can mislead it. Free bytes are the only truth about space (spec zerobuffer 1.10): both ends
/// change them with interlocked additions, and only the reader adds, so the value seen last is a lower bound and is
/// read again only when it does not suffice.</para>
/// <para>Frames are staged first and published together: one subtraction, one store of each index, one post of as many
/// tokens. Until then nothing of a staged frame can be seen, and <see cref="Restore"/> forgets it.</para>
/// <para>Order of publication: free bytes, write position, written count, token. A writer that dies in between leaves
/// at worst bytes charged for a frame that is not there; the reader gives them back
/// (<see cref="RingReader.RepairFreeBytes"/>). Position before charge, as the peers do it, would let a successor
/// overwrite unread frames instead.</para>
/// <para>One thread at a time.</para>
/// </remarks>
internal sealed class RingWriter
{
    // One system call for so many bytes of the first lap of a sparse ring.
    private const long ReservationStep = 1 << 20;

    private readonly SharedSegment _payload;
    private readonly string _name;
    private readonly long _start;
    private readonly RingGeometry _geometry;
    private readonly SharedUInt64 _free;
    private readonly SharedUInt64 _writePosition;
    private readonly SharedUInt64 _writtenCount;
    private readonly SharedUInt64 _readerPid;
    private readonly NamedSemaphore _dataAvailable;

    private RingMark _mark;
    private long _reservedBytes;
    private bool _isSparse;
    private ulong _stagedCharge;
    private int _stagedFrames;

    internal RingWriter(
        SharedSegment control,
        SharedSegment payload,
        in BufferLayout layout,
        NamedSemaphore dataAvailable,
        ZeroBufferOptions options,
        in OperationInfoBlock found)
    {
        _payload = payload;
        _name = control.Name.Value;
        _start = layout.PayloadOffset;
        _geometry = new RingGeometry(layout.PayloadSizeBytes, options.AllowShortTail);
        _free = control.UInt64(OperationInfoBlock.PayloadFreeBytesOffset);
        _writePosition = control.UInt64(OperationInfoBlock.PayloadWritePositionOffset);
        _writtenCount = control.UInt64(OperationInfoBlock.PayloadWrittenCountOffset);
        _readerPid = control.UInt64(OperationInfoBlock.ReaderPidOffset);
        _dataAvailable = dataAvailable;
        _isSparse = !options.Segment.ReservePages;

        // C++ and Python writers leave the position at the end of the ring after an exact fit; it means 0 (spec 1.2).
        long position = (long)found.PayloadWritePos;
        _mark = new RingMark
        {
            Position = position == layout.PayloadSizeBytes ? 0 : position,
            Count = found.PayloadWrittenCount,
            Sequence = options.FirstSequence,
            FreeKnown = found.PayloadFreeBytes,
        };
    }

    internal long SizeBytes => _geometry.SizeBytes;

    /// <summary>Copies frames into the ring.</summary>
    internal AdaptiveCopy Copier { get; } = new();

    /// <summary>Lower bound of the free bytes.</summary>
    internal ulong FreeKnown => _mark.FreeKnown;

    /// <summary>The number the next frame gets.</summary>
    internal ulong NextSequence => _mark.Sequence;

    internal int StagedFrames => _stagedFrames;

    /// <summary>Wraps to the start of the ring so far.</summary>
    internal long Wraps { get; private set; }

    /// <summary>Where a frame goes from here; false when it can never be written from here.</summary>
    internal bool TryPlace(long dataBytes, out RingPlacement placement)
    {
        placement = default;
        return dataBytes > 0 && _geometry.TryPlace(_mark.Position, dataBytes, out placement);
    }

    /// <summary>Where a frame goes from here.</summary>
    /// <exception cref="FrameSizeException">A frame of this size can never be written from here.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal RingPlacement Place(long dataBytes)
    {
        if (!TryPlace(dataBytes, out RingPlacement placement))
        {
            ThrowSize(dataBytes);
        }

        return placement;
    }

    /// <summary>Whether a frame fits now. Reads the shared field only when the lower bound does not suffice.</summary>
    /// <exception cref="SharedMemorySpaceException">The ring is sparse and the file system has no pages for the
    /// frame; nothing was changed.</exception>
    internal bool HasRoom(in RingPlacement placement)
    {
        if (placement.Charge > _mark.FreeKnown && placement.Charge > RefreshFree())
        {
            return false;
        }

        if (_isSparse)
        {
            ReservePages(placement);
        }

        return true;
    }

    /// <summary>
    /// Stores the two indexes as they are. Their cache lines, and the free bytes beside the position, then come over
    /// for writing while the data is copied, instead of one after the other at publication.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Approach()
    {
        // PLAIN own fields, unchanged values; nothing is staged.
        _writePosition.WriteOwned((ulong)_mark.Position);
        _writtenCount.WriteOwned(_mark.Count);
    }

    /// <summary>The room for a frame's data.</summary>
    internal Span<byte> Data(scoped in RingPlacement placement) => _payload.Span(
        _start + placement.Offset + FrameHeader.SizeBytes, (int)(placement.TotalBytes - FrameHeader.SizeBytes));

    /// <summary>Completes a placed frame whose data is in the ring; nobody sees it before
    /// <see cref="Publish"/>.</summary>
    internal void Stage(in RingPlacement placement)
    {
        if (placement.SkippedBytes != 0)
        {
            Wraps++;
            if (placement.SkippedBytes >= FrameHeader.SizeBytes)
            {
                default(FrameHeader).Encode(_payload.Span(_start + _mark.Position, FrameHeader.SizeBytes));
                StepHook.At("write.marker");
                _mark.Count++;
            }
        }

        var header = new FrameHeader((ulong)(placement.TotalBytes - FrameHeader.SizeBytes), _mark.Sequence);
        header.Encode(_payload.Span(_start + placement.Offset, FrameHeader.SizeBytes));
        _mark.Position = _geometry.Next(placement);
        _mark.Count++;
        _mark.Sequence++;
        _mark.FreeKnown -= placement.Charge;
        _stagedCharge += placement.Charge;
        _stagedFrames++;
    }

    /// <summary>
    /// Copies and stages as many frames as there is room for; the first is placed already. A frame that can never be
    /// written from where it would come ends the batch before it, and is reported when it is the first of the next one.
    /// </summary>
    internal int StageAll(ReadOnlySpan<ReadOnlyMemory<byte>> frames, RingPlacement placement, out long dataBytes)
    {
        int count = 0;
        dataBytes = 0;
        do
        {
            ReadOnlySpan<byte> data = frames[count].Span;
            Copier.Copy(data, Data(placement));
            Stage(placement);
            dataBytes += data.Length;
            count++;
        }
        while (count < frames.Length && TryPlace(frames[count].Length, out placement)
            && (!_isSparse || HasPages(placement)) && HasRoom(placement));
        return count;
    }

    /// <summary>The state to return to with <see cref="Restore"/>.</summary>
    internal RingMark Mark() => _mark;

    /// <summary>Forgets everything staged since a mark: no field, no token and no number is used up.</summary>
    internal void Restore(in RingMark mark)
    {
        _mark = mark;
        _stagedCharge = 0;
        _stagedFrames = 0;
    }

    /// <summary>Publishes what is staged.</summary>
    /// <returns>False when the reader has closed: nobody will read it.</returns>
    /// <exception cref="SegmentCorruptedException">The free bytes contradict what this writer knows.</exception>
    internal bool Publish()
    {
        ulong charge = _stagedCharge;
        int frames = _stagedFrames;
        _stagedCharge = 0;
        _stagedFrames = 0;

        // CLAIM [space] Both ends modify this counter, hence interlocked; the result is the freshest value for nothing.
        StepHook.At("write.staged");
        ulong free = _free.Add(unchecked(0UL - charge));
        StepHook.At("write.charged");
        if (free > (ulong)_geometry.SizeBytes - charge || free < _mark.FreeKnown)
        {
            ThrowFree(free);
        }

        _mark.FreeKnown = free;

        // PUBLISH [frame-position] For observers, and for the reader when this writer dies before the token is posted.
        //   Weaker: on arm64 they see the position and old bytes.
        _writePosition.WriteRelease((ulong)_mark.Position);
        StepHook.At("write.position");
        _writtenCount.WriteRelease(_mark.Count);
        StepHook.At("write.counted");
        bool received = _readerPid.ReadAcquire() != 0;

        // PUBLISH [frame] The full fence of the post makes data and header visible to who takes the token (spec 1.5
        //   step 8). Weaker: on arm64 the reader takes the token and parses an old header.
        if (!_dataAvailable.TryPost(frames))
        {
            ThrowOverflow();
        }

        StepHook.At("write.posted");
        return received;
    }

    // Of a sparse ring: as far as it was written once.
    private bool HasPages(in RingPlacement placement) => LastByte(placement) <= _reservedBytes;

    // The marker, too, is a store: it lies before the skipped end.
    private long LastByte(in RingPlacement placement) => placement.SkippedBytes == 0
        ? placement.Offset + placement.TotalBytes
        : Math.Max(placement.TotalBytes, Math.Min(_mark.Position + FrameHeader.SizeBytes, _geometry.SizeBytes));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReservePages(in RingPlacement placement)
    {
        if (HasPages(placement))
        {
            return;
        }

        long end = LastByte(placement);
        long ahead = Math.Min(_geometry.SizeBytes, (end + ReservationStep - 1) / ReservationStep * ReservationStep);
        try
        {
            _payload.ReservePages(_start + _reservedBytes, ahead - _reservedBytes);
            _reservedBytes = ahead;
            _isSparse = ahead < _geometry.SizeBytes;
        }
        catch (SharedMemorySpaceException) when (ahead > end)
        {
            _payload.ReservePages(_start + _reservedBytes, end - _reservedBytes);
            _reservedBytes = end;
        }
    }

    private ulong RefreshFree()
    {
        // OBSERVE [space] The reader adds after it is done with the bytes; what it read from them is complete.
        ulong free = _free.ReadAcquire();
        ulong staged = _stagedCharge;
        if (free > (ulong)_geometry.SizeBytes || free < staged || free - staged < _mark.FreeKnown)
        {
            ThrowFree(free);
        }

        _mark.FreeKnown = free - staged;
        return _mark.FreeKnown;
    }

    [DoesNotReturn]
    private void ThrowFree(ulong free) => throw new SegmentCorruptedException(
        $"Could not write a frame to '{_name}': payload_free_bytes is {free}; the ring has {_geometry.SizeBytes} "
        + $"bytes, of which at least {_mark.FreeKnown} are free. Another process changed the field; close "
        + "both ends and create the buffer again.",
        "write frame",
        _name,
        "payload_free_bytes",
        free.ToString(CultureInfo.InvariantCulture));

    [DoesNotReturn]
    private void ThrowOverflow() => throw new SegmentCorruptedException(
        $"Could not write a frame to '{_name}': the semaphore '{_dataAvailable.Name}' has more tokens than the ring "
        + "can have frames. Another process posted it; close both ends and create the buffer again.",
        "write frame",
        _name,
        _dataAvailable.Name,
        NamedSemaphore.MaxCount.ToString(CultureInfo.InvariantCulture));

    [DoesNotReturn]
    private void ThrowSize(long dataBytes)
    {
        const string operation = "Could not write a frame";
        if (dataBytes <= 0)
        {
            throw new FrameSizeException(
                $"{operation} to '{_name}': a frame has at least 1 byte.", _name, FrameSizeError.Empty, dataBytes, 1);
        }

        long below = _geometry.LargestBelow(_mark.Position, dataBytes);
        long above = _geometry.SmallestAbove(_mark.Position, dataBytes);
        long nearest = above != 0 && (below == 0 || above - dataBytes < dataBytes - below) ? above : below;
        long limit = _geometry.SizeBytes - FrameHeader.SizeBytes;
        if (dataBytes > limit)
        {
            throw new FrameSizeException(
                $"{operation} of {dataBytes} bytes to '{_name}': the ring of {_geometry.SizeBytes} bytes holds frames "
                + $"up to {limit} "
                + $"bytes, from the present position up to {below}. Let the reader create a larger payload.",
                _name, FrameSizeError.LargerThanRing, dataBytes, below);
        }

        bool shortTail = above != 0;
        throw new FrameSizeException(
            $"{operation} of {dataBytes} bytes to '{_name}' at position {_mark.Position} of {_geometry.SizeBytes}: "
            + (shortTail
                ? "it would leave fewer than 16 bytes at the end of the ring, which other peers cannot skip; "
                : "it fits neither before the end of the ring nor, with the skipped end, at its start; ")
            + $"the nearest size that fits is {nearest} bytes. Frames with a header up to half the payload always fit.",
            _name, shortTail ? FrameSizeError.LeavesShortTail : FrameSizeError.NeverFitsHere, dataBytes, nearest);
    }
}
