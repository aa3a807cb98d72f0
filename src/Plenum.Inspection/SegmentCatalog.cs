using Plenum.Platform;

namespace Plenum.Inspection;

/// <summary>Finds every segment of this machine.</summary>
/// <remarks>Only reads. Not thread-safe. Keeps what it saw, so that the next look can tell what moved.</remarks>
public sealed class SegmentCatalog
{
    internal const string Moved = "its contents moved while it was looked at";

    private static readonly TimeSpan s_sample = TimeSpan.FromMilliseconds(12);

    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    /// <summary>Whether a file of the shared-memory folder is a segment; semaphores and dot-files are not.</summary>
    /// <param name="fileName">The file's name.</param>
    public static bool IsSegmentName(string fileName)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        return fileName.Length > 0 && fileName[0] != '.' && !fileName.StartsWith("sem.", StringComparison.Ordinal);
    }

    /// <summary>Looks at every segment, twice within some milliseconds the first time, to see which ones
    /// move.</summary>
    /// <param name="cancellationToken">Ends the short wait.</param>
    /// <returns>One summary per segment, by name.</returns>
    /// <exception cref="PlatformNotSupportedException">The system cannot enumerate segments.</exception>
    public IReadOnlyList<SegmentSummary> Look(CancellationToken cancellationToken = default)
    {
        bool first = _seen.Count == 0;
        var users = new SegmentUsers();
        var found = new List<SegmentSummary>();
        foreach (string file in SegmentDirectory.EnumerateNames().Where(IsSegmentName).Order(StringComparer.Ordinal))
        {
            if (Summarize(file, users) is { } summary)
            {
                found.Add(summary);
            }
        }

        if (first && found.Any(NeedsSecondLook))
        {
            _ = cancellationToken.WaitHandle.WaitOne(s_sample);
        }

        for (int i = 0; i < found.Count; i++)
        {
            found[i] = WithActivity(found[i], again: first && NeedsSecondLook(found[i]));
        }

        Forget(found);
        return found;
    }

    private static bool NeedsSecondLook(SegmentSummary summary) =>
        summary is { Protocol: not SegmentProtocol.Unknown, State: not (SegmentState.Invalid or SegmentState.Stale) };

    private SegmentSummary? Summarize(string file, SegmentUsers users)
    {
        if (!SegmentName.TryParse(file, out SegmentName? name))
        {
            return null;
        }

        try
        {
            if (!SegmentImage.TryOpen(name!, out SegmentImage? image))
            {
                return null;
            }

            using (image)
            {
                SegmentSummary summary = SegmentInspector.Summarize(image, users);
                ulong mark = SegmentInspector.ActivityMark(image, summary.Protocol);
                Remember(file, mark);
                return summary;
            }
        }
        catch (SharedMemoryException e)
        {
            return Unreadable(file, e.Message);
        }
    }

    // Size and age are the folder's to tell, whoever may read the contents.
    private static SegmentSummary Unreadable(string file, string reason)
    {
        var info = new FileInfo(Path.Combine(SegmentDirectory.Path, file));
        bool exists = info.Exists;
        TimeSpan age = exists ? DateTime.UtcNow - info.LastWriteTimeUtc : TimeSpan.Zero;
        return new SegmentSummary(file, SegmentProtocol.Unknown, exists ? info.Length : 0, SegmentState.Foreign)
        {
            Reason = reason,
            LastChange = age > TimeSpan.Zero ? age : TimeSpan.Zero,
        };
    }

    private void Remember(string file, ulong mark)
    {
        long now = MonotonicClock.Nanoseconds;
        if (!_seen.TryGetValue(file, out Seen? seen))
        {
            _seen[file] = new Seen { Mark = mark };
        }
        else if (seen.Mark != mark)
        {
            seen.Mark = mark;
            seen.MovedAtNanoseconds = now;
            seen.MovedInThisLook = true;
        }
        else
        {
            seen.MovedInThisLook = false;
        }
    }

    private SegmentSummary WithActivity(SegmentSummary summary, bool again)
    {
        if (!_seen.TryGetValue(summary.Name, out Seen? seen))
        {
            return summary;
        }

        if (again && SegmentName.TryParse(summary.Name, out SegmentName? name)
            && SegmentImage.TryOpen(name!, out SegmentImage? image))
        {
            using (image)
            {
                Remember(summary.Name, SegmentInspector.ActivityMark(image, summary.Protocol));
            }
        }

        if (seen.MovedAtNanoseconds is not { } moved)
        {
            return summary;
        }

        TimeSpan age = TimeSpan.FromTicks((MonotonicClock.Nanoseconds - moved) / 100);
        SegmentSummary aged = summary with { LastChange = age < summary.LastChange ? age : summary.LastChange };
        return seen.MovedInThisLook && summary.State == SegmentState.Idle
            ? aged with { State = SegmentState.Active, Reason = Moved }
            : aged;
    }

    private void Forget(List<SegmentSummary> found)
    {
        if (_seen.Count > found.Count)
        {
            var names = found.Select(summary => summary.Name).ToHashSet(StringComparer.Ordinal);
            foreach (string gone in _seen.Keys.Where(name => !names.Contains(name)).ToList())
            {
                _seen.Remove(gone);
            }
        }
    }

    private sealed class Seen
    {
        internal ulong Mark { get; set; }

        internal long? MovedAtNanoseconds { get; set; }

        internal bool MovedInThisLook { get; set; }
    }
}
