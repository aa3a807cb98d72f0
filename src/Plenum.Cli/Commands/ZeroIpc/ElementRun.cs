using Plenum.Cli.Output;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations on values of one element type.</summary>
internal abstract class ElementRun<T> : KindRun
    where T : unmanaged
{
    protected Element<T> Element => (Element<T>)Arguments.Types[0].Element;

    protected T Value(int index) => Arguments.Value(Element, index);

    protected int Print(T value) => Print("value", Element.Format(value));

    protected int PrintAll(IEnumerable<T> values)
    {
        foreach (T value in values)
        {
            Cancellation.ThrowIfCancellationRequested();
            Output.Value(Element.Format(value));
        }

        return ExitCode.Success;
    }

    /// <summary>Puts all values of the command line; exit code 5 when one does not fit in time.</summary>
    protected int PutAll(Func<T, TimeSpan, bool> put)
    {
        T[] values = new T[Arguments.Values.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Value(i);
        }

        for (int i = 0; i < values.Length; i++)
        {
            _ = Expect(put(values[i], Arguments.Remaining), $"it is full; {i} of {values.Length} values were put");
        }

        return ExitCode.Success;
    }

    /// <summary>Takes --count values and prints each; exit code 5 when there are fewer in time.</summary>
    protected int TakeAll(TryTake take)
    {
        long count = Arguments.Count;
        for (long i = 0; i < count; i++)
        {
            _ = Expect(take(Arguments.Remaining, out T value), $"it is empty; {i} of {count} values were taken");
            Output.Value(Element.Format(value));
        }

        return ExitCode.Success;
    }

    /// <summary>Takes one value within a time.</summary>
    protected delegate bool TryTake(TimeSpan timeout, out T value);
}
