namespace Plenum.ZeroBuffer;

/// <summary>Why a frame's size was refused.</summary>
public enum FrameSizeError
{
    /// <summary>The frame is empty; its header would look like a wrap marker.</summary>
    Empty = 0,

    /// <summary>The frame with its 16-byte header is larger than the ring.</summary>
    LargerThanRing = 1,

    /// <summary>
    /// The frame would fit an empty ring, but not from the present write position: a frame at the start of the ring
    /// needs the skipped end of the ring free too.
    /// </summary>
    NeverFitsHere = 2,

    /// <summary>The frame would leave 1 to 15 bytes at the end of the ring, and cannot be placed elsewhere.</summary>
    LeavesShortTail = 3,
}
