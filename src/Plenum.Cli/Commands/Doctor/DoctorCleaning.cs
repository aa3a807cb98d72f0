using Plenum.Cli.Hosting;
using Plenum.Inspection;
using Plenum.Inspection.Diagnosis;
using Plenum.Platform;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.Doctor;

/// <summary>Removes what belongs to nobody, and remembers what was left and why.</summary>
internal sealed class DoctorCleaning
{
    private readonly List<string> _removed = [];
    private readonly List<(string Subject, string Reason)> _left = [];

    internal IReadOnlyList<string> Removed => _removed;

    internal IReadOnlyList<(string Subject, string Reason)> Left => _left;

    /// <summary>Removes every removable finding that a second look, right before, confirms.</summary>
    internal void Run(DoctorReport report, string? name, CancellationToken cancellation)
    {
        HashSet<(string, string)> confirmed = report.Findings.Any(finding => finding.IsRemovable)
            ? [.. SegmentDoctor.Examine(name, cancellation).Findings
                .Where(finding => finding.IsRemovable).Select(finding => (finding.Code, finding.Subject))]
            : [];
        foreach (DoctorFinding finding in report.Findings)
        {
            if (finding.LeftBecause is { } reason)
            {
                Leave(finding.Subject, reason);
            }
            else if (finding.IsRemovable && !confirmed.Contains((finding.Code, finding.Subject)))
            {
                Leave(finding.Subject, "it changed while it was looked at");
            }
            else if (finding.IsRemovable)
            {
                Remove(finding);
            }
        }
    }

    private void Leave(string subject, string reason)
    {
        if (!_left.Contains((subject, reason)))
        {
            _left.Add((subject, reason));
        }
    }

    private void Remove(DoctorFinding finding)
    {
        try
        {
            switch (finding.Kind)
            {
                case DoctorSubject.Segment:
                    RemoveSegment(finding.Subject);
                    break;
                case DoctorSubject.Semaphore:
                    Note(NamedSemaphore.Remove("/" + finding.Subject), $"semaphore {finding.Subject}");
                    break;
                case DoctorSubject.LockFile when FileLock.TryAcquire(finding.Subject, out FileLock? held):
                    held.Dispose();
                    _removed.Add($"lock {finding.Subject}");
                    break;
                case DoctorSubject.LockFile:
                    Leave(finding.Subject, "somebody holds it now");
                    break;
                case DoctorSubject.WaitTable:
                    Note(SideTables.Remove(finding.Subject), $"wait table {finding.Subject}");
                    break;
                default:
                    Note(SharedSegment.Remove(SegmentName.Parse(finding.Subject)), $"temporary {finding.Subject}");
                    break;
            }
        }
        catch (SharedMemoryException e)
        {
            Leave(finding.Subject, ErrorReport.LineOf(e));
        }
    }

    // Under the lock that a reader who creates the buffer anew takes: nobody can come between looking and removing.
    private void RemoveSegment(string name)
    {
        SegmentSummary? summary = Summary(name);
        var locks = new List<FileLock>();
        try
        {
            if (summary?.Protocol == SegmentProtocol.ZeroBuffer)
            {
                foreach (string path in SegmentRemoval.LockFilesOf(name))
                {
                    if (!FileLock.TryAcquire(path, out FileLock? held))
                    {
                        Leave(name, "somebody holds its lock now");
                        return;
                    }

                    locks.Add(held);
                }

                if (Summary(name) is not { State: SegmentState.Stale or SegmentState.Invalid })
                {
                    Leave(name, "it changed while it was looked at");
                    return;
                }
            }

            _removed.AddRange(SegmentRemoval.Remove(SegmentName.Parse(name), summary));
        }
        finally
        {
            locks.ForEach(held => held.Dispose());
        }
    }

    private static SegmentSummary? Summary(string name)
    {
        if (!SegmentImage.TryOpen(SegmentName.Parse(name), out SegmentImage? image))
        {
            return null;
        }

        using (image)
        {
            return SegmentInspector.Summarize(image, new SegmentUsers());
        }
    }

    private void Note(bool wasThere, string what)
    {
        if (wasThere)
        {
            _removed.Add(what);
        }
    }
}
