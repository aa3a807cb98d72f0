namespace Plenum.Inspection.Diagnosis;

/// <summary>Something the doctor found. Immutable.</summary>
/// <param name="Severity">Information is told but is no problem.</param>
/// <param name="Code">A stable word for programs, such as <c>stale-segment</c>.</param>
/// <param name="Kind">What <paramref name="Subject"/> names.</param>
/// <param name="Subject">The segment, semaphore, file or folder.</param>
/// <param name="Message">What was found, one sentence.</param>
public sealed record DoctorFinding(
    FindingSeverity Severity, string Code, DoctorSubject Kind, string Subject, string Message)
{
    /// <summary>What to do; null when nothing needs doing.</summary>
    public string? Advice { get; init; }

    /// <summary>Whether nobody can own it any more, so that removing it harms nobody.</summary>
    public bool IsRemovable { get; init; }

    /// <summary>Why it may not be removed without being asked for by name; null when it may, or when there is nothing
    /// to remove.</summary>
    public string? LeftBecause { get; init; }
}
