namespace Plenum.VoidShm;

/// <summary>Moves values to their targets in straight lines over a ramp time; a ramp time of 0 steps.</summary>
/// <remarks>Documented as a linear ramp by the original (one of its help texts says "short log ramp"; spec voidshm
/// 6.2). Not
/// thread-safe; does not allocate after construction.</remarks>
public sealed class VoidRamp
{
    private readonly float[] _start;
    private readonly float[] _target;
    private readonly double _rampSeconds;
    private double _elapsed;
    private bool _any;

    /// <summary>Creates a ramp for a number of values.</summary>
    /// <param name="count">Number of values.</param>
    /// <param name="rampTime">Time from one value to the next.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is less than 1 or the time negative.</exception>
    public VoidRamp(int count, TimeSpan rampTime)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rampTime, TimeSpan.Zero);
        _start = new float[count];
        _target = new float[count];
        _rampSeconds = rampTime.TotalSeconds;
    }

    /// <summary>Number of values.</summary>
    public int Count => _target.Length;

    /// <summary>Sets new targets; the ramp starts at the present values. The first targets are taken at once.</summary>
    /// <param name="values">One value each; missing ones keep their target.</param>
    public void SetTarget(ReadOnlySpan<float> values)
    {
        int count = Math.Min(values.Length, _target.Length);
        Present(_start);
        values[..count].CopyTo(_target);
        if (!_any)
        {
            values[..count].CopyTo(_start);
            _any = true;
        }

        _elapsed = 0;
    }

    /// <summary>Lets time pass.</summary>
    /// <param name="seconds">Seconds since the last call, 0 or more.</param>
    /// <param name="values">Receives the present values.</param>
    /// <exception cref="ArgumentOutOfRangeException">Negative time.</exception>
    public void Advance(double seconds, Span<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seconds);
        _elapsed += seconds;
        Present(values);
    }

    private void Present(Span<float> values)
    {
        float part = _rampSeconds <= 0 || _elapsed >= _rampSeconds ? 1f : (float)(_elapsed / _rampSeconds);
        for (int i = 0; i < Math.Min(values.Length, _target.Length); i++)
        {
            values[i] = part >= 1f ? _target[i] : _start[i] + ((_target[i] - _start[i]) * part);
        }
    }
}
