namespace Plenum.Inspection;

/// <summary>Recognises and decodes the segments of one protocol.</summary>
internal interface ISegmentProbe
{
    public SegmentProtocol Protocol { get; }

    /// <summary>Whether the image follows the protocol, with reasons.</summary>
    public ProbeVerdict Probe(SegmentImage image);

    /// <summary>The one-line facts of an image that was recognised.</summary>
    public SegmentSummary Summarize(SegmentImage image, SegmentUsers users);

    /// <summary>Everything about an image that was recognised.</summary>
    public SegmentDescription Describe(SegmentImage image, SegmentUsers users);

    /// <summary>A number that differs when the segment's live fields differ.</summary>
    public ulong ActivityMark(SegmentImage image);
}
