using System.Globalization;
using Plenum.Platform;

namespace Plenum.Inspection.Watching;

/// <summary>Why a segment does not move, from its numbers and its processes.</summary>
internal static class Explanations
{
    private const double NearlyFull = 0.95;

    internal static string? Of(SegmentSummary summary, in GaugeReading reading, WatchMotion motion)
    {
        if (reading.Problem is { } problem)
        {
            return problem;
        }

        string left = reading.Depth is > 0 and var depth && summary.Protocol == SegmentProtocol.ZeroBuffer
            ? Text($"; {depth} frames are left unread") : string.Empty;
        return summary switch
        {
            { Writer: { Liveness: ProcessLiveness.Dead } writer } =>
                Text($"its writer, process {writer.ProcessId}, died without closing{left}"),
            { Reader: { Liveness: ProcessLiveness.Dead } reader } =>
                Text($"its reader, process {reader.ProcessId}, died{left}"),
            _ when motion == WatchMotion.Moving => null,
            { Writer: { } writer } when Suspension.Holds(writer) => Suspended("writer", writer),
            { Reader: { } reader } when Suspension.Holds(reader) => Suspended("reader", reader),
            { Protocol: SegmentProtocol.ZeroBuffer } => ZeroBuffer(summary, reading),
            { Protocol: SegmentProtocol.Void, Writer: null } => "no writer is visible from here",
            { Protocol: SegmentProtocol.Void, Writer: { } writer } =>
                Text($"its writer, process {writer.ProcessId}, writes nothing"),
            { Protocol: SegmentProtocol.ZeroIpc } => ZeroIpc(summary, reading),
            _ => summary.Reason,
        };
    }

    private static string Suspended(string role, PeerDescription peer) => Text(
        $"its {role}, process {peer.ProcessId}, is suspended; 'kill -CONT {peer.ProcessId}' lets it go on");

    private static string ZeroBuffer(SegmentSummary summary, in GaugeReading reading) =>
        (summary.Writer, summary.Reader, reading.Depth ?? 0) switch
        {
            (null, null, _) => "neither a writer nor a reader lives; 'plenum doctor --clean' removes it",
            (null, { } reader, 0) => Text($"its reader, process {reader.ProcessId}, waits: no writer is connected"),
            (_, { } reader, > 0) when reading.Utilization >= NearlyFull =>
                Text($"the ring is full: its reader, process {reader.ProcessId}, holds a frame or does not read"),
            (_, { } reader, > 0 and var depth) =>
                Text($"{depth} frames wait: its reader, process {reader.ProcessId}, does not read"),
            ({ } writer, { } reader, _) when reading.Utilization > 0 => Text(
                $"empty, but its reader, process {reader.ProcessId}, holds a frame; writer {writer.ProcessId} is idle"),
            ({ } writer, not null, _) => Text($"empty: its writer, process {writer.ProcessId}, writes nothing"),
            ({ } writer, null, _) => Text($"its writer, process {writer.ProcessId}, has no reader"),
            _ => "nothing moves",
        };

    private static string? ZeroIpc(SegmentSummary summary, in GaugeReading reading)
    {
        WatchedEntry? full = reading.Entries?.FirstOrDefault(entry =>
            entry.Consumed is not null && entry.Utilization >= 1);
        return full is not null ? Text($"{full.Kind} '{full.Name}' is full and nothing is taken out")
            : summary is { Writer: null, Reader: null } ? "no process that is visible from here has it mapped"
            : null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
