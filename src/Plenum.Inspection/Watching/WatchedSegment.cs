namespace Plenum.Inspection.Watching;

/// <summary>One segment at one sample. Immutable.</summary>
/// <param name="Summary">The one-line facts; its state is <see cref="SegmentState.Active"/> while it moves.</param>
public sealed record WatchedSegment(SegmentSummary Summary)
{
    /// <summary>Whether it moves.</summary>
    public WatchMotion Motion { get; init; }

    /// <summary>What was put in so far: frames (ZeroBuffer, VOID), operations on all measured entries
    /// (ZeroIPC).</summary>
    public ulong Produced { get; init; }

    /// <summary>What was taken out so far; null where nothing is taken out.</summary>
    public ulong? Consumed { get; init; }

    /// <summary>Growth of <see cref="Produced"/> in a second, over the last sample interval.</summary>
    public double ProducedPerSecond { get; init; }

    /// <summary>Growth of <see cref="Consumed"/> in a second.</summary>
    public double? ConsumedPerSecond { get; init; }

    /// <summary>Bytes of payload put in in a second; an estimate from the size of an unread frame for ZeroBuffer; null
    /// when unknown.</summary>
    public double? BytesPerSecond { get; init; }

    /// <summary>Elements or frames waiting; null where nothing waits.</summary>
    public long? Depth { get; init; }

    /// <summary>Fullness from 0 to 1: of the ring (ZeroBuffer), of the fullest container (ZeroIPC).</summary>
    public double? Utilization { get; init; }

    /// <summary>VOID: the epoch. Others: 0.</summary>
    public ulong Generation { get; init; }

    /// <summary>Time since it was last seen to change; null when it was never seen to.</summary>
    public TimeSpan? SinceChange { get; init; }

    /// <summary>False when its header kept moving in every attempt to copy it; the numbers may not belong
    /// together.</summary>
    public bool IsSettled { get; init; } = true;

    /// <summary>Why it does not move, or what is wrong, in one sentence; null when there is nothing to say.</summary>
    public string? Explanation { get; init; }

    /// <summary>The last rates (<see cref="ProducedPerSecond"/>), oldest first.</summary>
    public IReadOnlyList<double> History { get; init; } = [];

    /// <summary>ZeroIPC: the structures that were measured.</summary>
    public IReadOnlyList<WatchedEntry> Entries { get; init; } = [];
}
