using System.CommandLine;
using Plenum.Cli.Hosting;
using Plenum.Cli.Parsing;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Declares and reads the options of an operation.</summary>
internal sealed class OperationOptions
{
    private const string DefaultType = "i32";

    private readonly Inputs _inputs;
    private readonly ValueOption<string?> _type;
    private readonly ValueOption<string?> _keyType = Symbols.Text("--key-type", $"Key type: {ElementType.Names}.",
        DefaultType);
    private readonly ValueOption<string?> _valueType =
        Symbols.Text("--value-type", "Value type; the same as --type.", DefaultType);

    private readonly ValueOption<int> _capacity;
    private readonly ValueOption<long> _capacityBytes =
        Symbols.Size("--capacity-bytes", "Size of the ring's data.", 0, string.Empty);

    private readonly ValueOption<long> _index = Symbols.Number("--index", "The element, from 0.", 0L, 0, long.MaxValue);
    private readonly ValueOption<long> _count;
    private readonly ValueOption<int> _maximum = Symbols.Number("--max", "Most permits; 0 for no limit.", 0, 0,
        int.MaxValue);
    private readonly ValueOption<int> _participants =
        Symbols.Number("--participants", "How many parties meet.", 2, 1, int.MaxValue);

    private readonly ValueOption<long> _size = Symbols.Size("--size", "Size of the range.", 0, string.Empty);
    private readonly ValueOption<string> _mode = Symbols.Choice(
        "--mode", "A signal releases one waiter, or all until the reset.", "auto", "auto", "manual");

    private readonly ValueOption<string?> _range = Symbols.Text("--range", "The elements a..b, without b.");
    private readonly ValueOption<TimeSpan> _timeout;
    private readonly Option<bool> _json = Symbols.Json();
    private readonly StreamInputs _stream;

    internal OperationOptions(Inputs inputs, Action<Option> declare)
    {
        _inputs = inputs;
        _type = inputs.HasFlag(Inputs.AnyType)
            ? Symbols.Text("--type", $"Checks the element type: {ElementType.Names}. Without it any will do.")
            : Symbols.Text("--type", $"Element type: {ElementType.Names}.", DefaultType);
        _count = inputs.HasFlag(Inputs.InitialCount)
            ? Symbols.Number("--count", "The count at the start.", 0L, 0, int.MaxValue)
            : Symbols.Number("--count", "How many values.", 1L, 1, long.MaxValue);
        _capacity = inputs.HasFlag(Inputs.Buffer)
            ? Symbols.Number("--capacity", "How many values wait for receivers; 0 for none.", 0, 0, 1 << 30)
            : Symbols.Number("--capacity", "Number of elements.", 16, 1, int.MaxValue);
        bool waits = inputs.HasFlag(Inputs.Wait);
        _timeout = Symbols.Duration(
            "--timeout",
            waits ? "How long to wait; 0 tries once. Without it, for ever." : "How long to wait. Without it, not at "
                + "all.",
            waits ? System.Threading.Timeout.InfiniteTimeSpan : TimeSpan.Zero,
            string.Empty);
        _index.Required = true;
        _participants.Required = true;
        _size.Required = true;
        _count.Required = inputs.HasFlag(Inputs.InitialCount);
        _stream = new StreamInputs(inputs, declare);
        (Inputs When, Option Option)[] options =
        [
            (Inputs.Type, _type), (Inputs.KeyAndValueType, _keyType), (Inputs.KeyAndValueType, _valueType),
            (Inputs.Capacity | Inputs.Buffer, _capacity), (Inputs.CapacityBytes, _capacityBytes),
            (Inputs.Index, _index),
            (Inputs.Take | Inputs.InitialCount, _count), (Inputs.Maximum, _maximum),
            (Inputs.Participants, _participants),
            (Inputs.Size, _size), (Inputs.Mode, _mode), (Inputs.Range, _range),
            (Inputs.Wait | Inputs.Timeout, _timeout),
            (Inputs.Json, _json),
        ];
        foreach ((Inputs when, Option option) in options)
        {
            if ((inputs & when) != 0)
            {
                declare(option);
            }
        }
    }

    internal bool WantsJson(CommandContext context) => _inputs.HasFlag(Inputs.Json) && context.Get(_json);

    /// <summary>Whether the size that the structure records will do, because no option names a type.</summary>
    internal bool TakesAnyType(CommandContext context) => _inputs.HasFlag(Inputs.AnyType)
        && !context.Has(_type) && !context.Has(_keyType) && !context.Has(_valueType);

    /// <summary>The element types that the options name.</summary>
    internal IReadOnlyList<ElementType> Types(CommandContext context)
    {
        if (!_inputs.HasFlag(Inputs.KeyAndValueType))
        {
            return _inputs.HasFlag(Inputs.Type) ? [ElementType.Find("--type", context.Get(_type) ?? DefaultType)] : [];
        }

        ValueOption<string?> value = context.Has(_valueType) ? _valueType : _type;
        return
        [
            ElementType.Find("--key-type", context.Get(_keyType)!),
            ElementType.Find(value.Name, context.Get(value) ?? DefaultType),
        ];
    }

    internal OperationArguments Read(
        CommandContext context,
        SharedMemory memory,
        string name,
        string what,
        IReadOnlyList<string> values,
        IReadOnlyList<ElementType> types) => new()
        {
            What = what,
            Context = context,
            Memory = memory,
            Name = name,
            Values = values,
            Types = types,
            Capacity = context.Get(_capacity),
            CapacityBytes = context.Get(_capacityBytes),
            Index = context.Get(_index),
            Count = context.Get(_count),
            Maximum = context.Get(_maximum),
            Participants = context.Get(_participants),
            SizeBytes = context.Get(_size),
            Mode = context.Get(_mode),
            Range = context.Get(_range),
            HasTimeout = context.Has(_timeout),
            Timeout = context.Get(_timeout),
            Stream = _stream.Read(context),
        };
}
