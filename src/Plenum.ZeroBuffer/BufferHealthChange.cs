namespace Plenum.ZeroBuffer;

/// <summary>A change of a buffer's health.</summary>
/// <param name="Previous">The health before.</param>
/// <param name="Current">The health now.</param>
/// <param name="Utilisation">The part of the payload ring in use, 0 to 1.</param>
public readonly record struct BufferHealthChange(BufferHealth Previous, BufferHealth Current, double Utilisation);
