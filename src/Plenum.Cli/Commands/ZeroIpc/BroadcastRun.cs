using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations of a broadcast.</summary>
internal sealed class BroadcastRun<T> : FlowRun<T>
    where T : unmanaged
{
    internal override int Run(string operation)
    {
        if (operation == "create")
        {
            return Created(SharedBroadcast<T>.Create(Memory, Name,
                new BroadcastOptions { Capacity = Arguments.Capacity }));
        }

        SharedBroadcast<T> broadcast = SharedBroadcast<T>.Open(Memory, Name);
        switch (operation)
        {
            case "emit":
                using (BroadcastPublisher<T> publisher = broadcast.OpenPublisher())
                {
                    return PutAll((value, time) => Put(publisher, value, time));
                }

            case "next":
                using (BroadcastSubscription<T> subscription = Subscribe(Name))
                {
                    return TakeAll((TimeSpan time, out T value) => Take(subscription, time, out value));
                }

            case "subscribe":
                return FollowAll();
            case "close":
                broadcast.Close();
                return ExitCode.Success;
            case "info":
                return Info(broadcast);
            default:
                return TryOperator(operation) ?? throw Unknown(operation);
        }
    }

    protected override StreamSource<T> SourceOf(string name) => Subscribe(name);

    protected override (Task Completion, IDisposable Pump) Derive(StreamSource<T> source, string name)
    {
        DerivedBroadcast<T> derived = source.IntoBroadcast(
            Memory, name, new BroadcastOptions { Capacity = Flow.Capacity });
        return (derived.Completion, derived);
    }

    private bool Put(BroadcastPublisher<T> publisher, T value, TimeSpan time)
    {
        EmitOutcome outcome = publisher.Emit(value, time, Cancellation);
        _ = Require(outcome != EmitOutcome.Closed, "it is closed");
        return outcome == EmitOutcome.Emitted;
    }

    private bool Take(BroadcastSubscription<T> subscription, TimeSpan time, out T value) =>
        Examine(subscription.Next(out value, time, Cancellation)) == NextOutcome.Value;

    private int FollowAll()
    {
        using BroadcastSubscription<T> subscription = Subscribe(Name);
        long lost = 0;
        for (long seen = 0; Flow.Limit == 0 || seen < Flow.Limit; seen++)
        {
            NextOutcome outcome = subscription.Next(out T value, Timeout, Cancellation);
            if (outcome == NextOutcome.Closed)
            {
                return ExitCode.Success;
            }

            _ = Expect(Examine(outcome) == NextOutcome.Value, $"no value came; {seen} were printed");
            long missed = subscription.LostCount - lost;
            if (missed > 0)
            {
                lost += missed;
                Arguments.Context.Error.WriteLine($"fell behind: {missed} values were overwritten");
            }

            Follow(Element.Format(value), missed);
        }

        return ExitCode.Success;
    }

    private NextOutcome Examine(NextOutcome outcome) => outcome switch
    {
        NextOutcome.Closed => throw new CommandException(ExitCode.Problem, $"{Arguments.What}: it is closed"),
        NextOutcome.Evicted => throw new CommandException(
            ExitCode.Problem, $"{Arguments.What}: it held the publisher up for too long and was let go"),
        NextOutcome.PublisherDied => throw new CommandException(
            ExitCode.PeerDied, $"{Arguments.What}: its publisher died without closing it"),
        _ => outcome,
    };

    private BroadcastSubscription<T> Subscribe(string name)
    {
        const string Evict = "evict:";
        string policy = Flow.Policy;
        TimeSpan evictAfter = TimeSpan.FromSeconds(1);
        SubscriberPolicy chosen = policy switch
        {
            "gate" => SubscriberPolicy.Gate,
            "drop-oldest" => SubscriberPolicy.DropOldest,
            _ when policy.StartsWith(Evict, StringComparison.Ordinal)
                && DurationText.TryParse(policy[Evict.Length..], out evictAfter) && evictAfter > TimeSpan.Zero
                => SubscriberPolicy.Evict,
            _ => throw CommandException.Usage($"--policy: '{policy}' is not gate, drop-oldest or evict:T with a "
                + "duration T"),
        };
        return SharedBroadcast<T>.Open(Memory, name).Subscribe(new SubscriptionOptions
        {
            Policy = chosen,
            History = Flow.History,
            EvictAfter = evictAfter,
        });
    }

    private int Info(SharedBroadcast<T> broadcast)
    {
        IReadOnlyList<SubscriberInfo> subscribers = broadcast.Subscribers;
        Output.Field("capacity", ElementText.Of(broadcast.Capacity));
        Output.Field("position", ElementText.Of(broadcast.Position));
        Output.Field("transform", ElementText.Of(broadcast.TransformedBy));
        Output.Field("subscribers", ElementText.Of(subscribers.Count));
        Output.Field("lost", ElementText.Of(subscribers.Sum(subscriber => (long)subscriber.LostCount)));
        Output.Field("published", ElementText.Of(broadcast.HasPublisher));
        Output.Field("closed", ElementText.Of(broadcast.IsClosed));
        return ExitCode.Success;
    }
}
