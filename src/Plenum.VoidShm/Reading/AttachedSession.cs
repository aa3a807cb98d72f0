using System.Runtime.CompilerServices;
using Plenum.Platform;
using Plenum.VoidShm.Layout;

namespace Plenum.VoidShm.Reading;

/// <summary>One segment that an attached reader has mapped read-only. One thread at a time (the reader's
/// gate).</summary>
internal sealed class AttachedSession
{
    internal const int Torn = -1;
    internal const int Stale = -2;
    internal const int Shrunk = -3;
    private const long NameCheckMilliseconds = 100;

    private readonly SharedSegment _segment;
    private readonly ReadOnlyHeaderWord _magic;
    private readonly ReadOnlyHeaderWord _epoch;
    private readonly ReadOnlyHeaderWord _frame;
    private readonly SharedReadOnlyUInt64 _seq;
    private readonly SharedReadOnlyUInt64 _writeTime;
    private readonly SharedReadOnlyUInt32 _wake;
    private readonly SharedReadOnlyUInt64 _secondSeq;
    private readonly SharedReadOnlyUInt64 _secondEpoch;
    private readonly SharedReadOnlyUInt64 _secondFrame;
    private readonly SharedReadOnlyUInt64 _secondTime;
    private readonly VoidHeader _header;
    private readonly TrailerFacts _trailer;
    private readonly long _requiredBytes;
    private readonly int _headerBytes;
    private readonly int _floatCount;
    private readonly bool _bigEndian;
    private readonly bool _checkEachCopy;
    private long _lastNameCheck;
    private bool _gone;

    private AttachedSession(
        SharedSegment segment, VoidLayout layout, in VoidHeader header, in TrailerFacts trailer,
        VoidSizeCheck sizeCheck)
    {
        _segment = segment;
        _header = header;
        _trailer = trailer;
        _headerBytes = layout.HeaderBytes;
        _floatCount = (int)(header.Channels * header.Length);
        _bigEndian = layout.BigEndian;
        _checkEachCopy = sizeCheck == VoidSizeCheck.EachCopy
            || (sizeCheck == VoidSizeCheck.ForeignWriters && (trailer.Flags & TrailerV1.FlagRoleLock) == 0);
        _requiredBytes = segment.SizeBytes;
        _magic = new ReadOnlyHeaderWord(segment, layout, VoidField.Magic);
        _epoch = new ReadOnlyHeaderWord(segment, layout, VoidField.Epoch);
        _frame = new ReadOnlyHeaderWord(segment, layout, VoidField.Frame);
        _lastNameCheck = Environment.TickCount64;
        if (trailer.IsPresent)
        {
            _seq = segment.ReadOnlyUInt64(trailer.Offset + TrailerV1.SeqOffset);
            _writeTime = segment.ReadOnlyUInt64(trailer.Offset + TrailerV1.WriteTimeOffset);
            _wake = segment.ReadOnlyUInt32(trailer.Offset + TrailerV1.WakeOffset);
            _secondSeq = segment.ReadOnlyUInt64(trailer.Offset + TrailerV1.SecondSeqOffset);
            _secondEpoch = segment.ReadOnlyUInt64(trailer.Offset + TrailerV1.SecondEpochOffset);
            _secondFrame = segment.ReadOnlyUInt64(trailer.Offset + TrailerV1.SecondFrameOffset);
            _secondTime = segment.ReadOnlyUInt64(trailer.Offset + TrailerV1.SecondTimeOffset);
        }
    }

    internal bool HasTrailer => _trailer.IsPresent;

    internal bool HasSecondBuffer => _trailer.HasSecondBuffer;

    internal long TrailerOffset => _trailer.Offset;

    internal SegmentInfo Info => _segment.OpenedInfo;

    internal ulong Epoch => _header.Epoch;

    internal int Channels => (int)_header.Channels;

    internal int Length => (int)_header.Length;

    internal VoidOwner Owner { get; private set; } = VoidOwner.None;

    /// <summary>Maps a segment after its header was found valid in a copy; validates again what is mapped.</summary>
    internal static VoidValidity TryAttach(
        SegmentName name, VoidLayout layout, SegmentSampler sampler, VoidSizeCheck sizeCheck,
        out AttachedSession? session)
    {
        session = null;
        VoidValidity code = SnapshotCopy.Validate(sampler, layout);
        if (code != VoidValidity.Ok)
        {
            return code;
        }

        SharedSegment? segment = null;
        try
        {
            if (!SharedSegment.TryOpen(name, out segment, SegmentAccess.ReadOnly, layout.MinimumBytes))
            {
                return VoidValidity.Missing;
            }

            // OBSERVE [void-magic] The header is copied once and judged in the copy.
            byte[] bytes = segment.ReadOnlySpan(0, layout.HeaderBytes).ToArray();
            VoidHeader header = layout.Decode(bytes);
            code = layout.Validate(header, segment.SizeBytes);
            if (code == VoidValidity.Ok)
            {
                session = new AttachedSession(segment, layout, header, Trailer(segment, layout, header), sizeCheck)
                {
                    Owner = layout.DecodeOwner(bytes),
                };
                segment = null;
            }

            return code;
        }
        catch (SegmentFormatException)
        {
            return VoidValidity.TooSmall;
        }
        catch (SharedMemoryException)
        {
            return VoidValidity.Denied;
        }
        finally
        {
            segment?.Dispose();
        }
    }

    /// <summary>Whether the memory may still be touched and the name still leads to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsUsable()
    {
        if (_gone || (_checkEachCopy && _segment.CurrentSizeBytes() < _requiredBytes))
        {
            return false;
        }

        long now = Environment.TickCount64;
        return now - _lastNameCheck < NameCheckMilliseconds || IsStillNamed(now);
    }

    internal bool IsShrunk() => _segment.CurrentSizeBytes() < _requiredBytes;

    /// <summary>Whether the header says that this is still the segment that was attached.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsCurrent() => _magic.ReadAcquire() == _header.Magic && _epoch.ReadAcquire() == _header.Epoch;

    // OBSERVE [void-frame] Pairs with the writer's release of the frame number.
    internal ulong Frame() => _frame.ReadAcquire();

    internal uint WakeWord() => _wake.ReadAcquire();

    /// <summary>Copies the payload between two looks at the sequence (or, of a foreign writer, at the frame).</summary>
    /// <returns>Values copied, <see cref="Torn"/>, or <see cref="Stale"/> when the segment was given up.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Copy(Span<float> destination, out ulong frame, out long time)
    {
        time = 0;
        if (!_trailer.IsPresent)
        {
            return CopyForeign(destination, out frame);
        }

        // OBSERVE [void-seq] Pairs with the writer's release of the even sequence.
        ulong sequence = _seq.ReadAcquire();
        frame = _frame.ReadAcquire();
        time = (long)_writeTime.ReadAcquire();
        if ((sequence & 1) != 0)
        {
            return IsCurrent() ? Torn : Stale;
        }

        int count = CopyPayload(destination, _headerBytes);

        // FENCE the loads of the payload, then the second look. Weaker: a load of the payload sinks below the look and
        // is torn.
        Volatile.ReadBarrier();

        // OBSERVE [void-epoch] Another epoch is another segment.
        // OBSERVE [void-invalid] A segment given up meanwhile is not returned.
        if (!IsCurrent())
        {
            return Stale;
        }

        return _seq.ReadAcquire() == sequence ? count : Torn;
    }

    /// <summary>Copies the second buffer if a complete frame lies there that is not older than what the reader has
    /// seen.</summary>
    internal int CopySecond(Span<float> destination, in FrameMemory memory, ulong mask, out ulong frame, out long time)
    {
        // OBSERVE [void-second-seq] Pairs with the writer's release after filling the second buffer.
        ulong sequence = _secondSeq.ReadAcquire();
        ulong epoch = _secondEpoch.ReadAcquire();
        frame = _secondFrame.ReadAcquire();
        time = (long)_secondTime.ReadAcquire();
        if ((sequence & 1) != 0 || sequence == 0 || epoch != _header.Epoch || memory.IsOlder(epoch, frame, mask))
        {
            return Torn;
        }

        int count = CopyPayload(destination, _trailer.SecondOffset);

        // FENCE as in Copy.
        Volatile.ReadBarrier();
        return _secondSeq.ReadAcquire() == sequence ? count : Torn;
    }

    internal void Close() => _segment.Dispose();

    private static TrailerFacts Trailer(SharedSegment segment, VoidLayout layout, in VoidHeader header)
    {
        _ = VoidLayout.TryPayloadBytes(header.Channels, header.Length, out long payload);
        long at = TrailerV1.OffsetAfter(layout.HeaderBytes + payload);
        return segment.SizeBytes - at < TrailerV1.SizeBytes
            ? default
            : TrailerFacts.Parse(
                segment.ReadOnlySpan(at, TrailerV1.SizeBytes).ToArray(), at, payload, segment.SizeBytes);
    }

    private bool IsStillNamed(long now)
    {
        _lastNameCheck = now;
        _gone = IsShrunk() || !_segment.IsNamed();
        return !_gone;
    }

    private int CopyForeign(Span<float> destination, out ulong frame)
    {
        frame = _frame.ReadAcquire();
        int count = CopyPayload(destination, _headerBytes);
        Volatile.ReadBarrier();
        if (!IsCurrent())
        {
            return Stale;
        }

        return _frame.ReadAcquire() == frame ? count : Torn;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int CopyPayload(Span<float> destination, long offset)
    {
        int count = Math.Min(destination.Length, _floatCount);
        ReadOnlySpan<float> source = _segment.ReadOnlySpan<float>(offset, count);
        if (_bigEndian)
        {
            PayloadBytes.CopySwapped(source, destination);
        }
        else
        {
            source.CopyTo(destination);
        }

        return count;
    }
}
