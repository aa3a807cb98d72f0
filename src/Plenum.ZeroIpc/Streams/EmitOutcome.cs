namespace Plenum.ZeroIpc;

/// <summary>How an emission ended.</summary>
public enum EmitOutcome
{
    /// <summary>There is no room (any more, when the time was over).</summary>
    Full = 0,

    /// <summary>The value is in the stream.</summary>
    Emitted = 1,

    /// <summary>There was no room, and the value was given up as asked for.</summary>
    Dropped = 2,

    /// <summary>The stream is closed.</summary>
    Closed = 3,
}
