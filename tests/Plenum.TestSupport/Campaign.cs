namespace Plenum.TestSupport;

/// <summary>Long campaigns: a bounded form always, the stated count with PLENUM_FULL=1.</summary>
public static class Campaign
{
    /// <summary>True when the full counts were asked for.</summary>
    public static bool IsFull => Environment.GetEnvironmentVariable("PLENUM_FULL") == "1";

    /// <summary>The count to run.</summary>
    public static int Count(int bounded, int full) => IsFull ? full : bounded;
}
