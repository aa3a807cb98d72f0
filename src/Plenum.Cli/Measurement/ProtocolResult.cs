namespace Plenum.Cli.Measurement;

/// <summary>What was measured of one protocol.</summary>
internal sealed record ProtocolResult(string Name)
{
    internal Bracketed<PingPongResult>? PingPong { get; init; }

    internal IReadOnlyList<Bracketed<OneWayResult>> OneWay { get; init; } = [];

    /// <summary>Whether every answer was right.</summary>
    internal bool Verified { get; init; }
}

/// <summary>Round trips of one message at a time.</summary>
internal sealed record PingPongResult(int SizeBytes, long Rounds, long P50, long P99, long P999, bool Verified);

/// <summary>Messages in one direction, as fast as they go.</summary>
internal sealed record OneWayResult(int SizeBytes, long Messages, double Seconds, bool Verified)
{
    internal double MessagesPerSecond => Seconds > 0 ? Messages / Seconds : 0;

    internal double BytesPerSecond => MessagesPerSecond * SizeBytes;
}
