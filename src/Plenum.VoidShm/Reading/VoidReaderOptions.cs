using Plenum.Platform;

namespace Plenum.VoidShm;

/// <summary>How a reader reads. Immutable.</summary>
public sealed record VoidReaderOptions
{
    /// <summary>The defaults: profile canon, size checked before each copy.</summary>
    public static VoidReaderOptions Default { get; } = new();

    /// <summary>The layout expected. Default: <see cref="VoidProfiles.Canon"/>; it also fits segments without a
    /// trailer.</summary>
    public VoidProfile Profile { get; init; } = VoidProfiles.Canon;

    /// <summary>How long a read tries to copy between two writes before it gives up. Default: 20 ms.</summary>
    public TimeSpan RetryTime { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Whether the reader may ask the writer to fill the second buffer, and to be woken; both store into the reader's
    /// part of
    /// the trailer and need write permission. Without it, a wait polls. Default: true.
    /// </summary>
    public bool MayAsk { get; init; } = true;

    /// <summary>When the attached reader checks the segment's size.</summary>
    public VoidSizeCheck SizeCheck { get; init; }

    /// <summary>How the attached reader spins before it sleeps.</summary>
    public WaitStrategy Wait { get; init; } = WaitStrategy.Balanced;
}
