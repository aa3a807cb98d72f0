using System.CommandLine;
using System.Globalization;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.VoidShm;

namespace Plenum.Cli.Commands.Void;

/// <summary><c>plenum void info</c>: the header, once.</summary>
internal sealed class VoidInfoCommand : PlenumCommand
{
    internal const string Summary = "Show name, shape, epoch, frame, owner and sizes of a segment.";

    private readonly Argument<string> _name;
    private readonly Option<string?> _profile;
    private readonly Option<bool> _json;

    internal VoidInfoCommand()
        : base("info", Summary)
    {
        _name = Declare(Symbols.Name("NAME", "The segment's name."));
        _profile = Declare(VoidArguments.Profile());
        _json = Declare(Symbols.Json());
        Examples = ["plenum void info levels", "plenum void info levels --json"];
        Remarks = "Exit code 3 when the segment is missing, 4 when it is not valid.";
    }

    internal override int Run(CommandContext context)
    {
        string name = VoidArguments.Name(context.Get(_name));
        var info = VoidInfo.Read(name, VoidArguments.Resolve(context, _profile));
        if (context.Get(_json))
        {
            context.Output.WriteLine(info.ToJson());
        }
        else if (info.IsValid)
        {
            WriteText(context.Output, info);
        }

        return info.IsValid ? ExitCode.Success : throw VoidArguments.Failure(name, info.Code);
    }

    private static void WriteText(TextWriter output, VoidInfo info)
    {
        (string Key, string Value)[] lines =
        [
            ("name", info.Name), ("channels", Text(info.Channels)), ("length", Text(info.Length)),
                ("epoch", Text(info.Epoch)),
            ("frame", Text(info.Frame)), ("owner_app", info.Owner.App), ("owner_project", info.Owner.Project),
            ("owner_node", info.Owner.Node), ("bytes", Text(info.Bytes)), ("data_offset", Text(info.DataOffset)),
            ("data_bytes", Text(info.DataBytes)),
        ];
        foreach ((string key, string value) in lines)
        {
            output.WriteLine($"{key,-14} {value}".TrimEnd());
        }
    }

    private static string Text<T>(T number)
        where T : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);
}
