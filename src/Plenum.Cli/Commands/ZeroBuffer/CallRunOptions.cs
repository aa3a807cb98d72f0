namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>What a client sends and expects.</summary>
internal sealed record CallRunOptions
{
    /// <summary>Requests to send; with an input, at most as many.</summary>
    internal long Requests { get; init; }

    /// <summary>Size of a request.</summary>
    internal int SizeBytes { get; init; }

    /// <summary>How long to wait for each answer.</summary>
    internal TimeSpan Timeout { get; init; }

    /// <summary>Where requests are cut from; null for the pattern.</summary>
    internal Stream? Input { get; init; }

    /// <summary>Where answers go; null for nowhere.</summary>
    internal Stream? Output { get; init; }

    /// <summary>What the answer must be; null for anything.</summary>
    internal ServeTransform? Expected { get; init; }
}
