using System.CommandLine;
using System.Globalization;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Inspection;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary><c>plenum zeroipc create</c>: an empty segment.</summary>
internal sealed class CreateCommand : PlenumCommand
{
    internal const string Summary = "Create an empty segment.";

    private readonly Argument<string> _segment;
    private readonly Option<long> _size;
    private readonly Option<int> _entries;
    private readonly Option<bool> _replace;
    private readonly Option<bool> _json;

    internal CreateCommand()
        : base("create", Summary)
    {
        _segment = Declare(Symbols.Name("SEGMENT", "The segment's name."));
        _size = Declare(Symbols.Size("--size", "Size of the segment.", 10 << 20, "10MiB", "-s"));
        _entries = Declare(Symbols.Number("--entries", "Rows of the name table.", 64, 1, 1 << 20));
        _replace = Declare(Symbols.Flag(
            "--replace", "Replace a segment of that name; who has it open keeps the old one."));
        _json = Declare(Symbols.Json());
        Examples = ["plenum zeroipc create sensors --size 10MiB",
            "plenum zeroipc create sensors --size 64KiB --entries 256 --replace"];
        Remarks = "The segment lives until it is removed. Exit code 7 when the name is taken.";
    }

    internal override int Run(CommandContext context)
    {
        string name = SegmentSelector.NameFor(SegmentProtocol.ZeroIpc, context.Get(_segment));
        var options = new SharedMemoryOptions { MaxEntries = context.Get(_entries) };
        using SharedMemory memory = context.Get(_replace)
            ? SharedMemory.Replace(name, context.Get(_size), options)
            : SharedMemory.Create(name, context.Get(_size), options);
        if (context.Get(_json))
        {
            JsonOutput.Document(context.Output, json =>
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteNumber("sizeBytes", memory.SizeBytes);
                json.WriteNumber("maxEntries", context.Get(_entries));
                json.WriteEndObject();
            });
        }
        else
        {
            context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"created {name}, {memory.SizeBytes} bytes, {context.Get(_entries)} entries"));
        }

        return ExitCode.Success;
    }
}
