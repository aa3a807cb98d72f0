namespace Plenum.VoidShm;

/// <summary>The shapes in which the original's readers show a frame (spec voidshm 6.2).</summary>
/// <remarks>Thread-safe; nothing allocates. A frame is <c>channels * length</c> values, channel by channel.</remarks>
public static class VoidProjection
{
    /// <summary>The frame as one list: the values row by row.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="channels">Rows.</param>
    /// <param name="length">Floats in each row.</param>
    /// <exception cref="ArgumentException">The frame is smaller than its shape.</exception>
    public static ReadOnlySpan<float> List(ReadOnlySpan<float> frame, int channels, int length)
    {
        Require(frame, channels, length);
        return frame[..(channels * length)];
    }

    /// <summary>The values of one channel, which the <c>values</c> mode lists behind the channel's 0-based
    /// index.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="channels">Rows.</param>
    /// <param name="length">Floats in each row.</param>
    /// <param name="channel">0 to <paramref name="channels"/> - 1.</param>
    /// <exception cref="ArgumentException">The frame is smaller than its shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">No such channel.</exception>
    public static ReadOnlySpan<float> Channel(ReadOnlySpan<float> frame, int channels, int length, int channel)
    {
        Require(frame, channels, length);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)channel, (uint)channels, nameof(channel));
        return frame.Slice(channel * length, length);
    }

    /// <summary>The signal reader's lanes: the first element of each channel; lanes without a channel get 0, further
    /// channels are ignored.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="channels">Rows.</param>
    /// <param name="length">Floats in each row.</param>
    /// <param name="lanes">Receives one value a lane.</param>
    /// <exception cref="ArgumentException">The frame is smaller than its shape.</exception>
    public static void Lanes(ReadOnlySpan<float> frame, int channels, int length, Span<float> lanes)
    {
        Require(frame, channels, length);
        for (int lane = 0; lane < lanes.Length; lane++)
        {
            lanes[lane] = lane < channels ? frame[lane * length] : 0f;
        }
    }

    /// <summary>The matrix reader's picture: <paramref name="length"/> wide, <paramref name="channels"/> high, rows a
    /// stride apart.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="channels">Rows.</param>
    /// <param name="length">Floats in each row.</param>
    /// <param name="matrix">Receives the rows.</param>
    /// <param name="rowStride">Distance of two rows in floats, at least <paramref name="length"/>; what lies between is
    /// not touched.</param>
    /// <exception cref="ArgumentException">The frame is smaller than its shape, or the matrix too small.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The stride is less than the length.</exception>
    public static void Matrix(ReadOnlySpan<float> frame, int channels, int length, Span<float> matrix, int rowStride)
    {
        Require(frame, channels, length);
        ArgumentOutOfRangeException.ThrowIfLessThan(rowStride, length);
        if (((long)(channels - 1) * rowStride) + length > matrix.Length)
        {
            throw new ArgumentException(
                $"The matrix has {matrix.Length} cells, {channels} rows of stride {rowStride} need more.");
        }

        for (int row = 0; row < channels; row++)
        {
            frame.Slice(row * length, length).CopyTo(matrix[(row * rowStride)..]);
        }
    }

    private static void Require(ReadOnlySpan<float> frame, int channels, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        if ((long)channels * length > frame.Length)
        {
            throw new ArgumentException($"The frame has {frame.Length} values, {channels} x {length} were announced.");
        }
    }
}
