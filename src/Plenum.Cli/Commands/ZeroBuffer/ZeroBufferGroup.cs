using Plenum.Cli.Hosting;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>The commands of the ZeroBuffer protocol.</summary>
internal static class ZeroBufferGroup
{
    internal const string Summary = "Read, write and relay frames through ZeroBuffer; serve and call duplex channels.";

    internal static CommandGroup Build() => new(
        "zerobuffer",
        Summary,
        [
            new CommandEntry("read", ReadCommand.Summary, () => new ReadCommand()),
            new CommandEntry("write", WriteCommand.Summary, () => new WriteCommand()),
            new CommandEntry("relay", RelayCommand.Summary, () => new RelayCommand()),
            new CommandEntry("serve", ServeCommand.Summary, () => new ServeCommand()),
            new CommandEntry("call", CallCommand.Summary, () => new CallCommand()),
        ]);
}
