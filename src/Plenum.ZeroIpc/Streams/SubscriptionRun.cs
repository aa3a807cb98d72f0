namespace Plenum.ZeroIpc;

/// <summary>A run of operators over a subscription.</summary>
internal sealed class SubscriptionRun<T>(BroadcastSubscription<T> subscription) : StreamCursor<T>, IStreamLeaf,
    IWaitCondition
    where T : unmanaged
{
    internal override Pull TryPull(out T value) => subscription.Poll(out value) switch
    {
        NextOutcome.Value => Pull.Value,
        NextOutcome.Closed => Pull.Completed,
        NextOutcome.Evicted => throw new TimeoutException(
            $"The subscription to broadcast '{subscription.Broadcast.Entry.Name}' held its publisher up for longer "
            + "than "
            + $"{subscription.Options.EvictAfter} and was let go. Subscribe again, or with another policy."),
        _ => Pull.Pending,
    };

    internal override void AddLeaves(List<IStreamLeaf> leaves) => leaves.Add(this);

    public bool IsMet() => subscription.IsReady();

    public bool Wait(long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        SubscriptionRun<T> condition = this;
        return subscription.Core.Items.Wait(ref condition, subscription.Watch, deadlineNanoseconds, cancellationToken);
    }

    public ValueTask<bool> WaitAsync(long deadlineNanoseconds, CancellationToken cancellationToken) =>
        PooledWait.RunAsync(
            subscription.Core.Items, this, subscription.Watch, deadlineNanoseconds, cancellationToken);

    public override void Dispose()
    {
        // The subscription belongs to who made it.
    }
}
