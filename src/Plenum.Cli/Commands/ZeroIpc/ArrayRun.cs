using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations of an array.</summary>
internal sealed class ArrayRun<T> : ElementRun<T>
    where T : unmanaged
{
    internal override int Run(string operation)
    {
        if (operation == "create")
        {
            return Created(SharedArray<T>.Create(Memory, Name, Arguments.Capacity));
        }

        SharedArray<T> array = SharedArray<T>.Open(Memory, Name);
        if (array.IsReadOnly && operation is not ("get" or "dump"))
        {
            throw CommandException.Malformed($"{Arguments.What}: the segment has format version 1, which is only "
                + "read; create it with version 2");
        }

        switch (operation)
        {
            case "get":
                return Print(array[Arguments.Index]);
            case "set":
                array[Arguments.Index] = Value(0);
                return ExitCode.Success;
            case "add":
                return Print(Element.IsFloating ? AddFloating(array) : array.Add(Arguments.Index, Value(0)));
            case "cas":
                T old = Value(0);
                T found = array.CompareExchange(Arguments.Index, Value(1), old);
                _ = Print(found);
                return Same(found, old) ? ExitCode.Success : ExitCode.Problem;
            case "fill":
                array.Fill(Value(0));
                return ExitCode.Success;
            case "dump":
                return PrintAll(Part(array));
            default:
                throw Unknown(operation);
        }
    }

    private IEnumerable<T> Part(SharedArray<T> array)
    {
        (long from, long to) = Arguments.RangeOf(array.Length);
        for (long i = from; i < to; i++)
        {
            yield return array[i];
        }
    }

    private T AddFloating(SharedArray<T> array)
    {
        T amount = Value(0);
        while (true)
        {
            T old = array.ReadAcquire(Arguments.Index);
            T sum = Element.Sum(old, amount);
            if (Same(array.CompareExchange(Arguments.Index, sum, old), old))
            {
                return sum;
            }
        }
    }

    // The exchange compares bits; the texts differ for 0 and -0, as the bits do.
    private bool Same(T left, T right) => Element.Format(left) == Element.Format(right);
}
