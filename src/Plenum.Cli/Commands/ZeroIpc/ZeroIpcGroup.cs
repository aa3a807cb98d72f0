using Plenum.Cli.Hosting;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>The commands of the ZeroIPC protocol.</summary>
internal static class ZeroIpcGroup
{
    internal const string Summary = "Create, list and check ZeroIPC segments, and use their structures.";

    internal static CommandGroup Build() => new(
        "zeroipc",
        Summary,
        [
            new CommandEntry("create", CreateCommand.Summary, () => new CreateCommand()),
            new CommandEntry("entries", EntriesCommand.Summary, () => new EntriesCommand()),
            new CommandEntry("validate", ValidateCommand.Summary, () => new ValidateCommand()),
            new CommandEntry("shell", Shell.ShellCommand.Summary, () => new Shell.ShellCommand()),
            .. StructureKinds.All.Select(kind => new CommandEntry(kind.Name, kind.Summary, () => GroupOf(kind))),
        ]);

    private static CommandGroup GroupOf(StructureKind kind) => new(
        kind.Name,
        kind.Summary,
        [
            .. kind.Operations.Select(operation => new CommandEntry(
                operation.Name, operation.Summary, () => new OperationCommand(kind, operation))),
        ]);
}
