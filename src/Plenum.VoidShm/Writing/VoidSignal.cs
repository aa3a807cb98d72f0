namespace Plenum.VoidShm;

/// <summary>Generates test signals. Channel c is shifted by c / channels of a period, so that channels can be told
/// apart.</summary>
/// <remarks>Immutable and thread-safe; does not allocate. A function of the time only: replays are identical.</remarks>
public sealed class VoidSignal
{
    private readonly VoidSignalKind _kind;
    private readonly double _frequency;

    /// <summary>Creates a generator.</summary>
    /// <param name="kind">Form of the signal.</param>
    /// <param name="frequency">Periods a second, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The frequency is negative or not a number.</exception>
    public VoidSignal(VoidSignalKind kind, double frequency)
    {
        if (!(frequency >= 0) || double.IsInfinity(frequency))
        {
            throw new ArgumentOutOfRangeException(
                nameof(frequency), frequency, "The frequency is a number of 0 or more.");
        }

        _kind = kind;
        _frequency = frequency;
    }

    /// <summary>One value.</summary>
    /// <param name="seconds">Time.</param>
    /// <param name="phase">Shift in periods.</param>
    public float Sample(double seconds, double phase = 0)
    {
        double at = (seconds * _frequency) + phase;
        double part = at - Math.Floor(at);
        return _kind switch
        {
            VoidSignalKind.Sine => (float)Math.Sin(2 * Math.PI * part),
            VoidSignalKind.Ramp => (float)part,
            VoidSignalKind.Step => part < 0.5 ? 0f : 1f,
            _ => Noise(BitConverter.DoubleToUInt64Bits(seconds) ^ BitConverter.DoubleToUInt64Bits(phase + 1)),
        };
    }

    /// <summary>Fills a frame: element s of a channel lies s / length of a frame period later.</summary>
    /// <param name="frame">Receives the values.</param>
    /// <param name="channels">Rows.</param>
    /// <param name="length">Floats in each row.</param>
    /// <param name="seconds">Time of the first element.</param>
    /// <param name="framePeriodSeconds">Time from one frame to the next.</param>
    /// <exception cref="ArgumentException">The frame is smaller than its shape.</exception>
    public void Fill(Span<float> frame, int channels, int length, double seconds, double framePeriodSeconds = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        if ((long)channels * length > frame.Length)
        {
            throw new ArgumentException($"The frame has {frame.Length} values, {channels} x {length} are needed.");
        }

        for (int c = 0; c < channels; c++)
        {
            double phase = (double)c / channels;
            for (int s = 0; s < length; s++)
            {
                double offset = length == 1 ? 0 : framePeriodSeconds * s / length;
                frame[(c * length) + s] = Sample(seconds + offset, phase + (_kind == VoidSignalKind.Noise ? s : 0));
            }
        }
    }

    // splitmix64: a well-mixed number from a counter.
    private static float Noise(ulong seed)
    {
        ulong z = seed + 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        z ^= z >> 31;
        return (float)(((z >> 11) * (1.0 / (1UL << 53)) * 2) - 1);
    }
}
