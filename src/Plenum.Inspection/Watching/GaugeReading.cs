namespace Plenum.Inspection.Watching;

/// <summary>The live numbers of a segment, copied once.</summary>
internal readonly record struct GaugeReading
{
    /// <summary>Differs when the live fields differ.</summary>
    internal ulong Mark { get; init; }

    internal ulong Produced { get; init; }

    internal ulong? Consumed { get; init; }

    internal long? Depth { get; init; }

    internal double? Utilization { get; init; }

    /// <summary>Payload bytes of one produced item; null when unknown.</summary>
    internal double? ItemBytes { get; init; }

    /// <summary>VOID: the epoch.</summary>
    internal ulong Generation { get; init; }

    /// <summary>Differs when the shape (not the contents) differs.</summary>
    internal ulong Shape { get; init; }

    /// <summary>Process numbers as the segment states them now; null where it does not.</summary>
    internal (ulong Writer, ulong Reader)? Peers { get; init; }

    internal bool IsUnsettled { get; init; }

    /// <summary>Why the header cannot be used; null when it can.</summary>
    internal string? Problem { get; init; }

    internal IReadOnlyList<WatchedEntry>? Entries { get; init; }
}
