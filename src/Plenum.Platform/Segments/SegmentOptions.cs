namespace Plenum.Platform;

/// <summary>How a segment is created or opened. Immutable.</summary>
public sealed record SegmentOptions
{
    /// <summary>The defaults: same user, pages reserved, no pre-fault, no huge pages.</summary>
    public static SegmentOptions Default { get; } = new();

    /// <summary>Who may open a segment that is created; the process' umask does not narrow it. Default: the same
    /// user.</summary>
    public SegmentPermission Permission { get; init; } = SegmentPermission.SameUser;

    /// <summary>
    /// Reserves every page at creation, and again when a peer's sparse segment is opened for writing, so that a full
    /// shared-memory file system is an error here and never a SIGBUS later. Without it who stores calls
    /// <see cref="SharedSegment.ReservePages"/> before. Default: true.
    /// </summary>
    public bool ReservePages { get; init; } = true;

    /// <summary>Maps every page into this process at once, so that no access page-faults later. Default:
    /// false.</summary>
    public bool Prefault { get; init; }

    /// <summary>Advises the kernel to use huge pages for the mapping. Default: false.</summary>
    public bool HugePages { get; init; }
}
