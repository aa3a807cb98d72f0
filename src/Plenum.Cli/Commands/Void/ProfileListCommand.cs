using System.CommandLine;
using System.Globalization;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.VoidShm;

namespace Plenum.Cli.Commands.Void;

/// <summary><c>plenum void profile list</c>: the built-in layouts.</summary>
internal sealed class ProfileListCommand : PlenumCommand
{
    internal const string Summary = "List the built-in layout profiles.";

    private readonly Option<bool> _json;

    internal ProfileListCommand()
        : base("list", Summary)
    {
        _json = Declare(Symbols.Json());
        Examples = ["plenum void profile list", "plenum void profile list --json"];
    }

    internal override int Run(CommandContext context)
    {
        if (context.Get(_json))
        {
            JsonOutput.Document(context.Output, json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("profiles");
                foreach (VoidProfile profile in VoidProfiles.All)
                {
                    json.WriteStartObject();
                    json.WriteString("name", profile.Name);
                    json.WriteNumber("headerBytes", profile.Layout.HeaderBytes);
                    json.WriteString("description", profile.Description);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
            return ExitCode.Success;
        }

        var table = new TextTable("NAME", "HEADER", "DESCRIPTION") { RightAligned = [1] };
        foreach (VoidProfile profile in VoidProfiles.All)
        {
            table.Add(
                profile.Name, profile.Layout.HeaderBytes.ToString(CultureInfo.InvariantCulture), profile.Description);
        }

        table.Write(context.Output);
        return ExitCode.Success;
    }
}
