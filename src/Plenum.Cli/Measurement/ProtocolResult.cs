namespace Plenum.Cli.Measurement;

/// <summary>What was measured of one protocol.</summary>
internal sealed record ProtocolResult(string Name)
{
    internal Bracketed<PingPongResult>? PingPong { get; init; }

    /// <summary>Round trips with both sides asleep before each; null when they were not measured.</summary>
    internal Bracketed<PingPongResult>? Asleep { get; init; }

    internal IReadOnlyList<Bracketed<OneWayResult>> OneWay { get; init; } = [];

    /// <summary>What waiting costs; null when it was not measured.</summary>
    internal RestResult? Rest { get; init; }

    /// <summary>Whether every answer was right.</summary>
    internal bool Verified { get; init; }
}

/// <summary>Round trips of one message at a time.</summary>
internal sealed record PingPongResult(int SizeBytes, long Rounds, long P50, long P99, long P999, bool Verified)
{
    internal Allocations Allocated { get; init; }
}

/// <summary>Messages in one direction, as fast as they go.</summary>
internal sealed record OneWayResult(int SizeBytes, long Messages, double Seconds, bool Verified)
{
    /// <summary>How many messages were put in and taken out at once.</summary>
    internal int BatchSize { get; init; } = 1;

    internal Allocations Allocated { get; init; }

    /// <summary>How often shared state was copied, the same frame counted again; 0 where messages are a
    /// stream.</summary>
    internal long Snapshots { get; init; }

    /// <summary>Bytes per second of bare slots, as many as the ring holds frames; 0 when not measured.</summary>
    internal double RulerBytesPerSecond { get; init; }

    internal double SnapshotsPerSecond => Seconds > 0 ? Snapshots / Seconds : 0;

    internal double MessagesPerSecond => Seconds > 0 ? Messages / Seconds : 0;

    internal double BytesPerSecond => MessagesPerSecond * SizeBytes;

    internal double RatioToRuler => RulerBytesPerSecond > 0 ? BytesPerSecond / RulerBytesPerSecond : 0;
}

/// <summary>Managed bytes allocated per frame by the two ends, on the threads that read and write.</summary>
internal readonly record struct Allocations(double Reader, double Writer);

/// <summary>Processor time of a whole process in percent of one processor, while it waits.</summary>
/// <param name="BlockedReader">One thread in a read of an empty buffer.</param>
/// <param name="BlockedWriter">One thread in a write to a full buffer.</param>
/// <param name="IdleReader">Connected, no call in progress.</param>
/// <param name="IdleWriter">Connected, no call in progress.</param>
internal sealed record RestResult(double BlockedReader, double BlockedWriter, double IdleReader, double IdleWriter);
