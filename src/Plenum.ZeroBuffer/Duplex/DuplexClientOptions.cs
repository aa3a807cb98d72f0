namespace Plenum.ZeroBuffer.Duplex;

/// <summary>How a duplex client connects, waits, and creates its response buffer. Immutable.</summary>
public sealed record DuplexClientOptions
{
    /// <summary>The defaults.</summary>
    public static DuplexClientOptions Default { get; } = new();

    /// <summary>The response buffer and waiting. Default: 4096 bytes of metadata, 16 MiB of payload.</summary>
    public ZeroBufferOptions Buffer { get; init; } = new()
    {
        MetadataSizeBytes = 4096,
        PayloadSizeBytes = 16 * 1024 * 1024,
    };

    /// <summary>What the server learns before the first request; empty for none. Written again after each
    /// reconnection.</summary>
    public ReadOnlyMemory<byte> Metadata { get; init; }

    /// <summary>
    /// Calls in flight at the same time, 1 to 1024; further callers wait. Default: 64. A foreign server answers without
    /// saying which request it answers, so with one there is always one call in flight.
    /// </summary>
    public int MaxInFlight { get; init; } = 64;

    /// <summary>How long a call waits for its answer when it says nothing else. Default: 5 seconds.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Connects again, within the time of the next call, after the server has closed or died. Default: true. Requests
    /// are never sent twice: the calls in flight fail.
    /// </summary>
    public bool Reconnect { get; init; } = true;

    internal const int MaxInFlightLimit = 1024;

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Buffer);
        Buffer.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxInFlight, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxInFlight, MaxInFlightLimit);
        if (CallTimeout <= TimeSpan.Zero && CallTimeout != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(CallTimeout), CallTimeout, "Positive or infinite.");
        }
    }
}
