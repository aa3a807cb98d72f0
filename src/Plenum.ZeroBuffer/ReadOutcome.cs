namespace Plenum.ZeroBuffer;

/// <summary>How a read ended.</summary>
public enum ReadOutcome
{
    /// <summary>A frame was read.</summary>
    Frame = 0,

    /// <summary>No frame came in time.</summary>
    TimedOut = 1,

    /// <summary>The writer closed in good order and all its frames have been read. Another writer may connect
    /// later.</summary>
    WriterClosed = 2,

    /// <summary>The writer died without closing, and all frames it published have been read. Another writer may
    /// connect later.</summary>
    WriterDied = 3,
}
