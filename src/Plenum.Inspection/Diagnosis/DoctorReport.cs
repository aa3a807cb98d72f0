namespace Plenum.Inspection.Diagnosis;

/// <summary>Everything the doctor found. Immutable.</summary>
/// <param name="Findings">Worst first.</param>
/// <param name="FolderPath">The folder of segments.</param>
/// <param name="TotalBytes">Size of its file system; 0 when unknown.</param>
/// <param name="FreeBytes">What is free there for this user.</param>
/// <param name="SegmentCount">Segments that were looked at.</param>
public sealed record DoctorReport(
    IReadOnlyList<DoctorFinding> Findings, string FolderPath, long TotalBytes, long FreeBytes, int SegmentCount)
{
    /// <summary>Whether any finding is more than information.</summary>
    public bool HasProblems => Findings.Any(finding => finding.Severity != FindingSeverity.Info);
}
