namespace Plenum.VoidShm;

/// <summary>Explicit offsets of header fields, in bytes from the start of the segment; null follows the structure's
/// rules.</summary>
public sealed record VoidFieldOffsets
{
    /// <summary>No field has an explicit offset.</summary>
    public static VoidFieldOffsets None { get; } = new();

    /// <summary>Offset of <c>magic</c>.</summary>
    public int? Magic { get; init; }

    /// <summary>Offset of <c>version</c>.</summary>
    public int? Version { get; init; }

    /// <summary>Offset of <c>header_size</c>.</summary>
    public int? HeaderSize { get; init; }

    /// <summary>Offset of <c>channels</c>.</summary>
    public int? Channels { get; init; }

    /// <summary>Offset of <c>length</c>.</summary>
    public int? Length { get; init; }

    /// <summary>Offset of <c>epoch</c>.</summary>
    public int? Epoch { get; init; }

    /// <summary>Offset of <c>frame</c>.</summary>
    public int? Frame { get; init; }

    /// <summary>Offset of <c>owner_app</c>.</summary>
    public int? OwnerApp { get; init; }

    /// <summary>Offset of <c>owner_project</c>.</summary>
    public int? OwnerProject { get; init; }

    /// <summary>Offset of <c>owner_node</c>.</summary>
    public int? OwnerNode { get; init; }
}
