namespace Plenum.Inspection;

/// <summary>One line about a segment. Immutable.</summary>
/// <param name="Name">The segment's name without a leading slash.</param>
/// <param name="Protocol">The protocol it follows.</param>
/// <param name="SizeBytes">Size of its file in bytes.</param>
/// <param name="State">What it is doing.</param>
public sealed record SegmentSummary(string Name, SegmentProtocol Protocol, long SizeBytes, SegmentState State)
{
    /// <summary>Who writes; null for nobody.</summary>
    public PeerDescription? Writer { get; init; }

    /// <summary>Who reads; null for nobody.</summary>
    public PeerDescription? Reader { get; init; }

    /// <summary>Upper bound of the time since the last change: zero when it was seen moving, else the protocol's own
    /// time stamp where it has one, else the age of the file.</summary>
    public TimeSpan LastChange { get; init; }

    /// <summary>Why it is in this state.</summary>
    public string? Reason { get; init; }
}
