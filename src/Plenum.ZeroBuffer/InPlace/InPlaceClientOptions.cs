using Plenum.Platform;

namespace Plenum.ZeroBuffer.InPlace;

/// <summary>How an in-place client connects and waits. Immutable.</summary>
public sealed record InPlaceClientOptions
{
    /// <summary>The defaults.</summary>
    public static InPlaceClientOptions Default { get; } = new();

    /// <summary>What the server learns before the first request; empty for none. Written again after each
    /// reconnection.</summary>
    public ReadOnlyMemory<byte> Metadata { get; init; }

    /// <summary>How long a call waits when it says nothing else. Default: 5 seconds.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Connects again, within the time of the next reservation, after the server has closed or died. Default:
    /// true.</summary>
    public bool Reconnect { get; init; } = true;

    /// <summary>How long a waiting call spins before it parks. Default:
    /// <see cref="Platform.WaitStrategy.Balanced"/>.</summary>
    public WaitStrategy WaitStrategy { get; init; } = WaitStrategy.Balanced;

    /// <summary>Page reservation and pre-fault of the mapping.</summary>
    public SegmentOptions Segment { get; init; } = SegmentOptions.Default;

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(WaitStrategy);
        ArgumentNullException.ThrowIfNull(Segment);
        if (CallTimeout <= TimeSpan.Zero && CallTimeout != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(CallTimeout), CallTimeout, "Positive or infinite.");
        }
    }
}
