using System.Globalization;
using Plenum.Platform;
using Plenum.VoidShm;

namespace Plenum.Inspection.Diagnosis;

/// <summary>One segment: broken, half-made, stale, in other hands, or locked by the dead.</summary>
internal static class SegmentCheck
{
    private const int MaxFindingsOfOneSegment = 8;
    private const int StartBytes = 4096;
    private const int TypeMask = 0xF000;
    private const int TypeRegular = 0x8000;
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    internal static void Run(Ward ward, string name)
    {
        try
        {
            if (!SegmentName.TryParse(name, out SegmentName? parsed)
                || !SegmentImage.TryOpen(parsed!, out SegmentImage? image))
            {
                return;
            }

            using (image)
            {
                Examine(ward, image, image.Info!.Value);
            }
        }
        catch (SharedMemoryException e)
        {
            ward.Add(new DoctorFinding(
                FindingSeverity.Warning, "unreadable", DoctorSubject.Segment, name, $"it cannot be read: {e.Message}")
            {
                Advice = "look at its owner and mode; the administrator, or its creator with another permission, can "
                    + "help",
                LeftBecause = "what cannot be read cannot be judged",
            });
        }
    }

    private static void Examine(Ward ward, SegmentImage image, SegmentInfo info)
    {
        if ((info.Mode & TypeMask) != TypeRegular)
        {
            ward.Add(new DoctorFinding(
                FindingSeverity.Warning, "not-a-file", DoctorSubject.Segment, image.Name,
                "a pipe, socket or device has a segment's name; a program that opens it may hang")
            {
                Advice = "remove it if nobody put it there on purpose",
                LeftBecause = "it is not a segment",
            });
            return;
        }

        CheckOwner(ward, image.Name, info);
        SegmentDescription description = SegmentInspector.Describe(image, ward.Users);
        SegmentSummary summary = description.Summary;
        bool hasSemaphores = ward.Files.Contains("sem.sem-w-" + image.Name)
            || ward.Files.Contains("sem.sem-r-" + image.Name);
        bool isBlank = IsBlank(image, info);
        if (isBlank)
        {
            AddHalfMade(ward, image, info, hasSemaphores);
        }
        else if (summary.Protocol == SegmentProtocol.Unknown)
        {
            AddForeign(ward, image.Name);
        }
        else
        {
            Diagnose(ward, image, info, description);
        }
    }

    private static void Diagnose(Ward ward, SegmentImage image, SegmentInfo info, SegmentDescription description)
    {
        SegmentSummary summary = description.Summary;
        int told = 0;
        foreach (Finding finding in description.Findings.Where(found => found.Severity == FindingSeverity.Error))
        {
            if (++told > MaxFindingsOfOneSegment)
            {
                break;
            }

            ward.Add(new DoctorFinding(
                FindingSeverity.Error, finding.Code == "semaphore-missing" ? finding.Code : "corrupt",
                DoctorSubject.Segment, image.Name, finding.Message)
            {
                Advice = $"'plenum show {image.Name}' tells more; end its users, then 'plenum remove {image.Name}'",
                LeftBecause = "its bytes do not say who owns it",
            });
        }

        if (summary.State == SegmentState.Stale)
        {
            AddStale(ward, image, info, summary);
            return;
        }

        PeerCheck.Run(ward, image, summary);
        if (summary.Protocol == SegmentProtocol.ZeroIpc && told == 0)
        {
            StructureCheck.Run(ward, image, description);
        }
        else if (summary.Protocol == SegmentProtocol.ZeroBuffer && told == 0)
        {
            StructureCheck.RunBuffer(ward, image, description);
        }
    }

    private static void AddStale(Ward ward, SegmentImage image, SegmentInfo info, SegmentSummary summary)
    {
        string? kept = summary.Protocol switch
        {
            SegmentProtocol.ZeroBuffer => WhyBufferKept(ward, image, info, summary),
            SegmentProtocol.Void => WhyVoidKept(ward, image),
            _ => "its format names no owner",
        };
        ward.Add(new DoctorFinding(
            FindingSeverity.Warning, "stale-segment", DoctorSubject.Segment, image.Name,
            string.Create(
                CultureInfo.InvariantCulture, $"{summary.Reason}; it holds {info.AllocatedBytes} bytes of memory"))
        {
            IsRemovable = kept is null,
            LeftBecause = kept,
            Advice = kept is null
                ? "'plenum doctor --clean' removes it" : $"when it is certain: 'plenum remove {image.Name}'",
        });
    }

    private static string? WhyBufferKept(Ward ward, SegmentImage image, SegmentInfo info, SegmentSummary summary)
    {
        bool isYoung = DateTime.UtcNow - info.CreatedUtc < s_grace;
        return summary is { Writer: null, Reader: null } && isYoung
            ? "it is only some seconds old and names nobody yet"
            : LeftoverCheck.LockFolders.Any(
                folder => FileLock.IsHeld(Path.Combine(folder, image.Name + ".lock")) == true)
            ? "somebody holds its lock"
            : ward.WhyKept(image.Name, ownersAreKnown: summary is not { Writer: null, Reader: null });
    }

    private static string? WhyVoidKept(Ward ward, SegmentImage image)
    {
        VoidInfo info = VoidInfo.Read(image.Name);
        return info is { IsValid: true, HasTrailer: true, WriterHoldsLock: false }
            ? ward.WhyKept(image.Name, ownersAreKnown: true)
            : "its writer is foreign: one that maps it only while it writes looks like a dead one";
    }

    private static void AddHalfMade(Ward ward, SegmentImage image, SegmentInfo info, bool hasSemaphores)
    {
        bool isYoung = DateTime.UtcNow - info.ChangedUtc < s_grace;
        if (!hasSemaphores && !isYoung && ward.Users.Of(image.Name).Count > 0)
        {
            // Mapped for a while and still blank: somebody's memory, but no segment of ours in the making.
            AddForeign(ward, image.Name);
            return;
        }

        string? kept = !hasSemaphores ? "nothing says whose it is"
            : isYoung ? "it is only some seconds old: its creator may be at it"
            : ward.WhyKept(image.Name, ownersAreKnown: false);
        string what = info.SizeBytes == 0 ? "it has no bytes" : "its first bytes are all zero";
        ward.Add(new DoctorFinding(
            FindingSeverity.Warning, "half-made", DoctorSubject.Segment, image.Name,
            $"{what}: its creator published the name before the contents, and "
            + $"{(isYoung ? "may be at it" : "died or stopped")}"
            + $"{(hasSemaphores ? " (a ZeroBuffer: its semaphores exist)" : string.Empty)}")
        {
            IsRemovable = kept is null,
            LeftBecause = kept,
            Advice = $"if it stays like this: 'plenum remove {image.Name}'",
        });
    }

    private static void AddForeign(Ward ward, string name) => ward.Add(new DoctorFinding(
        FindingSeverity.Info, "foreign", DoctorSubject.Segment, name, "it follows none of the three protocols")
    {
        LeftBecause = "it is not ours",
    });

    private static bool IsBlank(SegmentImage image, SegmentInfo info) =>
        info.SizeBytes == 0 || !image.ReadBytes(0, StartBytes).AsSpan().ContainsAnyExcept((byte)0);

    private static void CheckOwner(Ward ward, string name, SegmentInfo info)
    {
        if (Ward.OwnUser() is not { } own || info.OwnerUserId == own)
        {
            return;
        }

        ward.Add(new DoctorFinding(
            FindingSeverity.Info, "other-user", DoctorSubject.Segment, name,
            string.Create(
                CultureInfo.InvariantCulture,
                $"it belongs to user {Ward.UserName(info.OwnerUserId)}, mode {Convert.ToString(info.Mode & 0xFFF, 8)}"))
        {
            Advice = "only that user and the administrator can remove it; a trusted name should belong to a trusted "
                + "user",
        });
    }
}
