namespace Plenum.VoidShm;

/// <summary>What happened between two checks of a segment.</summary>
[Flags]
public enum VoidStateEvents
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A valid segment is there and was not before.</summary>
    Appeared = 1,

    /// <summary>The valid segment is gone or no longer valid.</summary>
    Vanished = 2,

    /// <summary>The epoch changed.</summary>
    Reset = 4,

    /// <summary>It changes again after a stall.</summary>
    Resumed = 8,

    /// <summary>It has not changed for the number of checks that make a stall.</summary>
    Stalled = 16,

    /// <summary>One of the owner strings changed.</summary>
    OwnerChanged = 32,

    /// <summary>Channels or length changed.</summary>
    ShapeChanged = 64,
}
