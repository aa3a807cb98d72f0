using System.CommandLine;
using System.Globalization;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Inspection;
using Plenum.Platform;

namespace Plenum.Cli.Commands;

/// <summary><c>plenum remove</c>: removes a segment and everything that belongs to it.</summary>
internal sealed class RemoveCommand : PlenumCommand
{
    internal const string Summary = "Remove a segment and everything that belongs to it.";

    private readonly Argument<string> _segment;
    private readonly Option<bool> _force;
    private readonly Option<bool> _json;

    internal RemoveCommand()
        : base("remove", Summary)
    {
        _segment = Declare(Symbols.Name("SEGMENT", "A segment's name, or protocol:NAME."));
        _force = Declare(Symbols.Flag("--force", "Remove it although a process uses it."));
        _json = Declare(Symbols.Json());
        Examples = ["plenum remove camera", "plenum remove zeroipc:sensors --force"];
        Remarks =
            "A segment that a living process uses is refused (exit code 7) without --force. Who has it open keeps it.";
    }

    internal override int Run(CommandContext context)
    {
        SegmentSelector selector = SegmentSelector.Parse(context.Get(_segment));
        SegmentName name = selector.ToName();
        SegmentSummary? summary = Look(name, selector.Protocol);
        if (summary is not null)
        {
            if (selector.Protocol != SegmentProtocol.Unknown && summary.Protocol != selector.Protocol)
            {
                throw CommandException.Malformed(
                    $"'{name.Value}' is not a {ProtocolText.Of(selector.Protocol)} segment; nothing was removed");
            }

            if (!context.Get(_force) && UserOf(name.Value, summary) is { } user)
            {
                throw new CommandException(
                    ExitCode.Busy, $"'{name.Value}' is in use by {user}; end it, or remove it anyway with --force");
            }
        }

        IReadOnlyList<string> removed = SegmentRemoval.Remove(name, summary);
        if (removed.Count == 0)
        {
            throw CommandException.NotFound($"no segment '{name.Value}'; 'plenum list' shows what exists");
        }

        if (context.Get(_json))
        {
            JsonOutput.Document(context.Output, json =>
            {
                json.WriteStartObject();
                json.WriteString("name", name.Value);
                JsonOutput.Strings(json, "removed", removed);
                json.WriteEndObject();
            });
        }
        else
        {
            context.Output.WriteLine($"removed {string.Join(", ", removed)}");
        }

        return ExitCode.Success;
    }

    private static SegmentSummary? Look(SegmentName name, SegmentProtocol protocol)
    {
        if (!SegmentImage.TryOpen(name, out SegmentImage? image))
        {
            return null;
        }

        using (image)
        {
            SegmentSummary found = SegmentInspector.Summarize(image, new SegmentUsers());
            return found.Protocol == SegmentProtocol.Unknown && protocol != SegmentProtocol.Unknown
                ? SegmentInspector.Summarize(image, new SegmentUsers(), protocol)
                : found;
        }
    }

    private static string? UserOf(string name, SegmentSummary summary)
    {
        foreach (PeerDescription? peer in (PeerDescription?[])[summary.Writer, summary.Reader])
        {
            if (peer is { Liveness: not ProcessLiveness.Dead })
            {
                return string.Create(
                    CultureInfo.InvariantCulture, $"process {peer.ProcessId} ({peer.ProcessName ?? "unknown"})");
            }
        }

        foreach (SegmentUse use in new SegmentUsers().Of(name))
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"process {use.ProcessId} ({ProcessIdentity.NameOf(use.ProcessId) ?? "unknown"}), which has it mapped");
        }

        return null;
    }
}
