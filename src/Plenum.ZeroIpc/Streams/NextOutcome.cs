namespace Plenum.ZeroIpc;

/// <summary>How a wait for the next value ended.</summary>
public enum NextOutcome
{
    /// <summary>No value came in time.</summary>
    TimedOut = 0,

    /// <summary>A value.</summary>
    Value = 1,

    /// <summary>The stream is closed and everything in it was taken.</summary>
    Closed = 2,

    /// <summary>This subscriber held the publisher up for too long and was let go; subscribe again to go on.</summary>
    Evicted = 3,

    /// <summary>Everything was taken and the publisher's process died without closing. Reported once for each death;
    /// waiting again waits for a successor.</summary>
    PublisherDied = 4,
}
