namespace Plenum.Platform;

/// <summary>How a wait on a shared word ended.</summary>
public enum WaitResult
{
    /// <summary>Woken, or spuriously returned: re-check the condition.</summary>
    Woken = 0,

    /// <summary>The word did not hold the expected value: re-check the condition.</summary>
    ValueChanged = 1,

    /// <summary>The time is over.</summary>
    TimedOut = 2,
}
