using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.VoidShm.Layout;

/// <summary>A number of a live header that the writer stores, whatever its width, place and byte order.</summary>
/// <remarks>Aligned little-endian words are one release store. Packed profiles put 64-bit counters at multiples of 4:
/// those are stored
/// as bytes behind a barrier, and a reader on a machine that splits unaligned stores may see half of one.</remarks>
internal readonly struct HeaderWord
{
    private readonly SharedUInt64 _wide;
    private readonly SharedUInt32 _narrow;
    private readonly SharedSegment? _segment;
    private readonly int _offset;
    private readonly int _size;
    private readonly bool _bigEndian;

    internal HeaderWord(SharedSegment segment, VoidLayout layout, VoidField field)
    {
        VoidFieldPlacement at = layout[field];
        _offset = at.Offset;
        _size = at.SizeBytes;
        _bigEndian = layout.BigEndian;
        bool direct = !layout.BigEndian && at.Offset % at.SizeBytes == 0;
        if (direct && at.SizeBytes == 8)
        {
            _wide = segment.UInt64(at.Offset);
        }
        else if (direct && at.SizeBytes == 4)
        {
            _narrow = segment.UInt32(at.Offset);
        }
        else
        {
            _segment = segment;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void WriteRelease(ulong value)
    {
        if (!_wide.IsDefault)
        {
            _wide.WriteRelease(value);
        }
        else if (!_narrow.IsDefault)
        {
            _narrow.WriteRelease((uint)value);
        }
        else
        {
            WriteBytes(value);
        }
    }

    private void WriteBytes(ulong value)
    {
        // FENCE earlier stores of the payload, then the store of this word.
        Volatile.WriteBarrier();
        Span<byte> at = _segment!.Span(_offset, _size);
        if (_size == 8)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(
                at, _bigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);
        }
        else if (_size == 4)
        {
            uint narrow = (uint)value;
            BinaryPrimitives.WriteUInt32LittleEndian(
                at, _bigEndian ? BinaryPrimitives.ReverseEndianness(narrow) : narrow);
        }
        else
        {
            ushort half = (ushort)value;
            BinaryPrimitives.WriteUInt16LittleEndian(at, _bigEndian ? BinaryPrimitives.ReverseEndianness(half) : half);
        }
    }
}
