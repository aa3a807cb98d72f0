using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Roles that one process at a time has for a structure: kernel locks on a byte of the segment's own file,
/// which end with the process.</summary>
/// <remarks>The kernel excludes other openings of the file; this class also excludes other users of the same opening.
/// Thread-safe.</remarks>
internal static class StreamRoles
{
    private const int FirstPruning = 16;

    private static readonly HashSet<(SharedSegment Segment, long Offset)> s_mine = [];
    private static int s_pruneAt = FirstPruning;

    /// <summary>Takes a role; false when somebody alive has it.</summary>
    internal static bool TryTake(SharedSegment segment, long offset)
    {
        lock (s_mine)
        {
            if (s_mine.Contains((segment, offset)) || !segment.TryLockRole(offset))
            {
                return false;
            }

            if (s_mine.Count >= s_pruneAt)
            {
                _ = s_mine.RemoveWhere(static role => role.Segment.IsDisposed);
                s_pruneAt = Math.Max(FirstPruning, 2 * s_mine.Count);
            }

            return s_mine.Add((segment, offset));
        }
    }

    /// <summary>Gives a role back.</summary>
    internal static void Give(SharedSegment segment, long offset)
    {
        lock (s_mine)
        {
            if (s_mine.Remove((segment, offset)) && !segment.IsDisposed)
            {
                segment.UnlockRole(offset);
            }
        }
    }

    /// <summary>Whether anybody alive has a role.</summary>
    internal static bool IsTaken(SharedSegment segment, long offset)
    {
        lock (s_mine)
        {
            return s_mine.Contains((segment, offset)) || segment.IsRoleLockedByOther(offset);
        }
    }
}
