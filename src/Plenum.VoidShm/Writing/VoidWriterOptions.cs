using Plenum.Platform;

namespace Plenum.VoidShm;

/// <summary>How a writer publishes. Immutable.</summary>
public sealed record VoidWriterOptions
{
    /// <summary>The defaults: profile canon, no owner, second buffer while asked.</summary>
    public static VoidWriterOptions Default { get; } = new();

    /// <summary>The layout. Default: <see cref="VoidProfiles.Canon"/>.</summary>
    public VoidProfile Profile { get; init; } = VoidProfiles.Canon;

    /// <summary>The identification strings.</summary>
    public VoidOwner Owner { get; init; } = VoidOwner.None;

    /// <summary>The second buffer of the tear-free mode; without effect when the profile has no trailer.</summary>
    public VoidSecondBuffer SecondBuffer { get; init; }

    /// <summary>
    /// How long an existing segment without a trace of its writer (no role lock, no trailer) is watched for movement
    /// before it is taken
    /// for stale. Default: 250 ms.
    /// </summary>
    public TimeSpan TakeoverObservation { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Who may open the segment; null takes the profile's <see cref="VoidProfile.Permission"/>.</summary>
    public SegmentPermission? Permission { get; init; }

    /// <summary>Maps every page at creation, so that no write page-faults later. Default: true.</summary>
    public bool Prefault { get; init; } = true;
}
