using Plenum.Cli.Output;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations of the segment's own table.</summary>
internal sealed class TableRun : KindRun
{
    internal override int Run(string operation)
    {
        SharedEntry entry = operation switch
        {
            "register" => Memory.Table.Register(Name, Arguments.SizeBytes),
            "find" => Memory.Table.Find(Name),
            _ => throw Unknown(operation),
        };
        Output.Field("name", ElementText.Of(entry.Name), onlyJson: true);
        Output.Field("offset", ElementText.Of(entry.Offset));
        Output.Field("sizeBytes", ElementText.Of(entry.SizeBytes));
        return ExitCode.Success;
    }
}
