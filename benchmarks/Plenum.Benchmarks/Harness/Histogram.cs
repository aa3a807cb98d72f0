using System.Numerics;

namespace Plenum.Benchmarks.Harness;

/// <summary>Counts of times in buckets whose width is at most 1/64 of their value; allocates once.</summary>
internal sealed class Histogram
{
    private const int SubBucketBits = 6;
    private const int SubBuckets = 1 << SubBucketBits;
    private readonly long[] _counts = new long[SubBuckets * 42];

    internal long Count { get; private set; }

    internal long Max { get; private set; }

    internal void Add(long nanoseconds)
    {
        long value = Math.Max(0, nanoseconds);
        _counts[IndexOf(value)]++;
        Count++;
        Max = Math.Max(Max, value);
    }

    internal void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        Max = 0;
    }

    /// <summary>The time that a share (0 to 1) of the values does not exceed, to 1/64.</summary>
    internal double Percentile(double share)
    {
        if (Count == 0)
        {
            return 0;
        }

        long wanted = Math.Max(1, (long)Math.Ceiling(share * Count));
        long seen = 0;
        for (int index = 0; index < _counts.Length; index++)
        {
            seen += _counts[index];
            if (seen >= wanted)
            {
                return Math.Min(Max, MiddleOf(index));
            }
        }

        return Max;
    }

    private static int IndexOf(long value)
    {
        if (value < SubBuckets)
        {
            return (int)value;
        }

        int shift = BitOperations.Log2((ulong)value) - SubBucketBits;
        return ((shift + 1) << SubBucketBits) + (int)((value >> shift) - SubBuckets);
    }

    private static double MiddleOf(int index)
    {
        int row = index >> SubBucketBits;
        if (row == 0)
        {
            return index;
        }

        int shift = row - 1;
        long low = (long)(SubBuckets + (index & (SubBuckets - 1))) << shift;
        return low + (((1L << shift) - 1) / 2.0);
    }
}
