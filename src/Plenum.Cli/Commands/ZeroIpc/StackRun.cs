using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations of a stack.</summary>
internal sealed class StackRun<T> : ElementRun<T>
    where T : unmanaged
{
    internal override int Run(string operation)
    {
        if (operation == "create")
        {
            return Created(SharedStack<T>.Create(Memory, Name, Arguments.Capacity));
        }

        SharedStack<T> stack = SharedStack<T>.Open(Memory, Name);
        switch (operation)
        {
            case "push":
                return PutAll((value, time) => stack.Push(value, time, Cancellation));
            case "pop":
                return TakeAll((TimeSpan time, out T value) => stack.Pop(out value, time, Cancellation));
            case "top":
                _ = Expect(stack.TryPeek(out T front), "it is empty");
                return Print(front);
            case "size":
                return Print("size", ElementText.Of(stack.Count));
            case "capacity":
                return Print("capacity", ElementText.Of(stack.Capacity));
            default:
                throw Unknown(operation);
        }
    }
}
