using Plenum.Cli.Hosting;

namespace Plenum.Cli.Commands.Void;

/// <summary>The commands of the VOID protocol.</summary>
internal static class VoidGroup
{
    internal const string Summary = "Publish, read and examine VOID float matrices.";

    internal static CommandGroup Build() => new(
        "void",
        Summary,
        [
            new CommandEntry("write", VoidWriteCommand.Summary, () => new VoidWriteCommand()),
            new CommandEntry("read", VoidReadCommand.Summary, () => new VoidReadCommand()),
            new CommandEntry("info", VoidInfoCommand.Summary, () => new VoidInfoCommand()),
            new CommandEntry("state", VoidStateCommand.Summary, () => new VoidStateCommand()),
            new CommandEntry("profile", ProfileSummary, BuildProfile),
        ]);

    private const string ProfileSummary = "Layout profiles: which there are, and which one a live segment fits.";

    private static CommandGroup BuildProfile() => new(
        "profile",
        ProfileSummary,
        [
            new CommandEntry("list", ProfileListCommand.Summary, () => new ProfileListCommand()),
            new CommandEntry("show", ProfileShowCommand.Summary, () => new ProfileShowCommand()),
            new CommandEntry("probe", ProfileProbeCommand.Summary, () => new ProfileProbeCommand()),
            new CommandEntry("calibrate", ProfileCalibrateCommand.Summary, () => new ProfileCalibrateCommand()),
        ]);
}
