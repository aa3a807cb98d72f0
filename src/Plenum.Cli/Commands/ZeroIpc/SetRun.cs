using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations of a set.</summary>
internal sealed class SetRun<T> : ElementRun<T>
    where T : unmanaged
{
    internal override int Run(string operation)
    {
        if (operation == "create")
        {
            return Created(SharedSet<T>.Create(Memory, Name, Arguments.Capacity));
        }

        SharedSet<T> set = SharedSet<T>.Open(Memory, Name);
        switch (operation)
        {
            case "add":
                SetAddition addition = set.Add(Value(0));
                _ = Expect(addition != SetAddition.Full, "it is full");
                return Print("result", ElementText.Of(addition == SetAddition.Added ? "added" : "already"));
            case "contains":
                return Print("contains", ElementText.Of(set.Contains(Value(0))));
            case "remove":
                return set.TryRemove(Value(0))
                    ? ExitCode.Success
                    : throw CommandException.NotFound($"{Arguments.What}: {Arguments.Values[0]} is not in it");
            case "size":
                return Print("size", ElementText.Of(set.Count));
            case "dump":
                return PrintAll(set);
            default:
                throw Unknown(operation);
        }
    }
}
