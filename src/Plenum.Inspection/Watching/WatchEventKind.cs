namespace Plenum.Inspection.Watching;

/// <summary>What happened to a watched segment between two samples.</summary>
public enum WatchEventKind
{
    /// <summary>It exists now and did not before. Not reported for what the first sample finds.</summary>
    Appeared = 0,

    /// <summary>Its name is gone.</summary>
    Vanished = 1,

    /// <summary>The name leads to another file than before.</summary>
    Replaced = 2,

    /// <summary>Its counters started again (VOID: another epoch).</summary>
    Reset = 3,

    /// <summary>It moved and has now stood still for the stall time.</summary>
    Stalled = 4,

    /// <summary>It moves again after a stall.</summary>
    Resumed = 5,

    /// <summary>A writer is there that was not.</summary>
    WriterArrived = 6,

    /// <summary>The writer left properly.</summary>
    WriterLeft = 7,

    /// <summary>The writer died.</summary>
    WriterDied = 8,

    /// <summary>A reader is there that was not.</summary>
    ReaderArrived = 9,

    /// <summary>The reader left properly.</summary>
    ReaderLeft = 10,

    /// <summary>The reader died.</summary>
    ReaderDied = 11,

    /// <summary>Its size, shape or set of entries changed.</summary>
    Reshaped = 12,

    /// <summary>Its header became invalid, or it became unreadable.</summary>
    Broke = 13,

    /// <summary>Its header is valid again.</summary>
    Repaired = 14,
}
