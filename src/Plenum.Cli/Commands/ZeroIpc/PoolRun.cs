using Plenum.Cli.Output;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations of a pool.</summary>
internal sealed class PoolRun<T> : ElementRun<T>
    where T : unmanaged
{
    internal override int Run(string operation)
    {
        if (operation == "create")
        {
            return Created(SharedPool<T>.Create(Memory, Name, Arguments.Capacity));
        }

        SharedPool<T> pool = SharedPool<T>.Open(Memory, Name);
        switch (operation)
        {
            case "allocate":
                T value = Value(0);
                _ = Expect(pool.Allocate(out int index, Timeout, Cancellation), $"all {pool.Capacity} nodes are taken");
                pool[index] = value;
                return Print("index", ElementText.Of(index));
            case "get":
                return Print(pool[Node()]);
            case "free":
                pool.Free(Node());
                return ExitCode.Success;
            case "stat":
                Output.Field("capacity", ElementText.Of(pool.Capacity));
                Output.Field("allocated", ElementText.Of(pool.AllocatedCount));
                Output.Field("free", ElementText.Of(pool.Capacity - pool.AllocatedCount));
                return ExitCode.Success;
            default:
                throw Unknown(operation);
        }

        int Node() => (int)Arguments.Whole(0, (ulong)pool.Capacity - 1);
    }
}
