using Plenum.Platform;

namespace Plenum.Benchmarks.Cases.Limits;

/// <summary>The in-place copy ruler: fixed slots with a published count on either side, nothing else. The writer makes
/// a frame in a slot, the reader reads every byte there.</summary>
internal sealed class SlotRing : IDisposable
{
    private const long WrittenOffset = 0;
    private const long ReadOffset = 128;
    private const long EndOffset = 256;
    private const long FirstSlotOffset = 4096;
    private readonly SharedSegment _segment;
    private readonly SharedUInt64 _written;
    private readonly SharedUInt64 _read;
    private readonly SharedUInt32 _end;
    private readonly int _slots;
    private readonly long _stride;
    private readonly int _size;
    private ulong _count;

    internal SlotRing(SharedSegment segment, int slots, int sizeBytes)
    {
        _segment = segment;
        _slots = slots;
        _size = sizeBytes;
        _stride = Stride(sizeBytes);
        _written = segment.UInt64(WrittenOffset);
        _read = segment.UInt64(ReadOffset);
        _end = segment.UInt32(EndOffset);
    }

    internal static long SegmentBytes(int slots, int sizeBytes) => FirstSlotOffset + (slots * Stride(sizeBytes));

    /// <summary>Makes a frame in the next slot, when there is one.</summary>
    internal bool TryWrite(FrameSource source, long index)
    {
        // OBSERVE [slot-ring-read] The reader has done with the slot that is taken now.
        if (_count - _read.ReadAcquire() >= (ulong)_slots)
        {
            return false;
        }

        source.Fill(_segment.Span(FirstSlotOffset + ((long)(_count % (ulong)_slots) * _stride), _size), index);

        // PUBLISH [slot-ring] The slot's bytes before the count. Weaker: the reader reads the frame before.
        _written.WriteRelease(++_count);
        return true;
    }

    /// <summary>Says that nothing more comes.</summary>
    internal void End() => _end.WriteRelease(1);

    /// <summary>The next frame in its slot, when there is one.</summary>
    internal bool TryRead(out ReadOnlySpan<byte> frame)
    {
        // OBSERVE [slot-ring] The frame's bytes.
        bool there = _written.ReadAcquire() != _count;
        frame = there
            ? _segment.Span(FirstSlotOffset + ((long)(_count % (ulong)_slots) * _stride), _size) : default;
        return there;
    }

    /// <summary>Gives the slot back.</summary>
    internal void Release() => _read.WriteRelease(++_count); // PUBLISH [slot-ring-read] after the last load of the slot

    /// <summary>Whether the writer ended and all was read.</summary>
    internal bool IsOver => _end.ReadAcquire() != 0 && _written.ReadAcquire() == _count;

    public void Dispose() => _segment.Dispose();

    private static long Stride(int sizeBytes) => (sizeBytes + 16L + 63) & ~63L;
}
