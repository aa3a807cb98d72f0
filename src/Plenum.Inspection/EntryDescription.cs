namespace Plenum.Inspection;

/// <summary>One named part of a segment (ZeroIPC: a row of the table). Immutable.</summary>
/// <param name="Name">The entry's name.</param>
/// <param name="Offset">Bytes from the start of the segment.</param>
/// <param name="SizeBytes">Size in bytes.</param>
/// <param name="Kind">The structure's kind; <c>ambiguous</c> when several fit, <c>raw</c> when none does,
/// <c>part</c> for a companion of another entry.</param>
public sealed record EntryDescription(string Name, long Offset, long SizeBytes, string Kind)
{
    /// <summary>The kinds that fit, likeliest first; one when the kind is certain.</summary>
    public IReadOnlyList<string> Candidates { get; init; } = [];

    /// <summary>Why, one sentence each.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    /// <summary>The layout where a kind has several (<c>cpp</c>, <c>python</c>, <c>c</c>); null where it has
    /// one.</summary>
    public string? Layout { get; init; }

    /// <summary>The entry this one is part of; null for an entry of its own.</summary>
    public string? PartOf { get; init; }

    /// <summary>The structure's header, decoded as the likeliest kind.</summary>
    public IReadOnlyList<FieldDescription> Fields { get; init; } = [];

    /// <summary>What is wrong with the entry.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];
}
