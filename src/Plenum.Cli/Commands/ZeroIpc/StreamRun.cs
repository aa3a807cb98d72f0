using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations of a stream.</summary>
internal sealed class StreamRun<T> : FlowRun<T>
    where T : unmanaged
{
    internal override int Run(string operation)
    {
        if (operation == "create")
        {
            return Created(SharedStream<T>.Create(Memory, Name, Arguments.Capacity));
        }

        SharedStream<T> stream = SharedStream<T>.Open(Memory, Name);
        switch (operation)
        {
            case "emit":
                return PutAll((value, time) => Put(stream, value, time));
            case "next":
                return TakeAll((TimeSpan time, out T value) => Take(stream, time, out value));
            case "subscribe":
                return Subscribe(stream);
            case "close":
                stream.Close();
                return ExitCode.Success;
            case "info":
                return Info(stream);
            default:
                return TryOperator(operation) ?? throw Unknown(operation);
        }
    }

    protected override StreamSource<T> SourceOf(string name) => SharedStream<T>.Open(Memory, name);

    protected override (Task Completion, IDisposable Pump) Derive(StreamSource<T> source, string name)
    {
        DerivedStream<T> derived = source.Into(Memory, name, Flow.Capacity);
        return (derived.Completion, derived);
    }

    private bool Put(SharedStream<T> stream, T value, TimeSpan time)
    {
        EmitOutcome outcome = stream.Emit(value, time, Cancellation);
        return Closed(outcome == EmitOutcome.Closed, "it is closed") && outcome == EmitOutcome.Emitted;
    }

    private bool Take(SharedStream<T> stream, TimeSpan time, out T value)
    {
        NextOutcome outcome = stream.Next(out value, time, Cancellation);
        return Closed(outcome == NextOutcome.Closed, "it is closed and drained") && outcome == NextOutcome.Value;
    }

    private bool Closed(bool closed, string found) => Require(!closed, found) == ExitCode.Success;

    private int Subscribe(SharedStream<T> stream)
    {
        for (long seen = 0; Flow.Limit == 0 || seen < Flow.Limit; seen++)
        {
            NextOutcome outcome = stream.Next(out T value, Timeout, Cancellation);
            if (outcome == NextOutcome.Closed)
            {
                return ExitCode.Success;
            }

            _ = Expect(outcome == NextOutcome.Value, $"no value came; {seen} were printed");
            Follow(Element.Format(value));
        }

        return ExitCode.Success;
    }

    private int Info(SharedStream<T> stream)
    {
        Output.Field("capacity", ElementText.Of(stream.Capacity));
        Output.Field("size", ElementText.Of(stream.Count));
        Output.Field("emitted", ElementText.Of(stream.EmittedCount));
        Output.Field("taken", ElementText.Of(stream.TakenCount));
        Output.Field("subscribers", ElementText.Of(stream.SubscriberCount));
        Output.Field("closed", ElementText.Of(stream.IsClosed));
        Output.Field("transform", ElementText.Of(stream.TransformedBy));
        Output.Field("pumped", ElementText.Of(DerivedStream<T>.HasPump(stream)));
        return ExitCode.Success;
    }
}
