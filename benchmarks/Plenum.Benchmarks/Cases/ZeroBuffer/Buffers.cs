using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace Plenum.Benchmarks.Cases.ZeroBuffer;

/// <summary>Options all ZeroBuffer cases share.</summary>
internal static class Buffers
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    internal static ZeroBufferOptions Options(long payloadBytes, WaitStrategy? strategy = null) => new()
    {
        MetadataSizeBytes = 64,
        PayloadSizeBytes = payloadBytes,
        Segment = new SegmentOptions { Prefault = true },
        WaitStrategy = strategy ?? WaitStrategy.Latency,
        WriteTimeout = Patience,
    };

    /// <summary>A ring of a megabyte; four frames when they need more, two of the largest.</summary>
    internal static long RingBytes(int sizeBytes) =>
        Math.Max(1024 * 1024, (sizeBytes > 64 << 20 ? 2 : 4) * (sizeBytes + 16L));
}
