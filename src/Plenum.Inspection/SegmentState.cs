namespace Plenum.Inspection;

/// <summary>What a segment is doing.</summary>
public enum SegmentState
{
    /// <summary>Its contents moved while it was looked at, or all of its parties are connected and alive.</summary>
    Active = 0,

    /// <summary>It is valid and belongs to somebody (or needs no owner), but nothing moves.</summary>
    Idle = 1,

    /// <summary>Its owners are dead or gone; nobody will use it again.</summary>
    Stale = 2,

    /// <summary>It is recognised, but its header breaks the protocol or cannot be supported.</summary>
    Invalid = 3,

    /// <summary>It follows none of the protocols, or may not be read.</summary>
    Foreign = 4,
}
