namespace Plenum.Cli.Measurement;

/// <summary>Times of single operations; allocates once.</summary>
internal sealed class LatencySamples(int capacity)
{
    private readonly long[] _nanoseconds = new long[capacity];
    private bool _sorted;

    internal int Count { get; private set; }

    internal void Add(long nanoseconds)
    {
        if (Count < _nanoseconds.Length)
        {
            _nanoseconds[Count++] = nanoseconds;
            _sorted = false;
        }
    }

    /// <summary>The time that a share of the samples does not exceed.</summary>
    /// <param name="share">0 to 1.</param>
    /// <returns>Nanoseconds; 0 without samples.</returns>
    internal long Percentile(double share)
    {
        if (Count == 0)
        {
            return 0;
        }

        if (!_sorted)
        {
            Array.Sort(_nanoseconds, 0, Count);
            _sorted = true;
        }

        return _nanoseconds[Math.Min(Count - 1, (int)(share * Count))];
    }
}
