using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations of a queue.</summary>
internal sealed class QueueRun<T> : ElementRun<T>
    where T : unmanaged
{
    internal override int Run(string operation)
    {
        if (operation == "create")
        {
            return Created(SharedQueue<T>.Create(Memory, Name, Arguments.Capacity));
        }

        SharedQueue<T> queue = SharedQueue<T>.Open(Memory, Name);
        switch (operation)
        {
            case "push":
                return PutAll((value, time) => queue.Enqueue(value, time, Cancellation));
            case "pop":
                return TakeAll((TimeSpan time, out T value) => queue.Dequeue(out value, time, Cancellation));
            case "peek":
                _ = Expect(queue.TryPeek(out T front), "it is empty");
                return Print(front);
            case "size":
                return Print("size", ElementText.Of(queue.Count));
            case "capacity":
                return Print("capacity", ElementText.Of(queue.Capacity));
            default:
                throw Unknown(operation);
        }
    }
}
