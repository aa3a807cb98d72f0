namespace Plenum.Inspection;

/// <summary>One value of a segment or entry, decoded. Immutable.</summary>
/// <param name="Name">The spec's own spelling for a header field; camelCase for a derived one.</param>
/// <param name="Value">A <see cref="ulong"/>, <see cref="long"/>, <see cref="double"/>, <see cref="bool"/>, <see
/// cref="string"/>,
/// a list of fields, or null when unknown.</param>
public sealed record FieldDescription(string Name, object? Value)
{
    /// <summary>Bytes from the start of the segment; -1 for a derived fact.</summary>
    public long Offset { get; init; } = -1;

    /// <summary>Size in bytes; 0 for a derived fact.</summary>
    public int SizeBytes { get; init; }

    /// <summary>What the value means, for people.</summary>
    public string? Meaning { get; init; }

    /// <summary>Unit of a number (bytes, frames, ns).</summary>
    public string? Unit { get; init; }

    /// <summary>Whether the value keeps the protocol's invariants.</summary>
    public FieldStatus Status { get; init; }

    /// <summary>Which invariant is broken, when <see cref="Status"/> is <see cref="FieldStatus.Violated"/>.</summary>
    public string? Problem { get; init; }
}
