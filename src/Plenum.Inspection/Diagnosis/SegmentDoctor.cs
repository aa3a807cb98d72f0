using Plenum.Platform;

namespace Plenum.Inspection.Diagnosis;

/// <summary>Looks for what is wrong with the shared memory of this machine.</summary>
/// <remarks>Only looks: removing what <see cref="DoctorFinding.IsRemovable"/> says is up to the caller, who should look
/// again right before. Blocks for the file system and, where a structure seems wedged, a fifth of a second.
/// Thread-safe.</remarks>
public static class SegmentDoctor
{
    /// <summary>Examines everything, or one segment and what belongs to it.</summary>
    /// <param name="name">A segment's name without a leading slash; null for all.</param>
    /// <param name="cancellationToken">Ends the examination between two segments.</param>
    /// <exception cref="PlatformNotSupportedException">The system cannot enumerate segments.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static DoctorReport Examine(string? name = null, CancellationToken cancellationToken = default)
    {
        var ward = new Ward(name);
        (long total, long free) = FolderCheck.Run(ward);
        NamespaceCheck.Run(ward);
        int count = 0;
        foreach (string file in ward.FileNames.Where(SegmentCatalog.IsSegmentName).Where(ward.Wants))
        {
            cancellationToken.ThrowIfCancellationRequested();
            SegmentCheck.Run(ward, file);
            count++;
        }

        LeftoverCheck.Run(ward);
        IReadOnlyList<DoctorFinding> findings = [.. ward.Findings.OrderByDescending(finding => finding.Severity)];
        return new DoctorReport(findings, SegmentDirectory.Path, total, free, count);
    }
}
