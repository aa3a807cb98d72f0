using System.Globalization;
using Plenum.Platform;

namespace Plenum.Inspection.Diagnosis;

/// <summary>The processes that a segment names: dead, out of sight, or not who they should be.</summary>
internal static class PeerCheck
{
    internal static void Run(Ward ward, SegmentImage image, SegmentSummary summary)
    {
        CheckPeer(ward, image, summary, summary.Writer, "writer", 0x50);
        CheckPeer(ward, image, summary, summary.Reader, "reader", 0x58);
        if (summary.Protocol == SegmentProtocol.ZeroBuffer)
        {
            CheckPermissions(ward, image);
        }
    }

    private static void CheckPeer(
        Ward ward, SegmentImage image, SegmentSummary summary, PeerDescription? peer, string role, long roleOffset)
    {
        if (peer is null)
        {
            return;
        }

        if (peer.Liveness == ProcessLiveness.Dead)
        {
            Add(ward, FindingSeverity.Warning, "dead-" + role, image.Name, string.Create(
                CultureInfo.InvariantCulture, $"its {role}, process {peer.ProcessId}, died without closing"),
                role == "writer"
                    ? "its reader notices and ends; a new writer needs a new buffer"
                    : "its writer notices; a new reader creates the buffer anew");
        }
        else if (peer.Liveness == ProcessLiveness.Unknown)
        {
            Add(ward, FindingSeverity.Warning, "pid-namespace", image.Name, string.Create(
                CultureInfo.InvariantCulture,
                $"its {role}, process {peer.ProcessId}, is not visible from here: it may live in another pid "
                + $"namespace"),
                "share the pid namespace, or use Plenum on both sides: it tells life by kernel locks");
        }
        else if (summary.Protocol == SegmentProtocol.ZeroBuffer && peer.ProcessId != Environment.ProcessId
            && Ward.CanInspect(peer.ProcessId) && !image.IsRoleLocked(roleOffset, sizeof(ulong))
            && ward.Users.Of(image.Name).All(use => use.ProcessId != peer.ProcessId))
        {
            Add(ward, FindingSeverity.Warning, "pid-reused", image.Name, string.Create(
                CultureInfo.InvariantCulture,
                $"its {role} is process {peer.ProcessId} ({peer.ProcessName ?? "unknown"}), which lives but does not "
                + $"have it mapped: the number was given again, or comes from another pid namespace"),
                $"if no real {role} lives: 'plenum remove {image.Name} --force'");
        }
    }

    // Whoever may write the segment must be able to post its semaphores.
    private static void CheckPermissions(Ward ward, SegmentImage image)
    {
        foreach (string prefix in (string[])["sem.sem-w-", "sem.sem-r-"])
        {
            string file = prefix + image.Name;
            if (!ward.Files.Contains(file) || !SegmentName.TryParse(file, out SegmentName? name))
            {
                continue;
            }

            try
            {
                if (SegmentFile.TryOpen(name!, out SegmentFile? semaphore))
                {
                    using (semaphore)
                    {
                        Compare(ward, image, file, semaphore.GetInfo());
                    }
                }
            }
            catch (SharedMemoryException e)
            {
                Add(ward, FindingSeverity.Warning, "permission", image.Name,
                    $"its semaphore {file["sem.".Length..]} cannot be opened: {e.Message}",
                    "create the buffer with the permission its users need");
            }
        }
    }

    private static void Compare(Ward ward, SegmentImage image, string file, SegmentInfo semaphore)
    {
        const int writers = 0x092;
        if (image.Info is not { } info)
        {
            return;
        }

        if (semaphore.OwnerUserId != info.OwnerUserId)
        {
            Add(ward, FindingSeverity.Warning, "permission", image.Name, string.Create(
                CultureInfo.InvariantCulture,
                $"it belongs to user {Ward.UserName(info.OwnerUserId)}, but its semaphore {file["sem.".Length..]} to "
                + $"user {Ward.UserName(semaphore.OwnerUserId)}: a leftover, or somebody took the name first"),
                "end its users, remove both, create the buffer anew");
        }
        else if ((info.Mode & writers & ~semaphore.Mode) != 0)
        {
            Add(ward, FindingSeverity.Warning, "permission", image.Name, string.Create(
                CultureInfo.InvariantCulture,
                $"users who may write it (mode {Convert.ToString(info.Mode & 0xFFF, 8)}) may not post its semaphore "
                + $"{file["sem.".Length..]} (mode {Convert.ToString(semaphore.Mode & 0xFFF, 8)})"),
                "create the buffer with the permission its users need");
        }
    }

    private static void Add(
        Ward ward, FindingSeverity severity, string code, string name, string message, string advice) =>
        ward.Add(new DoctorFinding(severity, code, DoctorSubject.Segment, name, message)
        {
            Advice = advice,
            LeftBecause = "it may be in use",
        });
}
