using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using Plenum.Platform;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>The reader's half of the ring: finds frames, checks headers, gives bytes back.</summary>
/// <remarks>
/// Works on its own copies of position, count and expected sequence. Each header field is read once and checked
/// against the ring before it is used. One thread at a time, except <see cref="GiveBack"/>, which any thread may call.
/// </remarks>
internal sealed class RingReader
{
    private const string Operation = "read frame";

    private readonly SharedSegment _control;
    private readonly SharedSegment _payload;
    private readonly string _name;
    private readonly long _start;
    private readonly long _size;
    private readonly SharedUInt64 _free;
    private readonly SharedUInt64 _writePosition;
    private readonly SharedUInt64 _writtenCount;
    private readonly SharedUInt64 _readPosition;
    private readonly SharedUInt64 _readCount;
    private readonly NamedSemaphore _spaceFreed;

    private long _position;
    private ulong _count;
    private ulong _expected = 1;
    private ulong _skipped;
    private bool _unpublished;

    internal RingReader(
        SharedSegment control, SharedSegment payload, in BufferLayout layout, NamedSemaphore spaceFreed)
    {
        _control = control;
        _payload = payload;
        _name = control.Name.Value;
        _start = layout.PayloadOffset;
        _size = layout.PayloadSizeBytes;
        _free = control.UInt64(OperationInfoBlock.PayloadFreeBytesOffset);
        _writePosition = control.UInt64(OperationInfoBlock.PayloadWritePositionOffset);
        _writtenCount = control.UInt64(OperationInfoBlock.PayloadWrittenCountOffset);
        _readPosition = control.UInt64(OperationInfoBlock.PayloadReadPositionOffset);
        _readCount = control.UInt64(OperationInfoBlock.PayloadReadCountOffset);
        _spaceFreed = spaceFreed;
    }

    internal long SizeBytes => _size;

    /// <summary>The free bytes as the field says now; a hint for utilisation.</summary>
    internal ulong Free => _free.ReadAcquire();

    /// <summary>Wraps to the start of the ring so far.</summary>
    internal long Wraps { get; private set; }

    /// <summary>Whether any writer ever wrote a frame.</summary>
    internal bool AnyWritten => _writtenCount.ReadAcquire() != 0;

    /// <summary>Where the writer says the next frame goes; for comparison only, since the field is the
    /// peer's.</summary>
    /// <exception cref="SegmentCorruptedException">The field is outside the ring.</exception>
    internal ulong WritePosition
    {
        get
        {
            ulong position = _writePosition.ReadAcquire();
            if (position > (ulong)_size)
            {
                ThrowPosition(position);
            }

            return position;
        }
    }

    /// <summary>Whether the writer's position says that a frame is waiting. An exactly full ring is not seen.</summary>
    internal bool IsBehind(ulong writePosition) => writePosition % (ulong)_size != (ulong)_position;

    /// <summary>Whether the ring holds nothing but unread frames: then the two positions are equal, as in an empty one.</summary>
    internal bool IsFull(RingLeasePool held) => _free.ReadAcquire() == 0 && held.HeldBytes() == 0;

    /// <summary>The bytes of a frame.</summary>
    internal ReadOnlySpan<byte> Data(scoped in RingFrame frame) =>
        _payload.ReadOnlySpan(_start + frame.Offset, frame.SizeBytes);

    /// <summary>The bytes of a frame for a reader that edits them before it gives them back.</summary>
    internal Span<byte> MutableData(scoped in RingFrame frame) =>
        _payload.Span(_start + frame.Offset, frame.SizeBytes);

    /// <summary>The offset of a frame in the payload's segment.</summary>
    internal long SegmentOffset(in RingFrame frame) => _start + frame.Offset;

    /// <summary>Takes the next frame; the caller took a token for it.</summary>
    /// <param name="held">Bytes of frames that were read and not given back.</param>
    /// <param name="frame">The frame.</param>
    /// <returns>False when there is no frame: the token was a surplus one.</returns>
    /// <exception cref="SegmentCorruptedException">The header can not be right.</exception>
    internal bool TryNext(RingLeasePool held, out RingFrame frame)
    {
        long position = _position;
        long skipped = 0;
        ulong markers = 0;

        // No header fits the last 1 to 15 bytes: a C++ or Python writer goes on at 0 without a marker (spec 1.9).
        if (_size - position < FrameHeader.SizeBytes)
        {
            skipped = _size - position;
            position = 0;
        }

        FrameHeader header = Header(position);

        // Old or never written bytes behind a token too many look like a marker or like a new writer's first frame.
        bool restart = header.SequenceNumber == 1 && _expected != 1;
        if ((header.IsWrapMarker || restart) && IsDrained(held))
        {
            frame = default;
            return false;
        }

        if (header.IsWrapMarker && position != 0)
        {
            skipped = _size - position;
            markers = 1;
            position = 0;
            header = Header(0);
        }

        long room = _size - position - FrameHeader.SizeBytes;
        bool expected = header.SequenceNumber == _expected || header.SequenceNumber == 1;
        bool fits = header.PayloadSize != 0 && header.PayloadSize <= (ulong)Math.Min(room, int.MaxValue);
        if (!fits || !expected)
        {
            frame = default;
            return Refuse(header, position, held);
        }

        if (skipped != 0)
        {
            _skipped += (ulong)skipped;
            Wraps++;
        }

        frame = new RingFrame(position + FrameHeader.SizeBytes, (int)header.PayloadSize, header.SequenceNumber);
        Advance(frame, markers);
        return true;
    }

    /// <summary>Publishes how far this reader got, after one or several calls of <see cref="TryNext"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Publish()
    {
        // PLAIN only observers read these two; no peer's correctness depends on them.
        _unpublished = false;
        StepHook.At("read.parsed");
        _readPosition.WriteOwned((ulong)_position);
        StepHook.At("read.position");
        _readCount.WriteOwned(_count);
        StepHook.At("read.counted");
    }

    /// <summary>Leaves publishing to the next <see cref="Publish"/>, or to the next bytes that are given
    /// back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void PublishLater() => _unpublished = true;

    /// <summary>
    /// The end of the ring that was skipped on the way to the frame just found. It is free at once, without a token,
    /// when no earlier frame is out (spec 1.6 step 4); otherwise it goes back with the frame, and is returned.
    /// </summary>
    internal ulong TakeSkipped(RingLeasePool held)
    {
        ulong skipped = TakeSkipped();
        if (skipped == 0 || !held.IsEmpty)
        {
            return skipped;
        }

        _free.Add(skipped);
        StepHook.At("read.skipped");
        return 0;
    }

    /// <summary>The skipped bytes, to go back with the frames behind them.</summary>
    internal ulong TakeSkipped()
    {
        ulong skipped = _skipped;
        _skipped = 0;
        return skipped;
    }

    /// <summary>Gives bytes back to the writer and posts one token per frame. Any thread.</summary>
    /// <returns>The free bytes afterwards.</returns>
    internal ulong GiveBack(ulong bytes, int frames)
    {
        // PUBLISH [space] The full fence of the addition completes every load from the bytes before the writer may
        //   overwrite them. Weaker: on arm64 a frame's reader sees bytes of a later frame.
        StepHook.At("release.begin");
        if (_unpublished)
        {
            // The position is never behind the bytes given back: a Python writer's idea of contiguous room rests on it.
            Publish();
        }

        ulong free = _free.Add(bytes);
        StepHook.At("release.freed");

        // False only when the tokens of two thousand million frames have piled up; the writer has plenty then.
        _spaceFreed.TryPost(frames);
        StepHook.At("release.posted");
        return free;
    }

    /// <summary>
    /// Sets the free bytes right after a writer died between charging and publishing. Only while no writer can connect
    /// and after every frame was read.
    /// </summary>
    internal void RepairFreeBytes(RingLeasePool held)
    {
        // A frame may be given back by another thread meanwhile. Two equal quiet looks around the field exclude that.
        bool quiet = !held.IsChanging();
        ulong before = held.HeldBytes();
        ulong free = _free.ReadAcquire();
        ulong right = (ulong)_size - before;
        if (quiet && free != right && !held.IsChanging() && held.HeldBytes() == before)
        {
            _free.CompareExchange(right, free);
        }
    }

    private void Advance(in RingFrame frame, ulong markers)
    {
        long next = frame.Offset + frame.SizeBytes;
        _position = next == _size ? 0 : next;
        _count += 1 + markers;
        _expected = frame.Sequence + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FrameHeader Header(long position) =>
        FrameHeader.Decode(_payload.ReadOnlySpan(_start + position, FrameHeader.SizeBytes));

    // True when positions and free bytes say that every frame was read.
    private bool IsDrained(RingLeasePool held) =>
        !IsBehind(_writePosition.ReadAcquire()) && _free.ReadAcquire() + held.HeldBytes() == (ulong)_size;

    // A header that can not be right, or old bytes behind a token too many (a peer posted once too often).
    private bool Refuse(in FrameHeader header, long position, RingLeasePool held)
    {
        if (IsDrained(held))
        {
            return false;
        }

        ulong room = (ulong)(_size - position - FrameHeader.SizeBytes);
        bool badSize = header.PayloadSize == 0 || header.PayloadSize > room;
        if (!badSize && header.PayloadSize > int.MaxValue)
        {
            ThrowCorrupted(position, "payload_size", header.PayloadSize, "frames of 2 GiB and more are not supported");
        }

        if (badSize)
        {
            ThrowCorrupted(
                position,
                "payload_size",
                header.PayloadSize,
                $"1 to {room} would fit before the end of the ring");
        }

        ThrowCorrupted(position, "sequence_number", header.SequenceNumber, $"{_expected} was expected");
        return false;
    }

    [DoesNotReturn]
    private void ThrowPosition(ulong position) => throw new SegmentCorruptedException(
        $"Could not {Operation} from '{_name}': payload_write_pos is {position}, the ring has {_size} bytes. Another "
        + "process changed the field; close both ends and create the buffer again.",
        Operation,
        _name,
        "payload_write_pos",
        position.ToString(CultureInfo.InvariantCulture));

    [DoesNotReturn]
    private void ThrowCorrupted(long position, string field, ulong value, string expected) =>
        throw new SegmentCorruptedException(
            $"Could not {Operation} from '{_name}': the frame header at ring position {position} has {field} {value}; "
            + $"{expected}. "
            + "The writer is faulty or of an old version; close both ends and create the buffer again.",
            Operation,
            _control.Name.Value,
            field,
            value.ToString(CultureInfo.InvariantCulture));
}
