using System.CommandLine;
using System.Reflection;
using Plenum.Cli.Hosting;
using Plenum.Cli.Parsing;
using Plenum.Inspection;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary><c>plenum zeroipc KIND OP SEGMENT NAME [values…]</c>, for any row of the table.</summary>
internal sealed class OperationCommand : PlenumCommand
{
    private readonly StructureKind _kind;
    private readonly Operation _operation;
    private readonly Argument<string> _segment;
    private readonly Argument<string> _name;
    private readonly Argument<string[]>? _values;
    private readonly OperationOptions _options;

    internal OperationCommand(StructureKind kind, Operation operation)
        : base(operation.Name, operation.Summary)
    {
        _kind = kind;
        _operation = operation;
        _segment = Declare(Symbols.Name("SEGMENT", "The segment's name."));
        _name = Declare(Symbols.Name("NAME", "The entry's name."));
        (int minimum, int maximum) = operation.ValueCount;
        if (maximum > 0)
        {
            _values = Declare(new Argument<string[]>(operation.Values.Replace("[", string.Empty,
                StringComparison.Ordinal).TrimEnd(']'))
            {
                Description = minimum > 0 ? "May stand before or after the options."
                    : operation.Values == "[N]" ? "1 when missing." : "Further ones of the same kind.",
                Arity = new ArgumentArity(minimum, maximum),
                CustomParser = static result => [.. result.Tokens.Select(token => token.Value)],
            });
        }

        _options = new OperationOptions(operation.Inputs, option => _ = Declare(option));
        Examples = [$"plenum zeroipc {kind.Name} {operation.Name} sensors {kind.Name}1{Sample(operation)}"];
        Remarks = kind.Name == "monitor" && operation.Name == "wait"
            ? "Takes the lock itself: do not lock before. The time-out counts for lock and notification together."
            : null;
    }

    internal override bool TakesValues => _values is not null;

    internal override int Run(CommandContext context)
    {
        IReadOnlyList<ElementType> types = _options.Types(context);
        string segment = SegmentSelector.NameFor(SegmentProtocol.ZeroIpc, context.Get(_segment));
        using SharedMemory memory = SharedMemory.Open(segment);
        string name = context.Get(_name);
        if (_options.TakesAnyType(context))
        {
            using SegmentImage image = SegmentSelector.Parse(context.Get(_segment)).Open();
            types = RecordedTypes.Find(image, memory, _kind.Name, name) ?? types;
        }

        OperationArguments arguments = _options.Read(
            context,
            memory,
            name,
            $"{_kind.Name} {_operation.Name} of '{name}' in segment '{segment}'",
            _values is null ? [] : context.Get(_values),
            types);
        var output = new OperationOutput(context.Output, _options.WantsJson(context));
        KindRun run = Build(types);
        run.Arguments = arguments;
        run.Output = output;
        bool printed = false;
        try
        {
            int code = run.Run(_operation.Name);
            printed = true;
            output.Complete();
            return code;
        }
        catch (CommandException e) when (!printed && e.ExitCode == Output.ExitCode.TimedOut)
        {
            // What was taken before the time was over is the reader's.
            output.Complete();
            throw;
        }
        catch (NotSupportedException e)
        {
            throw CommandException.Usage($"{arguments.What}: {e.Message}");
        }
        catch (InvalidOperationException e)
        {
            throw new CommandException(Output.ExitCode.Problem, e.Message, e);
        }
    }

    private static string Sample(Operation operation)
    {
        string values = operation.Values switch
        {
            "" => string.Empty,
            "COMMAND…" => " -- make install",
            "V…" => " 1 2 3",
            "K V" => " 7 42",
            "OLD NEW" => " 1 2",
            "[NAME…]" => " channel2 channel3",
            "A B" => " width height",
            "TEXT" => " 'no sensor'",
            "NAME2 EXPRESSION" => operation.Name == "map" ? " scaled 'x * 2'" : " high 'x > 40 && x < 90'",
            "NAME2 N" => " part 10",
            "B [NAME2]" => " other joined",
            "B [NAME2 EXPRESSION]" => " other joined 'x + y'",
            "EXPRESSION" => " 'a + x'",
            _ => " 1",
        };
        string options = (operation.Inputs.HasFlag(Inputs.Index) ? " --index 3" : string.Empty)
            + (operation.Inputs.HasFlag(Inputs.InitialCount) ? " --count 4" : string.Empty)
            + (operation.Inputs.HasFlag(Inputs.Participants) ? " --participants 3" : string.Empty)
            + (operation.Inputs.HasFlag(Inputs.Size) ? " --size 4KiB" : string.Empty)
            + (operation.Inputs.HasFlag(Inputs.Capacity) ? " --capacity 64" : string.Empty)
            + (operation.Inputs.HasFlag(Inputs.KeyAndValueType) ? " --key-type u32 --value-type f64"
                : operation.Inputs.HasFlag(Inputs.Type) ? " --type f64" : string.Empty)
            + ((operation.Inputs & (Inputs.Wait | Inputs.Timeout)) != 0 ? " --timeout 2s" : string.Empty);
        return options + values;
    }

    private KindRun Build(IReadOnlyList<ElementType> types)
    {
        Type run = _kind.Run.IsGenericTypeDefinition
            ? _kind.Run.MakeGenericType([.. types.Select(type => type.Type)])
            : _kind.Run;
        return (KindRun)Activator.CreateInstance(
            run, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, null, null)!;
    }
}
