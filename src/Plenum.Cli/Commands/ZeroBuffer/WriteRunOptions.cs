namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>What a writing run sends, and how fast.</summary>
internal sealed record WriteRunOptions
{
    internal long Frames { get; init; }

    internal int SizeBytes { get; init; }

    internal string Pattern { get; init; } = FramePattern.Sequential;

    /// <summary>Where the bytes come from instead of the pattern.</summary>
    internal Stream? Input { get; init; }

    /// <summary>Time after each batch.</summary>
    internal TimeSpan Pause { get; init; }

    /// <summary>Whether <see cref="Pause"/> is the time from batch to batch instead of between them.</summary>
    internal bool IsPaced { get; init; }

    internal int Batch { get; init; } = 1;

    /// <summary>How long to wait for space.</summary>
    internal TimeSpan Timeout { get; init; }

    internal FrameChecksum? Checksum { get; init; }
}
