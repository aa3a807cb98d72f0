using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Looks for the dead on behalf of all asynchronous waits of this process, so that each of them can sleep
/// long.</summary>
/// <remarks>
/// <para>Every 200 ms it asks, for each wait table in which something is awaited, whether a process has died; only then
/// it wakes the waits of that table, and each looks for itself. While a dead process' records are not settled it
/// repeats that, less and less often.</para>
/// <para>Worth: 4,000 awaits that looked for themselves five times a second kept a processor busy and made a round trip
/// through one of them cost 8 ms (docs/performance.md, "Scaling"). Thread-safe.</para>
/// </remarks>
internal static class AwaitLooks
{
    /// <summary>How long a wait may sleep whose look is made here: a bound, in case the thread pool does not come to
    /// look.</summary>
    internal const long SleepNanoseconds = 5_000_000_000;

    private const int PeriodMilliseconds = 200;
    private const uint LongestPause = 64;

    private static readonly Lock s_gate = new();
    private static readonly List<AwaitedTable> s_tables = [];
    private static Timer? s_timer;
    private static bool s_runs;

    /// <summary>From now on the table is looked at, as long as something is awaited in it.</summary>
    internal static void Add(AwaitedTable table)
    {
        lock (s_gate)
        {
            if (!table.IsWatched)
            {
                table.IsWatched = true;
                s_tables.Add(table);
            }

            if (!s_runs)
            {
                s_runs = true;
                s_timer ??= new Timer(static _ => Look(), null, Timeout.Infinite, Timeout.Infinite);
                _ = s_timer.Change(PeriodMilliseconds, Timeout.Infinite);
            }
        }
    }

    private static void Look()
    {
        lock (s_gate)
        {
            _ = s_tables.RemoveAll(static table => table.IsIdle());
        }

        for (int i = 0; At(i) is { } table; i++)
        {
            table.Look(LongestPause);
        }

        lock (s_gate)
        {
            // One after another: a look that takes long delays the next one instead of meeting it.
            s_runs = s_tables.Count > 0;
            if (s_runs)
            {
                _ = s_timer!.Change(PeriodMilliseconds, Timeout.Infinite);
            }
        }
    }

    // Others only add.
    private static AwaitedTable? At(int index)
    {
        lock (s_gate)
        {
            return index < s_tables.Count ? s_tables[index] : null;
        }
    }
}
