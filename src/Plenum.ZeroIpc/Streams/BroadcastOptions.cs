namespace Plenum.ZeroIpc;

/// <summary>How to create a broadcast.</summary>
public sealed record BroadcastOptions
{
    /// <summary>1,024 values, 16 subscribers.</summary>
    public static BroadcastOptions Default { get; } = new();

    /// <summary>Values that are kept, rounded up to a power of two; 2 to 2^30.</summary>
    public int Capacity { get; init; } = 1024;

    /// <summary>Most subscribers at a time, 1 to 4,096; 128 bytes each.</summary>
    public int MaxSubscribers { get; init; } = 16;
}
