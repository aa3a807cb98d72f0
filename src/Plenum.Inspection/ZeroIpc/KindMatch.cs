namespace Plenum.Inspection.ZeroIpc;

/// <summary>One kind that an entry's bytes fit.</summary>
/// <param name="Kind">The kind's name.</param>
/// <param name="Score">1 fits, 2 fits with several independent facts, 3 nothing else is likely to look like
/// this.</param>
/// <param name="Evidence">Why.</param>
internal sealed record KindMatch(string Kind, int Score, string Evidence)
{
    /// <summary>Which of the kind's layouts, where it has several.</summary>
    internal string? Layout { get; init; }

    internal IReadOnlyList<FieldDescription> Fields { get; init; } = [];

    /// <summary>Invariants that the bytes break although the kind is right.</summary>
    internal IReadOnlyList<Finding> Findings { get; init; } = [];
}
