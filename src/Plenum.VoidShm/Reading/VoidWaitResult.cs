namespace Plenum.VoidShm;

/// <summary>How a wait for the next frame ended.</summary>
public enum VoidWaitResult
{
    /// <summary>A frame that this reader has not read is there.</summary>
    NewFrame = 0,

    /// <summary>The time is over.</summary>
    TimedOut = 1,
}
