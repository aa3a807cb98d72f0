using Plenum.Platform;

namespace Plenum.ZeroBuffer;

/// <summary>How a reader creates a buffer and how either end waits. Immutable.</summary>
/// <remarks>Sizes and permissions matter to the reader only: the writer takes them from the buffer.</remarks>
public sealed record ZeroBufferOptions
{
    /// <summary>The defaults.</summary>
    public static ZeroBufferOptions Default { get; } = new();

    /// <summary>Size of the metadata block in bytes, rounded up to a multiple of 64; 0 for none. Default:
    /// 1024.</summary>
    /// <remarks>Python peers refuse a buffer without a metadata block.</remarks>
    public long MetadataSizeBytes { get; init; } = 1024;

    /// <summary>Size of the payload ring in bytes, at least 1, rounded up to a multiple of 64. Default: 1
    /// MiB.</summary>
    /// <remarks>A frame may wait for twice its size; see the sizing rules.</remarks>
    public long PayloadSizeBytes { get; init; } = 1024 * 1024;

    /// <summary>Where a reader puts the payload. Default: <see cref="PayloadLocation.SameSegment"/>, protocol version
    /// 1.</summary>
    /// <remarks><see cref="PayloadLocation.OwnSegment"/> makes a buffer of version 2 for large payloads: a small
    /// segment for header and metadata, and <c>{name}_payload</c>; the name may have 237 bytes then. Writers of this
    /// library follow the header; peers of version 1 refuse the buffer.</remarks>
    public PayloadLocation PayloadLocation { get; init; }

    /// <summary>Permission, page reservation, pre-fault and huge pages of the segment.</summary>
    public SegmentOptions Segment { get; init; } = SegmentOptions.Default;

    /// <summary>How long a blocked end spins before it parks. Default:
    /// <see cref="Platform.WaitStrategy.Balanced"/>.</summary>
    public WaitStrategy WaitStrategy { get; init; } = WaitStrategy.Balanced;

    /// <summary>
    /// How long <see cref="ZeroBufferWriter.Write(ReadOnlySpan{byte}, CancellationToken)"/> waits for space. Default:
    /// 5 seconds.
    /// </summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Lets the writer leave 1 to 15 unused bytes at the end of the ring, where no frame header fits. Default: false.
    /// Only for two ends of this library: the C++, C# and Python readers lose frames or fail on such a tail.
    /// </summary>
    public bool AllowShortTail { get; init; }

    /// <summary>Lets a reader remove what dead readers of any name left behind before it creates its buffer. Default:
    /// true.</summary>
    public bool SweepStaleBuffers { get; init; } = true;

    /// <summary>How long creating a buffer waits while another process holds the locks of its name without owning it:
    /// one that sweeps, or is about to create it. Default: 5 seconds.</summary>
    public TimeSpan CreateTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The sequence number of the writer's first frame. Default: 1.</summary>
    /// <remarks>C++ and Python readers expect a writer that replaces another one to go on with its numbers.</remarks>
    public ulong FirstSequence { get; init; } = 1;

    /// <summary>What a duplex end announces in the last reserved word of the header; 0 in every plain buffer.</summary>
    internal ulong Announcement { get; init; }

    internal void Validate()
    {
        const long limit = 1L << 46;
        ArgumentOutOfRangeException.ThrowIfNegative(MetadataSizeBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MetadataSizeBytes, int.MaxValue - 63L);
        ArgumentOutOfRangeException.ThrowIfLessThan(PayloadSizeBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PayloadSizeBytes, limit);
        ArgumentNullException.ThrowIfNull(Segment);
        ArgumentNullException.ThrowIfNull(WaitStrategy);
        ArgumentOutOfRangeException.ThrowIfZero(FirstSequence);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)PayloadLocation, (uint)PayloadLocation.OwnSegment);
        ThrowIfNoTimeout(WriteTimeout, nameof(WriteTimeout));
        ThrowIfNoTimeout(CreateTimeout, nameof(CreateTimeout));
    }

    private static void ThrowIfNoTimeout(TimeSpan value, string name)
    {
        if (value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, value, "Zero, positive or infinite.");
        }
    }
}
