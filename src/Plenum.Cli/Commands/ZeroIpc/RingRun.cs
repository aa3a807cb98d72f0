using Plenum.Cli.Output;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations of a ring.</summary>
internal sealed class RingRun<T> : ElementRun<T>
    where T : unmanaged
{
    internal override int Run(string operation)
    {
        if (operation == "create")
        {
            return Created(Arguments.CapacityBytes > 0
                ? SharedRing<T>.CreateBytes(Memory, Name, Arguments.CapacityBytes)
                : SharedRing<T>.Create(Memory, Name, Arguments.Capacity));
        }

        SharedRing<T> ring = SharedRing<T>.Open(Memory, Name);
        switch (operation)
        {
            case "write":
                return PutAll((value, time) => ring.Write(value, time, Cancellation));
            case "read":
                return TakeAll((TimeSpan time, out T value) => ring.Read(out value, time, Cancellation));
            case "stat":
                Output.Field("capacityBytes", ElementText.Of(ring.CapacityBytes));
                Output.Field("capacity", ElementText.Of(ring.Capacity));
                Output.Field("size", ElementText.Of(ring.Count));
                Output.Field("totalWritten", ElementText.Of(ring.TotalWritten));
                Output.Field("totalRead", ElementText.Of(ring.TotalRead));
                return ExitCode.Success;
            default:
                throw Unknown(operation);
        }
    }
}
