using Plenum.Platform;

namespace Plenum.Benchmarks.Cases.Void;

/// <summary>A plain copy of a number of floats, as the limit beside a write or a snapshot.</summary>
internal sealed class CopyReference(int floats)
{
    private readonly float[] _source = new float[floats];
    private readonly float[] _destination = new float[floats];

    /// <summary>Nanoseconds a copy.</summary>
    internal double Measure(TimeSpan time)
    {
        long start = MonotonicClock.Nanoseconds;
        long count = 0;
        long now = start;
        while (now - start < time.Ticks * 100)
        {
            Copy();
            count += 256;
            now = MonotonicClock.Nanoseconds;
        }

        return (double)(now - start) / count;
    }

    private void Copy()
    {
        for (int i = 0; i < 256; i++)
        {
            _source[0] = i;
            _source.AsSpan().CopyTo(_destination);
        }
    }
}
