namespace Plenum.Inspection.Watching;

/// <summary>Reads the live numbers of a segment of one protocol, as little of it as possible.</summary>
internal interface ISegmentGauge
{
    /// <summary>Takes one reading.</summary>
    /// <param name="image">The segment.</param>
    /// <param name="sizeBytes">Its size now.</param>
    /// <param name="nowNanoseconds">The time of the sample.</param>
    public GaugeReading Read(SegmentImage image, long sizeBytes, long nowNanoseconds);

    /// <summary>Works out anew what a reading does not need to.</summary>
    public void Refresh(SegmentImage image);
}
