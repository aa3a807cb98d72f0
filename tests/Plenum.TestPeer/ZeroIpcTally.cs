using static Plenum.TestPeer.PeerOutput;

namespace Plenum.TestPeer;

/// <summary>What a loop moved, independent of the order, and whether the order was ascending.</summary>
internal sealed class ZeroIpcTally
{
    private ulong _sum;
    private ulong _squares;
    private ulong _last;
    private long _torn;
    private bool _ascending = true;

    internal long Count { get; private set; }

    internal void Add(bool whole, ulong value)
    {
        _torn += whole ? 0 : 1;
        _ascending &= Count == 0 || value > _last;
        _last = value;
        Count++;
        _sum = unchecked(_sum + value);
        _squares = unchecked(_squares + (value * value));
    }

    /// <summary>Prints the result as the foreign peers do.</summary>
    internal int Print(long wanted)
    {
        bool ok = Count == wanted && _torn == 0;
        Result(ok, $"\"count\":{Count},\"sum\":{_sum},\"squares\":{_squares},\"torn\":{_torn},"
            + $"\"ascending\":{(_ascending ? "true" : "false")}");
        return ok ? 0 : 1;
    }

    internal static int Print(bool ok, long count, long violations)
    {
        Result(ok && violations == 0, $"\"count\":{count},\"violations\":{violations}");
        return ok && violations == 0 ? 0 : 1;
    }

    private static void Result(bool ok, string fields)
    {
        Line($"{{\"event\":\"result\",\"ok\":{(ok ? "true" : "false")},{fields}}}");
        Line("done");
    }
}
