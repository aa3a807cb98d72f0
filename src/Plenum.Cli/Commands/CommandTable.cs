using Plenum.Cli.Hosting;

namespace Plenum.Cli.Commands;

/// <summary>The commands of the first level.</summary>
internal static class CommandTable
{
    internal static IReadOnlyList<CommandEntry> Entries { get; } =
    [
        new("demo", DemoCommand.Summary, () => new DemoCommand()),
        new("list", ListCommand.Summary, () => new ListCommand()),
        new("show", ShowCommand.Summary, () => new ShowCommand()),
        new("monitor", Live.MonitorCommand.Summary, () => new Live.MonitorCommand()),
        new("dump", DumpCommand.Summary, () => new DumpCommand()),
        new("remove", RemoveCommand.Summary, () => new RemoveCommand()),
        new("zerobuffer", ZeroBuffer.ZeroBufferGroup.Summary, ZeroBuffer.ZeroBufferGroup.Build),
        new("zeroipc", ZeroIpc.ZeroIpcGroup.Summary, ZeroIpc.ZeroIpcGroup.Build),
        new("void", Void.VoidGroup.Summary, Void.VoidGroup.Build),
        new("bench", BenchCommand.Summary, () => new BenchCommand()),
        new("peer", PeerCommand.Summary, () => new PeerCommand(), Hidden: true),
    ];
}
