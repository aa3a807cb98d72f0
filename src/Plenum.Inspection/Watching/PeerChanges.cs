using System.Globalization;
using Plenum.Platform;

namespace Plenum.Inspection.Watching;

/// <summary>Turns a change of a segment's writer or reader into an event.</summary>
internal static class PeerChanges
{
    internal static void Report(
        WatchRound round, string name, PeerDescription? before, PeerDescription? now, bool isWriter)
    {
        string role = isWriter ? "writer" : "reader";
        bool wasThere = before is { Liveness: not ProcessLiveness.Dead };
        bool isThere = now is { Liveness: not ProcessLiveness.Dead };
        if (wasThere && now?.ProcessId != before!.ProcessId)
        {
            bool died = now is null && ProcessIdentity.Check(before.ProcessId) == ProcessLiveness.Dead;
            round.Report(name, Left(isWriter, died),
                Text($"its {role}, process {Of(before)}, {(died ? "died" : "left")}"));
        }
        else if (wasThere && !isThere)
        {
            round.Report(name, Left(isWriter, true), Text($"its {role}, process {Of(before!)}, died"));
        }

        if (isThere && (!wasThere || now!.ProcessId != before!.ProcessId))
        {
            round.Report(
                name, isWriter ? WatchEventKind.WriterArrived : WatchEventKind.ReaderArrived,
                Text($"process {Of(now!)} is its {role}"));
        }
    }

    private static WatchEventKind Left(bool isWriter, bool died) => (isWriter, died) switch
    {
        (true, true) => WatchEventKind.WriterDied,
        (true, false) => WatchEventKind.WriterLeft,
        (false, true) => WatchEventKind.ReaderDied,
        _ => WatchEventKind.ReaderLeft,
    };

    private static string Of(PeerDescription peer) =>
        peer.ProcessName is { } name ? Text($"{peer.ProcessId} ({name})") : Text($"{peer.ProcessId}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
