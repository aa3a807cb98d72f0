using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.VoidShm.Layout;

/// <summary>A number of a live header that a reader loads from its read-only mapping; see
/// <see cref="HeaderWord"/>.</summary>
internal readonly struct ReadOnlyHeaderWord
{
    private readonly SharedReadOnlyUInt64 _wide;
    private readonly SharedReadOnlyUInt32 _narrow;
    private readonly SharedSegment? _segment;
    private readonly int _offset;
    private readonly int _size;
    private readonly bool _bigEndian;

    internal ReadOnlyHeaderWord(SharedSegment segment, VoidLayout layout, VoidField field)
    {
        VoidFieldPlacement at = layout[field];
        _offset = at.Offset;
        _size = at.SizeBytes;
        _bigEndian = layout.BigEndian;
        bool direct = !layout.BigEndian && at.Offset % at.SizeBytes == 0;
        if (direct && at.SizeBytes == 8)
        {
            _wide = segment.ReadOnlyUInt64(at.Offset);
        }
        else if (direct && at.SizeBytes == 4)
        {
            _narrow = segment.ReadOnlyUInt32(at.Offset);
        }
        else
        {
            _segment = segment;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong ReadAcquire()
    {
        if (!_wide.IsDefault)
        {
            return _wide.ReadAcquire();
        }

        return !_narrow.IsDefault ? _narrow.ReadAcquire() : ReadBytes();
    }

    private ulong ReadBytes()
    {
        ReadOnlySpan<byte> at = _segment!.ReadOnlySpan(_offset, _size);
        ulong value = 0;
        for (int i = 0; i < at.Length; i++)
        {
            value |= (ulong)at[_bigEndian ? at.Length - 1 - i : i] << (8 * i);
        }

        // FENCE the load of this word, then later loads of the payload.
        Volatile.ReadBarrier();
        return value;
    }
}
