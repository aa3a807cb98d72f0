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

    /// <summary>A ring of a quarter of a megabyte, or four frames when they need more.</summary>
    internal static long RingBytes(int sizeBytes) => Math.Max(1024 * 1024, 4 * (sizeBytes + 16L));
}
