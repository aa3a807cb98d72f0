using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>How a ZeroIPC segment is created. Immutable.</summary>
public sealed record SharedMemoryOptions
{
    /// <summary>The defaults: 64 entries, same user, pages reserved.</summary>
    public static SharedMemoryOptions Default { get; } = new();

    /// <summary>
    /// Capacity of the name table, at least 1. Default 64, which is what peers assume unless they are told otherwise:
    /// C++, Python and Go peers must be given the same number when they open a segment with another one (spec zeroipc
    /// 1.2).
    /// </summary>
    public int MaxEntries { get; init; } = (int)TableHeader.DefaultMaxEntries;

    /// <summary>Who may open the segment; the process' umask does not narrow it. Default: the same user.</summary>
    public SegmentPermission Permission { get; init; } = SegmentPermission.SameUser;

    /// <summary>Maps every page at creation, so that no access page-faults later. Default: false.</summary>
    public bool Prefault { get; init; }

    /// <summary>How long waits in the segment spin and yield before they sleep; see
    /// <see cref="SharedMemory.WaitStrategy"/>, which whoever opens an existing segment sets.</summary>
    public WaitStrategy WaitStrategy { get; init; } = WaitStrategy.Balanced;

    internal SegmentOptions ToSegmentOptions() => new() { Permission = Permission, Prefault = Prefault };
}
