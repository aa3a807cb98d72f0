namespace Plenum.Inspection.Watching;

/// <summary>What is watched, and how closely. Immutable.</summary>
public sealed record WatchOptions
{
    /// <summary>The default: everything on this machine.</summary>
    public static WatchOptions Default { get; } = new();

    /// <summary>Watches one segment only, without a leading slash; null watches all.</summary>
    public string? Name { get; init; }

    /// <summary>Decodes <see cref="Name"/> as this protocol; <see cref="SegmentProtocol.Unknown"/> finds out.</summary>
    public SegmentProtocol Protocol { get; init; }

    /// <summary>How long a segment that moved must stand still to be stalled. Default: 2 s.</summary>
    public TimeSpan StallAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often the process table is read for who maps what; the dearest part of watching. Default:
    /// 10 s.</summary>
    public TimeSpan UsersEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the facts that a sample does not need (kinds of entries, owners) are worked out anew.
    /// Default: 30 s.</summary>
    public TimeSpan DescribeEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a process is asked for whether it lives. Default: 1 s.</summary>
    public TimeSpan LivenessEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Rates kept for each segment. Default: 60.</summary>
    public int HistoryLength { get; init; } = 60;

    /// <summary>Entries of a ZeroIPC segment that are measured in one sample; more take turns. Default: 16.</summary>
    public int EntriesPerSample { get; init; } = 16;
}
