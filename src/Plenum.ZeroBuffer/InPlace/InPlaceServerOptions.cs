using Plenum.Platform;
using Plenum.ZeroBuffer.Duplex;

namespace Plenum.ZeroBuffer.InPlace;

/// <summary>How an in-place server creates its channel and runs its handler. Immutable.</summary>
public sealed record InPlaceServerOptions
{
    /// <summary>The defaults.</summary>
    public static InPlaceServerOptions Default { get; } = new();

    /// <summary>Size of the metadata block in bytes, rounded up to a multiple of 64. Default: 4096.</summary>
    public int MetadataSizeBytes { get; init; } = 4096;

    /// <summary>Size of the payload that requests and answers share, in bytes, rounded up to a multiple of 64. Default:
    /// 16 MiB.</summary>
    public long PayloadSizeBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Where the payload lies. Default: in the channel's own segment.</summary>
    public PayloadLocation PayloadLocation { get; init; } = PayloadLocation.SameSegment;

    /// <summary>Frames that may be out at the same time, 1 to 1024, rounded up to a power of two. Default:
    /// 64.</summary>
    public int QueueSize { get; init; } = 64;

    /// <summary>Permission, page reservation, pre-fault and huge pages of the segments.</summary>
    public SegmentOptions Segment { get; init; } = SegmentOptions.Default;

    /// <summary>How long the idle server spins before it parks. Default:
    /// <see cref="Platform.WaitStrategy.Balanced"/>.</summary>
    public WaitStrategy WaitStrategy { get; init; } = WaitStrategy.Balanced;

    /// <summary>Where the handler runs. Default: on the server's own thread.</summary>
    public DuplexProcessing Processing { get; init; } = DuplexProcessing.SingleThread;

    /// <summary>Handlers at the same time with <see cref="DuplexProcessing.ThreadPool"/>, 1 to 1024. Default: the
    /// number of processors.</summary>
    public int MaxConcurrency { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, MaxQueueSize);

    /// <summary>How long <see cref="InPlaceServer.Dispose"/> waits for running handlers. Default: 5 seconds.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Called on the server's thread before the first request of each client, with its metadata (empty without
    /// any).</summary>
    public DuplexInitHandler? OnClient { get; init; }

    internal const int MaxQueueSize = 1024;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MetadataSizeBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MetadataSizeBytes, int.MaxValue - 63);
        ArgumentOutOfRangeException.ThrowIfLessThan(PayloadSizeBytes, 128);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PayloadSizeBytes, 1L << 46);
        ArgumentOutOfRangeException.ThrowIfLessThan(QueueSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(QueueSize, MaxQueueSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConcurrency, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxConcurrency, MaxQueueSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(StopTimeout, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(Segment);
        ArgumentNullException.ThrowIfNull(WaitStrategy);
    }
}
