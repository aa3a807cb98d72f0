namespace Plenum.ZeroIpc;

/// <summary>A blocking wait of a subscription.</summary>
internal struct SubscriptionWait<T>(BroadcastSubscription<T> subscription) : IWaitCondition
    where T : unmanaged
{
    private T _value;

    internal readonly T Value => _value;

    internal NextOutcome Outcome { get; private set; }

    public bool IsMet()
    {
        Outcome = subscription.Poll(out _value);
        if (Outcome == NextOutcome.TimedOut && subscription.Watch.TakeDeath())
        {
            Outcome = NextOutcome.PublisherDied;
        }

        return Outcome != NextOutcome.TimedOut;
    }
}
