using Plenum.VoidShm;

namespace Plenum.Cli.Commands.Recording;

/// <summary>What <c>record</c> was asked for.</summary>
internal sealed record RecordingRequest
{
    internal required string Segment { get; init; }

    internal string? Entry { get; init; }

    internal string? Tee { get; init; }

    internal long MetadataSizeBytes { get; init; }

    internal long PayloadSizeBytes { get; init; }

    internal TimeSpan Wait { get; init; }

    internal required VoidProfile Profile { get; init; }

    /// <summary>Whether the recording ends by itself, so that a source may come and go meanwhile.</summary>
    internal bool HasTimeLimit { get; init; }

    /// <summary>The element type of a ZeroIPC structure; null when not told.</summary>
    internal string? ElementType { get; init; }
}
