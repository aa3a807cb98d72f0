namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>What a relay does with the frames.</summary>
internal sealed record RelayRunOptions
{
    /// <summary>Stop after this many; 0 for no limit.</summary>
    internal long Frames { get; init; }

    /// <summary>How long to wait for a frame, and for space.</summary>
    internal TimeSpan Timeout { get; init; }

    /// <summary>none, xor or reverse.</summary>
    internal string Transform { get; init; } = "none";

    internal byte XorKey { get; init; }

    /// <summary>Frames between two lines of progress; 0 for none.</summary>
    internal long LogInterval { get; init; }
}
