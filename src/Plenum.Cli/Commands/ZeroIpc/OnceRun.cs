using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations of a once.</summary>
internal sealed class OnceRun : KindRun
{
    internal override int Run(string operation)
    {
        if (operation == "create")
        {
            return Created(SharedOnce.Create(Memory, Name));
        }

        SharedOnce once = SharedOnce.Open(Memory, Name);
        switch (operation)
        {
            case "call":
                OnceOutcome outcome = once.Call(static () => { }, Timeout, Cancellation);
                _ = Expect(outcome != OnceOutcome.TimedOut, "another process executes it");
                if (outcome == OnceOutcome.ExecutedAfterAbandonment)
                {
                    Arguments.Context.Error.WriteLine("plenum: the process that executed it before died before it was "
                        + "done");
                }

                return Print("result", ElementText.Of(outcome == OnceOutcome.AlreadyExecuted ? "already" : "executed"));
            case "state":
                return Print("state", ElementText.Of(once.State switch
                {
                    OnceState.Pending => "pending",
                    OnceState.Executing => "executing",
                    _ => "done",
                }));
            default:
                throw Unknown(operation);
        }
    }
}
