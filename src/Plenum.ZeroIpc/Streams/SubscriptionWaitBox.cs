namespace Plenum.ZeroIpc;

/// <summary>An asynchronous wait of a subscription: its condition, kept on the heap. A subscription waits once at a
/// time, so it needs one.</summary>
internal sealed class SubscriptionWaitBox<T>(BroadcastSubscription<T> subscription) : IWaitCondition
    where T : unmanaged
{
    private SubscriptionWait<T> _wait = new(subscription);

    internal T Value => _wait.Value;

    internal NextOutcome Outcome => _wait.Outcome;

    public bool IsMet() => _wait.IsMet();
}
