using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>Decides where a frame goes in the ring (spec zerobuffer 1.5, 1.9, fact 7). Pure arithmetic.</summary>
internal readonly struct RingGeometry(long sizeBytes, bool allowShortTail)
{
    private const int Header = FrameHeader.SizeBytes;

    /// <summary>Size of the ring.</summary>
    internal long SizeBytes { get; } = sizeBytes;

    /// <summary>
    /// Places a frame: at the position if it fits there, else at 0 behind a skipped tail. A tail of 1 to 15 bytes, in
    /// which no header fits and which every foreign reader mistreats, is avoided by wrapping earlier.
    /// </summary>
    /// <param name="position">The write position, 0 to size - 1.</param>
    /// <param name="dataBytes">Size of the frame's data, at least 1.</param>
    /// <param name="placement">Where it goes.</param>
    /// <returns>False when a frame of this size can never be written from this position, even into an empty
    /// ring.</returns>
    internal bool TryPlace(long position, long dataBytes, out RingPlacement placement)
    {
        long total = dataBytes + Header;
        long tail = SizeBytes - position;
        if (total <= tail && (allowShortTail || !IsShort(tail - total)))
        {
            placement = new RingPlacement(position, total, 0);
            return true;
        }

        // At 0 the frame needs the skipped tail and itself free at the same time, so it must end at or before the
        // position.
        bool fits = total <= position && (allowShortTail || !IsShort(SizeBytes - total));
        placement = fits ? new RingPlacement(0, total, tail) : default;
        return fits;
    }

    /// <summary>The position after a frame.</summary>
    internal long Next(in RingPlacement placement)
    {
        long next = placement.Offset + placement.TotalBytes;
        return next == SizeBytes ? 0 : next;
    }

    /// <summary>The size nearest to the one asked for, at or below it, that can be written from a position; 0 when
    /// none can.</summary>
    internal long LargestBelow(long position, long dataBytes)
    {
        long tail = SizeBytes - position;
        return Math.Max(Shrink(tail, dataBytes, tail), Shrink(position, dataBytes, SizeBytes));
    }

    /// <summary>The next larger size that can be written from a position; 0 when none can.</summary>
    internal long SmallestAbove(long position, long dataBytes)
    {
        long exact = SizeBytes - position - Header;
        return exact > dataBytes && exact - dataBytes < Header ? exact : 0;
    }

    // The largest data size up to 'wanted' whose total fits 'room' and leaves no short tail before 'end'.
    private long Shrink(long room, long wanted, long end)
    {
        long total = Math.Min(room, wanted + Header);
        if (!allowShortTail && IsShort(end - total))
        {
            total = end - Header;
        }

        return Math.Max(0, total - Header);
    }

    private static bool IsShort(long bytes) => bytes is > 0 and < Header;
}
