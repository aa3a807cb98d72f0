using Plenum.Cli.Output;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations of a barrier.</summary>
internal sealed class BarrierRun : KindRun
{
    internal override int Run(string operation)
    {
        if (operation == "create")
        {
            using SharedBarrier created = SharedBarrier.Create(Memory, Name, Arguments.Participants);
            return ExitCode.Success;
        }

        using SharedBarrier barrier = SharedBarrier.Open(Memory, Name);
        switch (operation)
        {
            case "wait":
                return Expect(barrier.SignalAndWait(Timeout, Cancellation), "the others did not arrive in time");
            case "state":
                // Takes back the arrivals of processes that died while they waited.
                _ = barrier.MissingParties();
                Output.Field("participants", ElementText.Of(barrier.ParticipantCount));
                Output.Field("arrived", ElementText.Of(barrier.ArrivedCount));
                Output.Field("generation", ElementText.Of(barrier.Generation));
                return ExitCode.Success;
            default:
                throw Unknown(operation);
        }
    }
}
