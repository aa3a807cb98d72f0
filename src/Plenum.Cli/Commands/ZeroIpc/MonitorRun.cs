using Plenum.Cli.Output;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations of a monitor.</summary>
internal sealed class MonitorRun : KindRun
{
    internal override int Run(string operation)
    {
        if (operation == "create")
        {
            return Created(SharedMonitor.Create(Memory, Name));
        }

        SharedMonitor monitor = SharedMonitor.Open(Memory, Name);
        switch (operation)
        {
            case "lock":
                bool locked = monitor.EnterUnowned(Timeout, out bool wasAbandoned, Cancellation);
                TellAbandoned(wasAbandoned, "monitor");
                return Expect(locked, "it was not unlocked in time");
            case "unlock":
                return Require(monitor.ExitUnowned(), "it is not locked");
            case "wait":
                return WaitOnce(monitor);
            case "notify":
                monitor.Notify();
                return ExitCode.Success;
            case "notify-all":
                monitor.NotifyAll();
                return ExitCode.Success;
            default:
                throw Unknown(operation);
        }
    }

    private int WaitOnce(SharedMonitor monitor)
    {
        _ = Expect(monitor.TryEnter(Timeout, out MutexLock held, Cancellation), "it was not unlocked in time");
        using (held)
        {
            TellAbandoned(held.WasAbandoned, "monitor");
            return Expect(monitor.Wait(held, Arguments.Remaining, Cancellation), "no notification came in time");
        }
    }
}
