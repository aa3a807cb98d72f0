namespace Plenum.ZeroIpc;

/// <summary>One entry of a segment's table: a named range of bytes.</summary>
/// <param name="Name">The name; bytes that are not UTF-8 appear as U+FFFD.</param>
/// <param name="Offset">First byte, from the start of the segment.</param>
/// <param name="SizeBytes">Size in bytes, exactly as its creator asked.</param>
/// <remarks>Immutable. What a foreign peer wrote is handed out as it was found: check <see cref="IsInside"/> before
/// use.</remarks>
public readonly record struct SharedEntry(string Name, long Offset, long SizeBytes)
{
    /// <summary>Whether the range lies inside a segment of a given size.</summary>
    /// <param name="memorySizeBytes">Size of the segment in bytes.</param>
    public bool IsInside(long memorySizeBytes) =>
        Offset > 0 && SizeBytes >= 0 && Offset <= memorySizeBytes && SizeBytes <= memorySizeBytes - Offset;
}
