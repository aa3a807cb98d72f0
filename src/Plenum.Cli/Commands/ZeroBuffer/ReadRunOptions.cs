namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>What a reading run does with the frames.</summary>
internal sealed record ReadRunOptions
{
    /// <summary>Stop after this many; 0 for no limit.</summary>
    internal long Frames { get; init; }

    /// <summary>The size every frame must have; 0 for any.</summary>
    internal long SizeBytes { get; init; }

    internal TimeSpan Timeout { get; init; }

    /// <summary>Frames held before their space is given back.</summary>
    internal int Batch { get; init; } = 1;

    internal string Pattern { get; init; } = FramePattern.None;

    internal Stream? Output { get; init; }

    internal FrameChecksum? Checksum { get; init; }
}
