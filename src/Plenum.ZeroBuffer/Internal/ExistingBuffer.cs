namespace Plenum.ZeroBuffer.Internal;

/// <summary>What an existing segment of a buffer's name is.</summary>
internal enum ExistingBuffer
{
    /// <summary>No segment of that name.</summary>
    None = 0,

    /// <summary>A buffer whose two ends are gone, or a creation that was never finished.</summary>
    Ownerless = 1,

    /// <summary>A buffer whose reader is gone but whose writer is still there.</summary>
    WriterOnly = 2,

    /// <summary>A buffer whose reader lives, or cannot be told to be dead.</summary>
    Owned = 3,

    /// <summary>Something else: not a buffer.</summary>
    Foreign = 4,
}
