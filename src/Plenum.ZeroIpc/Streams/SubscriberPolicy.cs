namespace Plenum.ZeroIpc;

/// <summary>What happens when a subscriber of a broadcast falls a whole capacity behind. The values are part of the
/// format.</summary>
public enum SubscriberPolicy
{
    /// <summary>Lossless: the publisher waits for it.</summary>
    Gate = 0,

    /// <summary>The publisher goes on; the subscriber misses the oldest values and is told how many.</summary>
    DropOldest = 1,

    /// <summary>Lossless until it has held the publisher up for too long; then it is let go.</summary>
    Evict = 2,
}
