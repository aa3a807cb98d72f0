namespace Plenum.Inspection.Watching;

/// <summary>The last rates of a segment.</summary>
internal sealed class RateHistory(int length)
{
    private readonly double[] _rates = new double[Math.Max(1, length)];
    private int _count;
    private int _next;

    internal void Add(double rate)
    {
        _rates[_next] = rate;
        _next = (_next + 1) % _rates.Length;
        _count = Math.Min(_count + 1, _rates.Length);
    }

    /// <summary>A copy, oldest first.</summary>
    internal double[] ToArray()
    {
        double[] copy = new double[_count];
        int start = (_next - _count + _rates.Length) % _rates.Length;
        for (int i = 0; i < _count; i++)
        {
            copy[i] = _rates[(start + i) % _rates.Length];
        }

        return copy;
    }
}
