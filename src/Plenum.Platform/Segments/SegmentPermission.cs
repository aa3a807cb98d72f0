namespace Plenum.Platform;

/// <summary>Who may open a segment, a semaphore or a lock file.</summary>
public enum SegmentPermission
{
    /// <summary>Only the user that creates it (mode 0600).</summary>
    SameUser = 0,

    /// <summary>Its user and group (mode 0660).</summary>
    Group = 1,

    /// <summary>Everyone (mode 0666).</summary>
    Everyone = 2,
}
