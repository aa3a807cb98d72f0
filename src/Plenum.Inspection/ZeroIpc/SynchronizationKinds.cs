namespace Plenum.Inspection.ZeroIpc;

/// <summary>Recognises the 16-byte and 4-byte synchronisation structures (spec zeroipc 2.12, 2.13).</summary>
/// <remarks>Four words leave little to tell them apart: whatever fits is named, and most are ambiguous.</remarks>
internal static class SynchronizationKinds
{
    private static readonly string[] s_onceStates = ["pending", "executing", "done"];

    internal static IEnumerable<KindMatch> Match(EntryView view)
    {
        if (view.SizeBytes == 4 && view.U32(0) <= 2)
        {
            yield return new KindMatch("once", 1, "4 bytes with a state of 0 to 2")
            {
                Fields = [KindFields.State(view, 0, s_onceStates)],
            };
            if (view.U32(0) == 0)
            {
                yield return new KindMatch("raw", 1, "4 zero bytes may also be a registered block");
            }
        }

        if (view.SizeBytes != 16 || view.U32(12) != 0)
        {
            yield break;
        }

        if (MatchMutex(view) is { } mutex)
        {
            yield return mutex;
        }

        if (MatchSemaphore(view) is { } semaphore)
        {
            yield return semaphore;
        }

        int first = view.I32(0);
        int participants = view.I32(8);
        if (participants > 0 && first >= 0 && first < participants)
        {
            yield return new KindMatch("barrier", 1, $"{first} of {participants} arrived")
            {
                Fields =
                [
                    KindFields.I32(view, "arrived", 0), KindFields.I32(view, "generation", 4),
                    KindFields.I32(view, "participants", 8),
                ],
            };
        }

        int initial = view.I32(4);
        if (participants == 0 && first >= 0 && initial > 0 && first <= initial)
        {
            yield return new KindMatch("latch", 1, $"{first} of {initial} are left")
            {
                Fields = [KindFields.I32(view, "count", 0), KindFields.I32(view, "initial", 4)],
            };
        }
    }

    /// <summary>A semaphore, as an entry that must be one because of its companions.</summary>
    internal static KindMatch? MatchSemaphore(EntryView view)
    {
        int count = view.I32(0);
        int waiting = view.I32(4);
        int maximum = view.I32(8);
        bool fits = view.SizeBytes == 16 && view.U32(12) == 0 && count >= 0 && waiting >= 0 && maximum >= 0
            && (maximum == 0 || count <= maximum) && (count == 0 || waiting <= 1);
        string evidence = $"{count} permits, {waiting} waiting, maximum {maximum}";
        return fits ? new KindMatch("semaphore", 1, evidence) { Fields = Fields(view) } : null;
    }

    /// <summary>A mutex: a semaphore of at most one permit.</summary>
    internal static KindMatch? MatchMutex(EntryView view) =>
        view.I32(8) == 1 && MatchSemaphore(view) is { } semaphore
            ? new KindMatch(
                "mutex", 1, view.I32(0) == 1 ? "a semaphore of at most 1, free" : "a semaphore of at most 1, held")
            {
                Fields = semaphore.Fields,
            }
            : null;

    private static FieldDescription[] Fields(EntryView view) =>
    [
        KindFields.I32(view, "count", 0, "permits left"), KindFields.I32(view, "waiting", 4, "waiters"),
        KindFields.I32(view, "max_count", 8, view.I32(8) == 0 ? "unbounded" : "permits at most"),
    ];
}
