using System.Globalization;

namespace Plenum.Inspection.Diagnosis;

/// <summary>Structures that nothing will move again: claimed slots of the dead, locks whose holders are gone.</summary>
internal static class StructureCheck
{
    private static readonly TimeSpan s_secondLook = TimeSpan.FromMilliseconds(200);

    internal static void Run(Ward ward, SegmentImage image, SegmentDescription description)
    {
        bool abandoned = !ward.StrangersMayShare && ward.Users.Of(image.Name).Count == 0;
        CheckClaims(ward, image, description, abandoned);
        if (abandoned)
        {
            foreach (EntryDescription entry in description.Entries)
            {
                CheckLock(ward, image.Name, entry);
            }
        }
    }

    /// <summary>A ring whose reader lives and takes nothing, while tokens say that frames wait.</summary>
    internal static void RunBuffer(Ward ward, SegmentImage image, SegmentDescription description)
    {
        if (description.Summary is not { Writer: { Liveness: Platform.ProcessLiveness.Dead }, Reader: not null }
            || description.Derived.FirstOrDefault(field =>
                field.Name == "framesUnread")?.Value is not (> 0UL and var left))
        {
            return;
        }

        ward.Add(new DoctorFinding(
            FindingSeverity.Info, "frames-left", DoctorSubject.Segment, image.Name,
            string.Create(CultureInfo.InvariantCulture, $"{left} frames of the dead writer are still to be read")));
    }

    // A claim is unfinished for some instructions; one that is the same at two looks belongs to nobody who works.
    private static void CheckClaims(Ward ward, SegmentImage image, SegmentDescription first, bool abandoned)
    {
        List<EntryDescription> suspects = [.. first.Entries.Where(IsInFlight)];
        if (suspects.Count == 0)
        {
            return;
        }

        if (!abandoned)
        {
            using var clock = new ManualResetEventSlim();
            _ = clock.Wait(s_secondLook);
        }

        SegmentDescription second = SegmentInspector.Describe(image, ward.Users);
        foreach (EntryDescription before in suspects)
        {
            EntryDescription? after = second.Entries.FirstOrDefault(
                entry => entry.Name == before.Name && entry.Offset == before.Offset);
            if (after is null || !IsInFlight(after) || !SameNumbers(before, after))
            {
                continue;
            }

            string whose = abandoned ? "its process is dead: no process that can be seen has the segment mapped"
                : "its process died or is stopped there";
            ward.Add(new DoctorFinding(
                FindingSeverity.Warning, "wedged", DoctorSubject.Segment, image.Name,
                $"{before.Kind} '{before.Name}': a slot was claimed and never finished; {whose}. A {before.Kind} of "
                + "the peers looks empty (or full) from there on")
            {
                Advice = before.Kind == "queue"
                    ? "a Plenum process that uses the queue repairs it; otherwise create the segment anew"
                    : "create the segment anew",
                LeftBecause = "the structure's other contents may be wanted",
            });
        }
    }

    private static bool IsInFlight(EntryDescription entry) => entry.Findings.Any(finding =>
        finding.Code == "in-flight");

    private static bool SameNumbers(EntryDescription before, EntryDescription after) =>
        before.Fields.Select(field => field.Value).SequenceEqual(after.Fields.Select(field => field.Value));

    private static void CheckLock(Ward ward, string segment, EntryDescription entry)
    {
        string? held = entry switch
        {
            { PartOf: not null } => null,
            { Kind: "mutex" } when Number(entry, "count") == 0 => "it is locked",
            { Candidates: var kinds } when kinds.Contains("mutex") && Number(entry, "count") == 0 =>
                "if it is a mutex, it is locked",
            { Kind: "rwlock" } when Number(entry, "writer_active") > 0 => "a writer holds it or waits for it",
            { Kind: "rwlock" } when Number(entry, "readers") > 0 => "readers hold it",
            { Kind: "monitor" } when entry.Fields.Any(field => field is { Name: "locked", Value: true }) =>
            "it is locked",
            { Kind: "once" } when Number(entry, "state") == 1 => "its call was begun and never finished",
            { Kind: "future" } when Number(entry, "state") == 1 => "its value was begun and never finished",
            { Kind: "lazy" } when Number(entry, "state") == 1 => "its computation was begun and never finished",
            _ => null,
        };
        if (held is null)
        {
            return;
        }

        ward.Add(new DoctorFinding(
            FindingSeverity.Warning, "abandoned-lock", DoctorSubject.Segment, segment,
            $"{entry.Kind} '{entry.Name}': {held}, and no process that can be seen has the segment mapped: who held it "
            + "is gone, unless a command locked it on purpose")
        {
            Advice = entry.Kind == "mutex" ? $"'plenum zeroipc mutex unlock {segment} {entry.Name}'"
                : "create the structure anew, or unlock it with 'plenum zeroipc'",
            LeftBecause = "the segment's contents may be wanted",
        });
    }

    private static long? Number(EntryDescription entry, string field) =>
        entry.Fields.FirstOrDefault(found => found.Name == field)?.Value switch
        {
            ulong number => (long)Math.Min(number, long.MaxValue),
            long number => number,
            _ => null,
        };
}
