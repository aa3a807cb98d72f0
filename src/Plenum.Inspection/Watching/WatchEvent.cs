namespace Plenum.Inspection.Watching;

/// <summary>Something that happened to a watched segment. Immutable.</summary>
/// <param name="Name">The segment's name without a leading slash.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Message">One sentence for people.</param>
/// <param name="TimeUtc">When the sample that noticed it was taken.</param>
public sealed record WatchEvent(string Name, WatchEventKind Kind, string Message, DateTime TimeUtc);
