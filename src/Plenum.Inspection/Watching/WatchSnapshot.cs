namespace Plenum.Inspection.Watching;

/// <summary>Everything watched, at one sample. Immutable.</summary>
/// <param name="Number">The sample, from 1.</param>
/// <param name="TimeUtc">When it was taken.</param>
/// <param name="Interval">Time since the sample before; zero for the first.</param>
/// <param name="Segments">The segments, by name.</param>
/// <param name="Events">What happened since the sample before.</param>
public sealed record WatchSnapshot(
    long Number,
    DateTime TimeUtc,
    TimeSpan Interval,
    IReadOnlyList<WatchedSegment> Segments,
    IReadOnlyList<WatchEvent> Events);
