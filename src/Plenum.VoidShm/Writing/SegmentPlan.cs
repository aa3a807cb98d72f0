using Plenum.VoidShm.Layout;

namespace Plenum.VoidShm.Writing;

/// <summary>Sizes and offsets of one segment, derived once from layout and shape.</summary>
internal readonly record struct SegmentPlan(
    VoidLayout Layout, int Channels, int Length, long PayloadBytes, long TrailerOffset, long SecondOffset,
    long SegmentBytes)
{
    internal int FloatCount => Channels * Length;

    /// <summary>The element at which channel <paramref name="index"/> begins, or element <paramref name="index"/>
    /// itself.</summary>
    internal int FirstElement(int index, bool flat)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, flat ? FloatCount : Channels);
        return flat ? index : index * Length;
    }

    internal static SegmentPlan Of(VoidLayout layout, int channels, int length, VoidSecondBuffer second)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        if (!VoidLayout.TryPayloadBytes((ulong)channels, (ulong)length, out long payload)
            || (ulong)channels > layout.MaxOf(VoidField.Channels) || (ulong)length > layout.MaxOf(VoidField.Length))
        {
            throw new ArgumentOutOfRangeException(
                nameof(length), length,
                $"{channels} channels of {length} floats are more than the limit of {VoidLimits.MaxFloats} floats, "
                + "or than the "
                + "profile's fields can hold.");
        }

        long end = layout.HeaderBytes + payload;
        if (!layout.Profile.Trailer)
        {
            return new SegmentPlan(layout, channels, length, payload, 0, 0, end);
        }

        long trailer = TrailerV1.OffsetAfter(end);
        long after = TrailerV1.SecondBufferAfter(trailer);
        return second == VoidSecondBuffer.None
            ? new SegmentPlan(layout, channels, length, payload, trailer, 0, after)
            : new SegmentPlan(layout, channels, length, payload, trailer, after, checked(after + payload));
    }
}
