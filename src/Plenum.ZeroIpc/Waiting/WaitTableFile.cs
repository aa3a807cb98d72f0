using System.Globalization;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Opens, creates, joins, leaves and removes the file of a wait table.</summary>
/// <remarks>
/// <para>Kernel locks on bytes beyond the end of the file carry the life of the table, because they die with their
/// process:
/// a gate (join and leave one at a time), a recovery lock (one process settles the dead at a time), and one byte of a
/// wide range
/// for each user (presence).</para>
/// </remarks>
internal static class WaitTableFile
{
    internal const string Prefix = ".plenum-wait-";
    internal const long GateRole = 1L << 40;
    internal const long RecoveryRole = GateRole + 1;
    internal const long PresenceRole = GateRole + 0x1_0000;
    internal const int PresenceCount = 0x1_0000;

    private const string PrivatePrefix = ".plenum-wait-private-";
    private const uint BlockCount = 128;
    private const uint MinimumSites = 256;
    private const uint MaximumSites = 16_384;
    private const int MaxAttempts = 64;
    private const long GatePatienceNanoseconds = 2_000_000_000;
    private const int OtherWritersMask = 0x002;
    private const int GroupWritersMask = 0x010;

    /// <summary>The name of the wait table of a segment: device, inode, and the first eight digits of the boot
    /// id.</summary>
    internal static SegmentName NameFor(in SegmentInfo info) => SegmentName.Parse(string.Create(
        CultureInfo.InvariantCulture,
        $"{Prefix}{info.Device:x}-{info.Inode:x}-{BootIdentity.Current.ToString("N")[..8]}"));

    /// <summary>Number of sites for a name table of so many entries: a structure uses two or three of them.</summary>
    internal static uint SitesFor(uint maxEntries) =>
        System.Numerics.BitOperations.RoundUpToPowerOf2(
            Math.Clamp(Math.Min(maxEntries, MaximumSites) * 4, MinimumSites, MaximumSites));

    /// <summary>Opens or creates the table of a segment and becomes one of its users.</summary>
    /// <returns>Null when the system or the file's present state refuses: the caller then waits by looking
    /// again.</returns>
    internal static SharedSegment? TryJoin(SegmentInfo main, uint siteCount, out long presence)
    {
        presence = -1;
        SegmentName name = NameFor(main);
        try
        {
            for (int attempt = 0; attempt < MaxAttempts; attempt++)
            {
                SharedSegment? file = OpenOrCreate(name, main, siteCount);
                if (file is null)
                {
                    continue;
                }

                JoinOutcome outcome = Join(file, main, out presence);
                if (outcome == JoinOutcome.Joined)
                {
                    return file;
                }

                file.Dispose();
                if (outcome == JoinOutcome.Refused)
                {
                    return null;
                }
            }
        }
        catch (SharedMemoryException)
        {
            // No permission, no space, another user's file: degraded waiting is the answer, not an error.
        }

        return null;
    }

    /// <summary>A table nobody else can find, with the same behaviour inside this process. It needs no room in the
    /// shared-memory file system.</summary>
    internal static SharedSegment CreatePrivate(uint siteCount)
    {
        SegmentName name = SegmentName.Parse(PrivatePrefix + Guid.NewGuid().ToString("N"));
        return SharedSegment.CreateUnnamed(
            name, WaitTableHeader.TotalBytes(siteCount, BlockCount), s => Initialize(s, default, siteCount));
    }

    /// <summary>Gives up the table; the last user removes its name.</summary>
    internal static void Leave(SharedSegment file, long presence)
    {
        try
        {
            if (presence < 0 || !TryLockGate(file))
            {
                return;
            }

            file.UnlockRole(presence);
            if (!file.IsRoleLockedByOther(PresenceRole, PresenceCount))
            {
                _ = file.RemoveName();
            }
        }
        catch (SharedMemoryException)
        {
            // The name stays; the next user of the segment, its removal or doctor --clean takes care of it.
        }
        finally
        {
            // Releases all locks, although structures keep the mapping.
            file.Dispose();
        }
    }

    /// <summary>Takes a free byte of the presence range.</summary>
    private static long TakePresence(SharedSegment file)
    {
        int start = (int)((uint)Environment.ProcessId * 40_503 % PresenceCount);
        for (int i = 0; i < PresenceCount; i++)
        {
            long role = PresenceRole + ((start + i) % PresenceCount);
            if (file.TryLockRole(role))
            {
                return role;
            }
        }

        return -1;
    }

    private static SharedSegment? OpenOrCreate(SegmentName name, SegmentInfo main, uint siteCount)
    {
        if (SharedSegment.TryOpen(name, out SharedSegment? file, SegmentAccess.ReadWrite, WaitTableHeader.SizeBytes))
        {
            return file;
        }

        var options = new SegmentOptions { Permission = PermissionFor(main) };
        try
        {
            return SharedSegment.Create(
                name, WaitTableHeader.TotalBytes(siteCount, BlockCount), s => Initialize(s, main, siteCount), options);
        }
        catch (SegmentExistsException)
        {
            return null;
        }
    }

    private static JoinOutcome Join(SharedSegment file, in SegmentInfo main, out long presence)
    {
        presence = -1;
        if (!IsTrusted(file.OpenedInfo, main) || !TryLockGate(file))
        {
            return JoinOutcome.Refused;
        }

        try
        {
            if (!file.IsNamed())
            {
                return JoinOutcome.Again;
            }

            switch (Validate(file, main))
            {
                case TableState.Good:
                    presence = TakePresence(file);
                    return presence >= 0 ? JoinOutcome.Joined : JoinOutcome.Refused;
                case TableState.NewerVersion:
                    return JoinOutcome.Refused;
                default:
                    // Not a table, or that of another segment: its name is ours to use, its contents are not.
                    _ = file.RemoveName();
                    return JoinOutcome.Again;
            }
        }
        finally
        {
            file.UnlockRole(GateRole);
        }
    }

    private static TableState Validate(SharedSegment file, in SegmentInfo main)
    {
        if (file.UInt64(0x00).ReadAcquire() != WaitTableHeader.MagicValue)
        {
            return TableState.Foreign;
        }

        if (file.UInt32(0x08).ReadAcquire() != WaitTableHeader.VersionValue)
        {
            return TableState.NewerVersion;
        }

        uint sites = file.UInt32(0x0C).ReadAcquire();
        uint blocks = file.UInt32(0x30).ReadAcquire();
        bool bound = file.UInt64(0x10).ReadAcquire() == main.Device
            && file.UInt64(0x18).ReadAcquire() == main.Inode
            && new Guid(file.ReadOnlySpan(0x20, 16)) == BootIdentity.Current;
        bool sane = System.Numerics.BitOperations.IsPow2(sites) && sites <= MaximumSites && blocks is > 0 and <= 4096
            && WaitTableHeader.TotalBytes(sites, blocks) == file.SizeBytes;
        return bound && sane ? TableState.Good : TableState.Foreign;
    }

    private static void Initialize(SharedSegment file, SegmentInfo main, uint siteCount)
    {
        file.UInt64(0x00).WriteOwned(WaitTableHeader.MagicValue);
        file.UInt32(0x08).WriteOwned(WaitTableHeader.VersionValue);
        file.UInt32(0x0C).WriteOwned(siteCount);
        file.UInt64(0x10).WriteOwned(main.Device);
        file.UInt64(0x18).WriteOwned(main.Inode);
        _ = BootIdentity.Current.TryWriteBytes(file.Span(0x20, 16));
        file.UInt32(0x30).WriteOwned(BlockCount);
        file.UInt64(0x38).WriteOwned((ulong)file.SizeBytes);
    }

    // The table is open to exactly those who may write the segment.
    private static SegmentPermission PermissionFor(in SegmentInfo main) =>
        (main.Mode & OtherWritersMask) != 0 ? SegmentPermission.Everyone
        : (main.Mode & GroupWritersMask) != 0 ? SegmentPermission.Group
        : SegmentPermission.SameUser;

    // The folder is open to all: for a segment of one user, a table that another user put there is not believed.
    private static bool IsTrusted(in SegmentInfo file, in SegmentInfo main) =>
        PermissionFor(main) != SegmentPermission.SameUser || file.OwnerUserId == main.OwnerUserId
            || file.OwnerUserId == 0;

    private static bool TryLockGate(SharedSegment file)
    {
        long end = MonotonicClock.Nanoseconds + GatePatienceNanoseconds;
        var spin = new SpinWait();
        while (!file.TryLockRole(GateRole))
        {
            if (MonotonicClock.Nanoseconds > end)
            {
                return false;
            }

            spin.SpinOnce();
        }

        return true;
    }

    private enum JoinOutcome
    {
        Joined,
        Again,
        Refused,
    }

    private enum TableState
    {
        Good,
        Foreign,
        NewerVersion,
    }
}
