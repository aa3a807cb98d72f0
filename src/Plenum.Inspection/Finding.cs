namespace Plenum.Inspection;

/// <summary>Something noticed about a segment. Immutable.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Code">A stable word for programs, such as <c>reader-dead</c>.</param>
/// <param name="Message">One sentence for people.</param>
public sealed record Finding(FindingSeverity Severity, string Code, string Message);
