using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations of a map.</summary>
internal sealed class MapRun<TKey, TValue> : KindRun
    where TKey : unmanaged
    where TValue : unmanaged
{
    private Element<TKey> KeyElement => (Element<TKey>)Arguments.Types[0].Element;

    private Element<TValue> ValueElement => (Element<TValue>)Arguments.Types[1].Element;

    internal override int Run(string operation)
    {
        if (operation == "create")
        {
            return Created(SharedMap<TKey, TValue>.Create(Memory, Name, Arguments.Capacity));
        }

        SharedMap<TKey, TValue> map = SharedMap<TKey, TValue>.Open(Memory, Name);
        switch (operation)
        {
            case "put":
                return Expect(map.TrySet(Key(), Arguments.Value(ValueElement, 1)), "it is full");
            case "get":
                return map.TryGetValue(Key(), out TValue value)
                    ? Print("value", ValueElement.Format(value)) : throw NoKey();
            case "remove":
                return map.TryRemove(Key()) ? ExitCode.Success : throw NoKey();
            case "size":
                return Print("size", ElementText.Of(map.Count));
            case "dump":
                Output.BeginPairs();
                foreach (KeyValuePair<TKey, TValue> pair in map)
                {
                    Output.Pair(KeyElement.Format(pair.Key), ValueElement.Format(pair.Value));
                }

                return ExitCode.Success;
            default:
                throw Unknown(operation);
        }
    }

    private TKey Key() => Arguments.Value(KeyElement, 0);

    private CommandException NoKey() => CommandException.NotFound($"{Arguments.What}: there is no key "
        + $"{Arguments.Values[0]}");
}
