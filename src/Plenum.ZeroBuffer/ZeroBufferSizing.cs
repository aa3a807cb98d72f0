namespace Plenum.ZeroBuffer;

/// <summary>Chooses the size of a payload ring. Pure arithmetic; thread-safe.</summary>
/// <remarks>
/// <para>The protocol's rule of thumb is 3 × the largest frame + 16 × the frames in flight, and is meant for one or
/// two large frames: it does not promise that the stated number of frames fits at the same time.</para>
/// <para>What really has to fit: N frames of the largest size with a header each, and for one that must go back to the
/// start of the ring the skipped end as well, which is shorter than one such frame. A ring of (N + 1) × (largest + 16)
/// bytes therefore holds N frames at any position; and a ring of at least 2 × (largest + 16) bytes never refuses a
/// frame up to the largest, wherever the write position stands (spec zerobuffer fact 7).</para>
/// </remarks>
public static class ZeroBufferSizing
{
    private const long HeaderBytes = Layout.FrameHeader.SizeBytes;

    /// <summary>The protocol's rule of thumb: 3 × the largest frame + 16 × the frames in flight.</summary>
    /// <param name="maximumFrameBytes">The largest frame's data in bytes, at least 1.</param>
    /// <param name="framesInFlight">Frames written and not released, at least 1.</param>
    /// <returns>Bytes, not rounded.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is less than 1.</exception>
    /// <exception cref="OverflowException">The result exceeds a 64-bit number.</exception>
    public static long RuleOfThumb(long maximumFrameBytes, long framesInFlight)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumFrameBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(framesInFlight, 1);
        return checked((3 * maximumFrameBytes) + (HeaderBytes * framesInFlight));
    }

    /// <summary>The rule of thumb rounded up as in the protocol's examples (18 to 20 MB, 75 to 80 MB, 4.6 to 8
    /// KB).</summary>
    /// <param name="maximumFrameBytes">The largest frame's data in bytes, at least 1.</param>
    /// <param name="framesInFlight">Frames written and not released, at least 1.</param>
    /// <returns>Bytes: a power of two up to 8 MiB, a multiple of 10 MiB above.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is less than 1.</exception>
    /// <exception cref="OverflowException">The result exceeds a 64-bit number.</exception>
    public static long RoundedRuleOfThumb(long maximumFrameBytes, long framesInFlight)
    {
        const long step = 10L * 1024 * 1024;
        const long largestPower = 8L * 1024 * 1024;
        long bytes = RuleOfThumb(maximumFrameBytes, framesInFlight);
        return bytes <= largestPower
            ? Math.Max(
                Internal.BufferLayout.BlockAlignment,
                (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)bytes))
            : checked((bytes + step - 1) / step * step);
    }

    /// <summary>The size that holds the frames in flight at any position and never refuses a frame up to the
    /// largest.</summary>
    /// <param name="maximumFrameBytes">The largest frame's data in bytes, at least 1.</param>
    /// <param name="framesInFlight">Frames written and not released, at least 1.</param>
    /// <returns>Bytes, a multiple of 64: what <see cref="ZeroBufferOptions.PayloadSizeBytes"/> should be.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is less than 1.</exception>
    /// <exception cref="OverflowException">The result exceeds a 64-bit number.</exception>
    public static long RequiredPayload(long maximumFrameBytes, long framesInFlight)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumFrameBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(framesInFlight, 1);
        checked
        {
            // The writer wraps before a frame that would leave a tail shorter than a header; that tail is one header
            // longer.
            long frame = maximumFrameBytes + HeaderBytes;
            return Internal.BufferLayout.Align((framesInFlight * frame) + frame + HeaderBytes);
        }
    }

    /// <summary>The size of the whole segment: header, metadata block and payload ring.</summary>
    /// <param name="metadataSizeBytes">Size of the metadata block, 0 or more.</param>
    /// <param name="payloadSizeBytes">Size of the payload ring, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of range.</exception>
    /// <exception cref="OverflowException">The result exceeds a 64-bit number.</exception>
    public static long SegmentSize(long metadataSizeBytes, long payloadSizeBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(metadataSizeBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(payloadSizeBytes, 1);
        return checked(Layout.OperationInfoBlock.SizeBytes + Internal.BufferLayout.Align(metadataSizeBytes)
            + Internal.BufferLayout.Align(payloadSizeBytes));
    }

    /// <summary>The largest frame that a ring never refuses, wherever the write position stands.</summary>
    /// <param name="payloadSizeBytes">Size of the payload ring, at least 1.</param>
    /// <returns>Bytes of data; 0 when there is none.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is less than 1.</exception>
    public static long AlwaysWritableFrame(long payloadSizeBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(payloadSizeBytes, 1);
        long payload = Internal.BufferLayout.Align(payloadSizeBytes);

        // At position p a frame fits in place when it ends exactly at the end of the ring or leaves room for a header
        // there, and at 0 when it ends at or before p. The worst position is just below the frame's total, so twice
        // the total must leave room for one header.
        return Math.Max(0, ((payload - HeaderBytes + 1) / 2) - HeaderBytes);
    }
}
