namespace Plenum.Inspection.Watching;

/// <summary>Whether a watched segment moves.</summary>
public enum WatchMotion
{
    /// <summary>It has not moved since it was first seen.</summary>
    Still = 0,

    /// <summary>It moved lately.</summary>
    Moving = 1,

    /// <summary>It moved, and then stopped for longer than the stall time.</summary>
    Stalled = 2,
}
