namespace Plenum.Inspection.Watching;

/// <summary>One structure of a watched ZeroIPC segment. Immutable.</summary>
/// <param name="Name">The entry's name.</param>
/// <param name="Kind">Its kind, as far as it can be told.</param>
public sealed record WatchedEntry(string Name, string Kind)
{
    /// <summary>Operations that put something in or change it, counted by the structure, or by this watch where the
    /// structure does not count (<see cref="IsCounted"/>).</summary>
    public ulong Produced { get; init; }

    /// <summary>Operations that took something out; null for a kind without them.</summary>
    public ulong? Consumed { get; init; }

    /// <summary>Growth of <see cref="Produced"/> in a second, over the last sample interval.</summary>
    public double ProducedPerSecond { get; init; }

    /// <summary>Growth of <see cref="Consumed"/> in a second.</summary>
    public double? ConsumedPerSecond { get; init; }

    /// <summary>Elements inside now; null for a kind without elements.</summary>
    public long? Depth { get; init; }

    /// <summary>Elements that fit; null when unbounded or unknown.</summary>
    public long? Capacity { get; init; }

    /// <summary>False when <see cref="Produced"/> only counts the samples in which something had changed.</summary>
    public bool IsCounted { get; init; }

    /// <summary>Depth divided by capacity; null without either.</summary>
    public double? Utilization => Capacity > 0 && Depth is { } depth ? (double)depth / Capacity.Value : null;
}
