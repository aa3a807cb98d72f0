namespace Plenum.ZeroBuffer.Internal;

/// <summary>Where the next frame goes.</summary>
/// <param name="Offset">Ring position of its header.</param>
/// <param name="TotalBytes">Header and data.</param>
/// <param name="SkippedBytes">Bytes at the end of the ring that are wasted by going to position 0; 0 without a
/// wrap.</param>
internal readonly record struct RingPlacement(long Offset, long TotalBytes, long SkippedBytes)
{
    /// <summary>What the frame costs of the free bytes.</summary>
    internal ulong Charge => (ulong)(TotalBytes + SkippedBytes);
}
