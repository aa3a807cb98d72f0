using System.Globalization;
using Plenum.Inspection;
using Plenum.Platform;

namespace Plenum.Cli.Output;

/// <summary>Values as text, invariant culture, numbers round-trippable.</summary>
internal static class FieldText
{
    internal static string Of(object? value) => value switch
    {
        null => "-",
        bool flag => flag ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        IReadOnlyList<FieldDescription> fields =>
            string.Join(", ", fields.Select(field => $"{field.Name} {Of(field.Value)}")),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? string.Empty,
    };

    internal static string Of(ProcessLiveness liveness) => liveness switch
    {
        ProcessLiveness.Alive => "alive",
        ProcessLiveness.Dead => "dead",
        _ => "unknown",
    };

    /// <summary>A process for a table: <c>1234 name</c>, <c>1234 dead</c>, <c>-</c>.</summary>
    internal static string Of(PeerDescription? peer) => peer switch
    {
        null => "-",
        { Liveness: ProcessLiveness.Dead } => string.Create(CultureInfo.InvariantCulture, $"{peer.ProcessId} (dead)"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{peer.ProcessId} {peer.ProcessName ?? "?"}"),
    };
}
