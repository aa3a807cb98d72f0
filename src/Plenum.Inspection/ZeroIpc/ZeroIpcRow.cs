namespace Plenum.Inspection.ZeroIpc;

/// <summary>One row of the name table.</summary>
internal sealed record ZeroIpcRow(int Index, string Name, long Offset, long SizeBytes)
{
    /// <summary>Whether the row's bytes lie inside the segment, so that they may be decoded.</summary>
    internal bool IsInside { get; init; }
}
