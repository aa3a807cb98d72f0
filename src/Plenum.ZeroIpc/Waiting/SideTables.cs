using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The wait tables of this library in the shared-memory folder, seen from outside: for tools that list and
/// clean up.</summary>
/// <remarks>A wait table is a file of ours beside a ZeroIPC segment (docs/protocols/zeroipc-waiting.md); it is never a
/// segment to be
/// listed. Thread-safe.</remarks>
public static class SideTables
{
    /// <summary>Whether a file of the shared-memory folder is a wait table.</summary>
    /// <param name="fileName">Name of the file.</param>
    public static bool IsSideTable(string fileName)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        return fileName.StartsWith(WaitTableFile.Prefix, StringComparison.Ordinal);
    }

    /// <summary>The wait tables that nobody uses and whose segment is gone, or that belong to an earlier
    /// boot.</summary>
    /// <returns>Names of files.</returns>
    /// <exception cref="PlatformNotSupportedException">The system has no such folder.</exception>
    public static IReadOnlyList<string> FindStale()
    {
        IReadOnlyList<string> names = SegmentDirectory.EnumerateNames();
        var expected = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (!IsSideTable(name) && SegmentName.TryParse(name, out SegmentName? segment)
                && InfoOf(segment!) is { } info)
            {
                _ = expected.Add(WaitTableFile.NameFor(info).Value);
            }
        }

        var stale = new List<string>();
        foreach (string name in names)
        {
            if (IsSideTable(name) && !expected.Contains(name) && !IsInUse(name))
            {
                stale.Add(name);
            }
        }

        return stale;
    }

    /// <summary>Removes one that is stale.</summary>
    /// <param name="fileName">A name of <see cref="FindStale"/>.</param>
    /// <returns>False when it is gone, or in use again.</returns>
    /// <exception cref="ArgumentException">Not the name of a wait table.</exception>
    /// <exception cref="SharedMemoryException">The system refused.</exception>
    public static bool Remove(string fileName)
    {
        if (!IsSideTable(fileName))
        {
            throw new ArgumentException($"'{fileName}' is not a wait table.", nameof(fileName));
        }

        return !IsInUse(fileName) && SharedSegment.Remove(SegmentName.Parse(fileName));
    }

    /// <summary>Device and inode of a segment now; null when it does not exist or may not be opened.</summary>
    internal static SegmentInfo? InfoOf(SegmentName name)
    {
        try
        {
            if (!OperatingSystem.IsLinux() || !SegmentFile.TryOpen(name, out SegmentFile? file))
            {
                return null;
            }

            using (file)
            {
                return file.GetInfo();
            }
        }
        catch (SharedMemoryException)
        {
            return null;
        }
    }

    /// <summary>Removes the wait table of a segment that is removed.</summary>
    /// <returns>False when there was none, or it may not be removed.</returns>
    internal static bool RemoveOf(SegmentInfo info)
    {
        try
        {
            return SharedSegment.Remove(WaitTableFile.NameFor(info));
        }
        catch (SharedMemoryException)
        {
            return false;
        }
    }

    private static bool IsInUse(string fileName)
    {
        try
        {
            if (!SegmentFile.TryOpen(SegmentName.Parse(fileName), out SegmentFile? file))
            {
                return false;
            }

            using (file)
            {
                return file.IsRoleLocked(WaitTableFile.PresenceRole, WaitTableFile.PresenceCount);
            }
        }
        catch (SharedMemoryException)
        {
            // Not ours to judge.
            return true;
        }
    }
}
