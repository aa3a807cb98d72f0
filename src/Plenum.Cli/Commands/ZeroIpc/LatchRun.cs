using Plenum.Cli.Output;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations of a latch.</summary>
internal sealed class LatchRun : KindRun
{
    internal override int Run(string operation)
    {
        if (operation == "create")
        {
            return Created(SharedLatch.Create(Memory, Name, (int)Arguments.Count));
        }

        SharedLatch latch = SharedLatch.Open(Memory, Name);
        switch (operation)
        {
            case "down":
                _ = latch.CountDown(Arguments.OptionalCount());
                return ExitCode.Success;
            case "wait":
                return Expect(latch.Wait(Timeout, Cancellation), $"it did not open in time; {latch.CurrentCount} left");
            case "state":
                Output.Field("count", ElementText.Of(latch.CurrentCount));
                Output.Field("initial", ElementText.Of(latch.InitialCount));
                return ExitCode.Success;
            default:
                throw Unknown(operation);
        }
    }
}
