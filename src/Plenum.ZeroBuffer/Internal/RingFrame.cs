namespace Plenum.ZeroBuffer.Internal;

/// <summary>A frame found in the ring, validated.</summary>
/// <param name="Offset">Ring position of its data.</param>
/// <param name="SizeBytes">Size of its data.</param>
/// <param name="Sequence">Its number.</param>
internal readonly record struct RingFrame(long Offset, int SizeBytes, ulong Sequence);
