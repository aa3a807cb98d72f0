namespace Plenum.ZeroIpc;

/// <summary>How a wait in line ended.</summary>
internal enum LineOutcome
{
    /// <summary>The time was over.</summary>
    TimedOut = 0,

    /// <summary>Taken.</summary>
    Taken = 1,

    /// <summary>Taken over from an owner that died.</summary>
    Inherited = 2,
}
