using System.CommandLine;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.VoidShm;

namespace Plenum.Cli.Commands.Void;

/// <summary><c>plenum void profile show</c>: one layout as a profile file.</summary>
internal sealed class ProfileShowCommand : PlenumCommand
{
    internal const string Summary = "Print a profile as JSON, in the form of a profile file.";

    private readonly Argument<string> _profile;

    internal ProfileShowCommand()
        : base("show", Summary)
    {
        _profile = Declare(new Argument<string>("PROFILE") { Description = "A built-in name, or a profile file." });
        Examples = ["plenum void profile show canon > mine.json"];
    }

    internal override int Run(CommandContext context)
    {
        string name = context.Get(_profile);
        context.Output.WriteLine(VoidProfileFile.ToJson(
            VoidProfiles.Find(name) ?? (File.Exists(name)
                ? VoidProfileFile.Load(name)
                : throw CommandException.NotFound(
                    $"no profile '{name}'; 'plenum void profile list' shows the built-in ones"))));
        return ExitCode.Success;
    }
}
