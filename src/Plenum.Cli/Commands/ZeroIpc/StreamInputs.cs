using System.CommandLine;
using Plenum.Cli.Hosting;
using Plenum.Cli.Parsing;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Declares and reads the options of streams and broadcasts.</summary>
internal sealed class StreamInputs
{
    private readonly ValueOption<long> _limit = Symbols.Number("--count", "How many values; 0 for all.", 0L, 0,
        long.MaxValue);
    private readonly ValueOption<int> _capacity =
        Symbols.Number("--capacity", "Capacity of NAME2 if it is created.", 1024, 1, 1 << 30);

    private readonly ValueOption<int> _every =
        Symbols.Number("--every", "Values from the start of a window to the next; 0 for N.", 0, 0, int.MaxValue);

    private readonly ValueOption<string> _by = Symbols.Choice(
        "--by", "What a window gives.", "mean", "mean", "sum", "min", "max", "first", "last", "count");

    private readonly ValueOption<string?> _initial = Symbols.Text("--initial", "The result before the first value.",
        "0");
    private readonly ValueOption<string?> _policy = Symbols.Text(
        "--policy", "When it falls behind: gate (the publisher waits), drop-oldest, or evict:T after a time.", "gate");

    private readonly ValueOption<int> _history =
        Symbols.Number("--history", "Values from before the subscription to begin with.", 0, 0, int.MaxValue);

    internal StreamInputs(Inputs inputs, Action<Option> declare)
    {
        (Inputs When, Option Option)[] options =
        [
            (Inputs.Follow, _limit), (Inputs.DerivedCapacity, _capacity), (Inputs.Windowed, _every), (Inputs.Windowed,
                _by),
            (Inputs.Folded, _initial), (Inputs.Subscription, _policy), (Inputs.Subscription, _history),
        ];
        foreach ((Inputs when, Option option) in options)
        {
            if ((inputs & when) != 0)
            {
                declare(option);
            }
        }
    }

    internal StreamArguments Read(CommandContext context)
    {
        string initial = context.Get(_initial)!;
        return double.TryParse(
            initial, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture,
            out double seed)
            ? new StreamArguments(
                context.Get(_limit), context.Get(_capacity), context.Get(_every), context.Get(_by), seed,
                context.Get(_policy)!, context.Get(_history))
            : throw CommandException.Usage($"--initial: '{initial}' is no number");
    }
}
