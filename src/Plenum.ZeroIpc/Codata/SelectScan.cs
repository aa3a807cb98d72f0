using System.Runtime.CompilerServices;

namespace Plenum.ZeroIpc;

/// <summary>The looks of one select at its alternatives, in the order it asks for.</summary>
internal struct SelectScan
{
    [ThreadStatic]
    private static uint t_random;

    private readonly bool _fair;

    internal SelectScan(ReadOnlySpan<SelectCase> cases, SelectOrder order)
    {
        _fair = order == SelectOrder.Fair && cases.Length > 1;
        foreach (SelectCase one in cases)
        {
            ArgumentNullException.ThrowIfNull(one, nameof(cases));
            one.Begin();
        }
    }

    /// <summary>Completes the first alternative that can be.</summary>
    /// <returns>Its index; -1 when none can.</returns>
    internal readonly int Look(ReadOnlySpan<SelectCase> cases)
    {
        int start = _fair ? (int)(Next() % (uint)cases.Length) : 0;
        for (int i = start; i < cases.Length; i++)
        {
            if (cases[i].TryComplete())
            {
                return i;
            }
        }

        for (int i = 0; i < start; i++)
        {
            if (cases[i].TryComplete())
            {
                return i;
            }
        }

        return -1;
    }

    // A start drawn anew each time, from a small generator of this thread: a turn counter would lock in step with
    // periodic sources.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Next()
    {
        uint x = t_random;
        if (x == 0)
        {
            x = (uint)Environment.CurrentManagedThreadId * 2_654_435_761u;
            x = x == 0 ? 1 : x;
        }

        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        t_random = x;
        return x >> 3;
    }
}
