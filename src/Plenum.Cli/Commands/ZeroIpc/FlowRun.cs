using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>What streams and broadcasts have in common: following, operators, folding.</summary>
internal abstract class FlowRun<T> : ElementRun<T>
    where T : unmanaged
{
    protected StreamArguments Flow => Arguments.Stream;

    /// <summary>The values of an entry of this kind.</summary>
    protected abstract StreamSource<T> SourceOf(string name);

    /// <summary>Starts a pump into an entry of this kind.</summary>
    protected abstract (Task Completion, IDisposable Pump) Derive(StreamSource<T> source, string name);

    /// <summary>Does an operator; null when the operation is none.</summary>
    protected int? TryOperator(string operation)
    {
        switch (operation)
        {
            case "map":
                Func<double, double, double> map = Expression.Parse(Arguments.Values[1], "x");
                return Pump(Source.Map(x => Element.FromNumber(map(Element.ToNumber(x), 0))), Arguments.Values[0]);
            case "filter":
                Func<double, double, double> filter = Expression.Parse(Arguments.Values[1], "x");
                return Pump(Source.Filter(x => filter(Element.ToNumber(x), 0) != 0), Arguments.Values[0]);
            case "take":
                return Pump(Source.Take((long)Arguments.Whole(1, long.MaxValue)), Arguments.Values[0]);
            case "skip":
                return Pump(Source.Skip((long)Arguments.Whole(1, long.MaxValue)), Arguments.Values[0]);
            case "window":
                int count = (int)Arguments.Whole(1, int.MaxValue);
                return count > 0
                    ? Pump(Source.Window(count, Flow.Every).Map(Summary), Arguments.Values[0])
                    : throw CommandException.Usage($"{Arguments.What}: a window has at least one value");
            case "merge":
                return Merge();
            case "zip":
                return Zip();
            case "fold":
                Func<double, double, double> fold = Expression.Parse(Arguments.Values[0], "a", "x");
                double result = Source.FoldAsync(Flow.Initial, (a, x) => fold(a, Element.ToNumber(x)), Cancellation)
                    .AsTask().GetAwaiter().GetResult();
                return Print("value", new NumberElement<double>().Format(result));
            default:
                return null;
        }
    }

    /// <summary>Prints a value of an endless list, at once.</summary>
    protected void Follow(ElementText value, long lost = 0) => Output.Follow(value, lost);

    private StreamSource<T> Source => SourceOf(Name);

    private int Merge()
    {
        StreamSource<T> merged = Source.Merge(SourceOf(Arguments.Values[0]));
        if (Arguments.Values.Count > 1)
        {
            return Pump(merged, Arguments.Values[1]);
        }

        foreach (T value in merged.AsEnumerable(Cancellation))
        {
            Follow(Element.Format(value));
        }

        return ExitCode.Success;
    }

    private int Zip()
    {
        StreamSource<T> other = SourceOf(Arguments.Values[0]);
        if (Arguments.Values.Count == 1)
        {
            foreach ((T x, T y) in Source.Zip(other, (x, y) => (x, y)).AsEnumerable(Cancellation))
            {
                Output.FollowPair(Element.Format(x), Element.Format(y));
            }

            return ExitCode.Success;
        }

        if (Arguments.Values.Count == 2)
        {
            throw CommandException.Usage($"{Arguments.What}: NAME2 needs an expression of x and y");
        }

        Func<double, double, double> join = Expression.Parse(Arguments.Values[2], "x", "y");
        return Pump(
            Source.Zip(other, (x, y) => Element.FromNumber(join(Element.ToNumber(x), Element.ToNumber(y)))),
            Arguments.Values[1]);
    }

    private int Pump(StreamSource<T> source, string name)
    {
        (Task completion, IDisposable pump) = Derive(source, name);
        using (pump)
        {
            completion.WaitAsync(Cancellation).GetAwaiter().GetResult();
        }

        return ExitCode.Success;
    }

    private T Summary(T[] window)
    {
        double[] numbers = Array.ConvertAll(window, Element.ToNumber);
        return Element.FromNumber(Flow.By switch
        {
            "sum" => numbers.Sum(),
            "min" => numbers.Min(),
            "max" => numbers.Max(),
            "first" => numbers[0],
            "last" => numbers[^1],
            "count" => numbers.Length,
            _ => numbers.Average(),
        });
    }
}
