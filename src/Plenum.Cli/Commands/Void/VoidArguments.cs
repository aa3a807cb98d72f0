using System.CommandLine;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Inspection;
using Plenum.VoidShm;

namespace Plenum.Cli.Commands.Void;

/// <summary>Arguments and outcomes that the VOID commands share.</summary>
internal static class VoidArguments
{
    internal static ValueOption<string?> Profile() =>
        Symbols.Text("--profile", "Layout profile: a built-in name, or a profile file.", "canon", "-p");

    internal static VoidProfile Resolve(CommandContext context, Option<string?> option)
    {
        string name = context.Get(option)!;
        try
        {
            return VoidProfileFile.Resolve(name);
        }
        catch (Exception e) when (
            e is IOException or FormatException or ArgumentException or System.Text.Json.JsonException
            or KeyNotFoundException)
        {
            throw new CommandException(ExitCode.Usage, $"--profile '{name}': {ErrorReport.LineOf(e)}", e);
        }
    }

    internal static string Name(string text) => SegmentSelector.NameFor(SegmentProtocol.Void, text);

    /// <summary>The exit code for a segment that gave no values.</summary>
    internal static int ExitCodeOf(VoidValidity code) => code switch
    {
        VoidValidity.Ok => ExitCode.Success,
        VoidValidity.Missing => ExitCode.NotFound,
        VoidValidity.Denied => ExitCode.SystemRefused,
        VoidValidity.Busy => ExitCode.Busy,
        VoidValidity.BadName => ExitCode.Usage,
        VoidValidity.Changed => ExitCode.TimedOut,
        _ => ExitCode.Malformed,
    };

    internal static CommandException Failure(string name, VoidValidity code) =>
        new(ExitCodeOf(code), $"reading '{name}': {VoidCodes.SpecName(code)}: {VoidCodes.Explain(code)}");
}
