using System.Globalization;

namespace Plenum.TestSupport;

/// <summary>Long campaigns: a bounded form always, the stated count with PLENUM_FULL=1; with PLENUM_AT_MOST=N as
/// well, N of each.</summary>
public static class Campaign
{
    /// <summary>True when the full counts were asked for.</summary>
    public static bool IsFull => Environment.GetEnvironmentVariable("PLENUM_FULL") == "1";

    private static int Limit =>
        int.TryParse(
            Environment.GetEnvironmentVariable("PLENUM_AT_MOST"), CultureInfo.InvariantCulture, out int limit)
            ? limit
            : int.MaxValue;

    /// <summary>The seed of a campaign: always the same one, or with PLENUM_SEED=N another one for each N, so that a
    /// campaign run in pieces does not repeat itself.</summary>
    public static int Seed(int seed) => seed + (int.TryParse(
        Environment.GetEnvironmentVariable("PLENUM_SEED"), CultureInfo.InvariantCulture, out int piece)
            ? piece * 1000 : 0);

    /// <summary>The count to run.</summary>
    public static int Count(int bounded, int full) => IsFull ? Math.Max(bounded, Math.Min(full, Limit)) : bounded;
}
