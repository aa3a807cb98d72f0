using Plenum.Cli.Output;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations of an event.</summary>
internal sealed class EventRun : KindRun
{
    // A pulse blocks only while those it released are still on their way.
    private static readonly TimeSpan s_pulse = TimeSpan.FromSeconds(1);

    internal override int Run(string operation)
    {
        if (operation == "create")
        {
            return Created(SharedEvent.Create(Memory, Name, Arguments.Mode == "manual"
                ? EventMode.Manual : EventMode.Auto));
        }

        SharedEvent opened = SharedEvent.Open(Memory, Name);
        switch (operation)
        {
            case "signal":
                _ = opened.Signal();
                return ExitCode.Success;
            case "wait":
                return Expect(opened.Wait(Timeout, Cancellation), "no signal came in time");
            case "reset":
                opened.Reset();
                return ExitCode.Success;
            case "pulse":
                return Expect(
                    opened.Pulse(Arguments.HasTimeout ? Timeout : s_pulse, Cancellation), "some waiters were not "
                        + "released in time");
            case "state":
                Output.Field("mode", ElementText.Of(opened.Mode == EventMode.Manual ? "manual" : "auto"));
                Output.Field("signaled", ElementText.Of(opened.IsSignaled));
                Output.Field("waiting", ElementText.Of(opened.WaitingCount));
                return ExitCode.Success;
            default:
                throw Unknown(operation);
        }
    }
}
