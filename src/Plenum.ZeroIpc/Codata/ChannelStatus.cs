namespace Plenum.ZeroIpc;

/// <summary>How sending to or receiving from a channel ended.</summary>
public enum ChannelStatus
{
    /// <summary>The value was sent or received.</summary>
    Done = 0,

    /// <summary>The time was over; nothing was sent or received.</summary>
    TimedOut = 1,

    /// <summary>The channel is closed: nothing can be sent; nothing is left to receive.</summary>
    Closed = 2,
}
