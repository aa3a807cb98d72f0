using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations of a channel.</summary>
internal sealed class ChannelRun<T> : ElementRun<T>
    where T : unmanaged
{
    internal override int Run(string operation)
    {
        switch (operation)
        {
            case "create":
                return Created(SharedChannel<T>.Create(Memory, Name, Arguments.Capacity));
            case "send":
                SharedChannel<T> target = SharedChannel<T>.Open(Memory, Name);
                return PutAll((value, time) => Moved(target.Send(value, time, Cancellation), "nothing can be sent"));
            case "receive":
                SharedChannel<T> source = SharedChannel<T>.Open(Memory, Name);
                return TakeAll((TimeSpan time, out T value) =>
                    Moved(source.Receive(out value, time, Cancellation), "nothing is left to receive"));
            case "close":
                return Require(SharedChannel<T>.Open(Memory, Name).Close(), "it is closed already");
            case "select":
                return Select();
            default:
                throw Unknown(operation);
        }
    }

    private bool Moved(ChannelStatus status, string end) => status == ChannelStatus.Closed
        ? throw new CommandException(ExitCode.Problem, $"{Arguments.What}: it is closed, {end}")
        : status == ChannelStatus.Done;

    // Closed channels drop out; when all are closed and drained nothing can come any more.
    private int Select()
    {
        List<SharedChannel<T>> channels =
            [.. Arguments.Values.Prepend(Name).Select(name => SharedChannel<T>.Open(Memory, name))];
        List<SelectCase<T>> cases = [.. channels.Select(channel => channel.Receiving())];
        while (cases.Count > 0)
        {
            int chosen = SharedSelect.Wait([.. cases], Arguments.Remaining, SelectOrder.Fair, Cancellation);
            _ = Expect(chosen >= 0, "nothing was sent in time");
            if (cases[chosen].HasValue)
            {
                Output.Field("channel", ElementText.Of(channels[chosen].Name));
                return Print(cases[chosen].Value);
            }

            cases.RemoveAt(chosen);
            channels.RemoveAt(chosen);
        }

        return Require(false, "all of them are closed, nothing is left to receive");
    }
}
