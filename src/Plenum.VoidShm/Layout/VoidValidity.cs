namespace Plenum.VoidShm;

/// <summary>What is wrong with a segment, or with an operation on it (spec voidshm 4; the original publishes no
/// codes).</summary>
public enum VoidValidity
{
    /// <summary>A valid V2 segment.</summary>
    Ok = 0,

    /// <summary>No segment of that name.</summary>
    Missing = 1,

    /// <summary>The system refused access.</summary>
    Denied = 2,

    /// <summary>Smaller than a header, or created and not yet sized.</summary>
    TooSmall = 3,

    /// <summary>Another magic number: foreign, being created, or invalidated (0).</summary>
    BadMagic = 4,

    /// <summary>Another version than the profile's.</summary>
    BadVersion = 5,

    /// <summary><c>header_size</c> disagrees with the profile.</summary>
    BadHeaderSize = 6,

    /// <summary><c>channels</c> or <c>length</c> is 0 or over the limit.</summary>
    BadShape = 7,

    /// <summary>The payload does not fit the segment.</summary>
    Truncated = 8,

    /// <summary>The segment changed during every attempt to copy it.</summary>
    Changed = 9,

    /// <summary>The name is empty, too long or contains a slash.</summary>
    BadName = 10,

    /// <summary>A live writer owns the name (writers only).</summary>
    Busy = 11,
}
