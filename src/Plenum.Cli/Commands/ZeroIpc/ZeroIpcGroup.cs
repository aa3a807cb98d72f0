using Plenum.Cli.Hosting;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>The commands of the ZeroIPC protocol.</summary>
internal static class ZeroIpcGroup
{
    internal const string Summary = "Create, list and check ZeroIPC segments.";

    internal static CommandGroup Build() => new(
        "zeroipc",
        Summary,
        [
            new CommandEntry("create", CreateCommand.Summary, () => new CreateCommand()),
            new CommandEntry("entries", EntriesCommand.Summary, () => new EntriesCommand()),
            new CommandEntry("validate", ValidateCommand.Summary, () => new ValidateCommand()),
        ]);
}
