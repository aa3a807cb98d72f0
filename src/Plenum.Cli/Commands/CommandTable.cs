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
        new("top", Live.TopCommand.Summary, () => new Live.TopCommand()),
        new("plot", Live.PlotCommand.Summary, () => new Live.PlotCommand()),
        new("dump", DumpCommand.Summary, () => new DumpCommand()),
        new("doctor", Doctor.DoctorCommand.Summary, () => new Doctor.DoctorCommand()),
        new("record", Recording.RecordCommand.Summary, () => new Recording.RecordCommand()),
        new("replay", Recording.ReplayCommand.Summary, () => new Recording.ReplayCommand()),
        new("remove", RemoveCommand.Summary, () => new RemoveCommand()),
        new("zerobuffer", ZeroBuffer.ZeroBufferGroup.Summary, ZeroBuffer.ZeroBufferGroup.Build),
        new("zeroipc", ZeroIpc.ZeroIpcGroup.Summary, ZeroIpc.ZeroIpcGroup.Build),
        new("void", Void.VoidGroup.Summary, Void.VoidGroup.Build),
        new("bench", BenchCommand.Summary, () => new BenchCommand()),
        new("help", Help.HelpCommand.Summary, () => new Help.HelpCommand()),
        new("completion", Help.CompletionCommand.Summary, () => new Help.CompletionCommand()),
        new("complete", Help.CompleteCommand.Summary, () => new Help.CompleteCommand(), Hidden: true),
        new("peer", PeerCommand.Summary, () => new PeerCommand(), Hidden: true),
    ];
}
