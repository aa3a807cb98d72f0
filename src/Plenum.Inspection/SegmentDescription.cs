namespace Plenum.Inspection;

/// <summary>Everything that can be told about a segment by reading it. Immutable.</summary>
/// <param name="Summary">The one-line facts.</param>
public sealed record SegmentDescription(SegmentSummary Summary)
{
    /// <summary>Why the segment is taken for this protocol.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    /// <summary>The header's fields, named as the spec names them.</summary>
    public IReadOnlyList<FieldDescription> Header { get; init; } = [];

    /// <summary>Facts computed from the header, the contents, the semaphores and the process table.</summary>
    public IReadOnlyList<FieldDescription> Derived { get; init; } = [];

    /// <summary>Named parts.</summary>
    public IReadOnlyList<EntryDescription> Entries { get; init; } = [];

    /// <summary>What is wrong or remarkable.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];
}
