namespace Plenum.Inspection;

/// <summary>A process that has a segment mapped.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="Writable">Whether one of its mappings is writable.</param>
public readonly record struct SegmentUse(int ProcessId, bool Writable);
