using System.Buffers.Binary;
using Plenum.Inspection.ZeroBuffer;

namespace Plenum.Inspection.Watching;

/// <summary>A ZeroBuffer segment's counters, positions and owners.</summary>
internal sealed class ZeroBufferGauge : ISegmentGauge
{
    private readonly SettledCopy _copy = new(ZeroBufferHeader.SecondSizeBytes);
    private readonly byte[] _frame = new byte[ZeroBufferHeader.FrameHeaderBytes];
    private double? _itemBytes;

    public GaugeReading Read(SegmentImage image, long sizeBytes, long nowNanoseconds)
    {
        _copy.Read(image, 0, IsPlausible);
        if (_copy.Length < ZeroBufferHeader.SizeBytes)
        {
            return new GaugeReading { Problem = "it is smaller than a ZeroBuffer header" };
        }

        ReadOnlySpan<byte> bytes = _copy.Bytes;
        ulong payload = At(bytes, 0x20);
        ulong free = Math.Min(At(bytes, 0x28), payload);
        ulong written = At(bytes, 0x40);
        ulong read = At(bytes, 0x48);
        ulong depth = written > read ? written - read : 0;
        string? problem = IsSound(bytes, sizeBytes)
            ? null
            : ZeroBufferFields.FirstViolation(ZeroBufferHeader.Of(bytes, _copy.IsSettled), sizeBytes);
        bool first = BinaryPrimitives.ReadUInt32LittleEndian(bytes) == ZeroBufferHeader.SizeBytes;
        if (problem is null && depth > 0 && first)
        {
            MeasureFrame(image, (long)(ZeroBufferHeader.SizeBytes + At(bytes, 0x08) + At(bytes, 0x38)), payload);
        }

        return new GaugeReading
        {
            Mark = Fingerprint.Add(Fingerprint.Start, bytes[0x10..0x60]),
            Produced = written,
            Consumed = read,
            Depth = (long)Math.Min(depth, long.MaxValue),
            Utilization = payload == 0 ? null : (double)(payload - free) / payload,
            ItemBytes = _itemBytes,
            Shape = At(bytes, 0x08) ^ (payload << 1),
            Peers = (At(bytes, ZeroBufferHeader.WriterPidOffset), At(bytes, ZeroBufferHeader.ReaderPidOffset)),
            IsUnsettled = !_copy.IsSettled,
            Problem = problem,
        };
    }

    public void Refresh(SegmentImage image)
    {
    }

    // Every field within its bounds: what a header looks like at any moment, however fast it moves.
    private static bool IsPlausible(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < ZeroBufferHeader.SizeBytes)
        {
            return true;
        }

        ulong payload = At(bytes, 0x20);
        return At(bytes, 0x28) <= payload && At(bytes, 0x30) <= payload && At(bytes, 0x38) <= payload
            && At(bytes, 0x48) <= At(bytes, 0x40) + 1;
    }

    private static bool IsSound(ReadOnlySpan<byte> bytes, long sizeBytes)
    {
        ulong metadata = At(bytes, 0x08);
        ulong payload = At(bytes, 0x20);
        ulong file = (ulong)Math.Max(0, sizeBytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes) == ZeroBufferHeader.SizeBytes && bytes[4] == 1
            && bytes[7] == 0 && metadata <= file && payload <= file && metadata % 64 == 0 && payload % 64 == 0
            && ZeroBufferHeader.SizeBytes + metadata + payload == file && IsPlausible(bytes)
            && At(bytes, 0x18) <= metadata && At(bytes, 0x18) is 0 or >= 8
            && At(bytes, 0x10) == metadata - At(bytes, 0x18);
    }

    private static ulong At(ReadOnlySpan<byte> bytes, int offset) =>
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);

    // The size of the frame that is read next: an estimate of what frames are like.
    private void MeasureFrame(SegmentImage image, long offset, ulong payload)
    {
        if (image.Read(offset, _frame) == _frame.Length && At(_frame, 0) is > 0 and var size && size < payload)
        {
            _itemBytes = size;
        }
    }
}
