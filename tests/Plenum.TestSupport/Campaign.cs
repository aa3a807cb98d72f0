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

    /// <summary>The count to run.</summary>
    public static int Count(int bounded, int full) => IsFull ? Math.Max(bounded, Math.Min(full, Limit)) : bounded;
}
