namespace Plenum.VoidShm;

/// <summary>State of an observed segment (spec voidshm 6.4).</summary>
public enum VoidState
{
    /// <summary>No segment, or none that may be opened.</summary>
    Missing = 0,

    /// <summary>Something that is not a valid segment.</summary>
    Invalid = 1,

    /// <summary>Valid; no change was seen yet.</summary>
    Idle = 2,

    /// <summary>A change was seen within the last checks.</summary>
    Alive = 3,

    /// <summary>It was alive and has not changed for the number of checks that make a stall.</summary>
    Stalled = 4,
}
