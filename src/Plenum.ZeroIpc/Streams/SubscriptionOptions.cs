namespace Plenum.ZeroIpc;

/// <summary>How to subscribe to a broadcast.</summary>
public sealed record SubscriptionOptions
{
    /// <summary>Lossless, without history.</summary>
    public static SubscriptionOptions Default { get; } = new();

    /// <summary>What happens when it falls behind.</summary>
    public SubscriberPolicy Policy { get; init; }

    /// <summary>How many values from before the subscription to begin with, at most; as many as are still there. 0 for
    /// none.</summary>
    public int History { get; init; }

    /// <summary>For <see cref="SubscriberPolicy.Evict"/>: for how long it may hold the publisher up; more than
    /// zero.</summary>
    public TimeSpan EvictAfter { get; init; } = TimeSpan.FromSeconds(1);
}
