namespace Plenum.Platform;

/// <summary>How opening a segment for copying ended.</summary>
public enum SegmentOpenStatus
{
    /// <summary>Open; its size is known.</summary>
    Opened = 0,

    /// <summary>No segment of that name exists.</summary>
    NotFound = 1,

    /// <summary>The system refused access.</summary>
    Denied = 2,

    /// <summary>The name leads to something that is not a regular file (folder, pipe, symbolic link).</summary>
    NotASegment = 3,

    /// <summary>The system refused otherwise; the error code says why.</summary>
    Failed = 4,
}
