using Plenum.Inspection.Void;
using Plenum.VoidShm;

namespace Plenum.Inspection.Watching;

/// <summary>A VOID segment's epoch and frame.</summary>
internal sealed class VoidGauge : ISegmentGauge
{
    private readonly Func<ReadOnlySpan<byte>, bool> _isPlausible;
    private VoidLayout _layout = VoidProfiles.Canon.Layout;
    private SettledCopy _copy;
    private long _sizeBytes;

    internal VoidGauge()
    {
        _copy = new SettledCopy(_layout.HeaderBytes);
        _isPlausible = bytes => bytes.Length == _layout.HeaderBytes
            && _layout.Validate(_layout.Decode(bytes), _sizeBytes) == VoidValidity.Ok;
    }

    public GaugeReading Read(SegmentImage image, long sizeBytes, long nowNanoseconds)
    {
        _sizeBytes = sizeBytes;
        _copy.Read(image, 0, _isPlausible);
        if (_copy.Length < _layout.HeaderBytes)
        {
            return new GaugeReading { Problem = VoidCodes.Explain(VoidValidity.TooSmall) };
        }

        VoidHeader header = _layout.Decode(_copy.Bytes);
        VoidValidity code = _layout.Validate(header, sizeBytes);
        return new GaugeReading
        {
            Mark = unchecked((header.Epoch * 0x9E3779B97F4A7C15) ^ header.Frame),
            Produced = header.Frame,
            Generation = header.Epoch,
            ItemBytes = code == VoidValidity.Ok ? 4.0 * header.Channels * header.Length : null,
            Shape = unchecked((header.Channels << 32) ^ header.Length),
            IsUnsettled = !_copy.IsSettled,
            Problem = code == VoidValidity.Ok ? null : VoidCodes.Explain(code),
        };
    }

    public void Refresh(SegmentImage image)
    {
        VoidLayout layout = VoidSegmentProbe.Choose(
            image.ReadBytes(0, VoidSegmentProbe.StartBytes), image.SizeBytes).Profile.Layout;
        if (!ReferenceEquals(layout, _layout))
        {
            _layout = layout;
            _copy = new SettledCopy(layout.HeaderBytes);
        }
    }
}
