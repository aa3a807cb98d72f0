using System.Globalization;

namespace Plenum.Inspection.ZeroIpc;

/// <summary>Recognises structures made of several entries by their names' endings and sizes (spec zeroipc 2.10 to
/// 2.17).</summary>
internal static class CompositeKinds
{
    /// <summary>What each entry's companions say it is; entries without companions are missing.</summary>
    internal static Dictionary<string, EntryDescription> Match(IReadOnlyDictionary<string, EntryView> views)
    {
        var found = new Dictionary<string, EntryDescription>(StringComparer.Ordinal);
        foreach (EntryView view in views.Values)
        {
            MatchStream(views, view, found);
            MatchChannel(views, view, found);
            MatchPythonChannel(views, view, found);
            MatchReadWriteLock(views, view, found);
            MatchSignal(views, view, found);
            MatchMonitor(views, view, found);
            MatchEvent(views, view, found);
        }

        return found;
    }

    private static void MatchStream(
        IReadOnlyDictionary<string, EntryView> views, EntryView header, Dictionary<string, EntryDescription> found)
    {
        if (Stem(header.Name, "_header") is not { } stem || header.SizeBytes != 56
            || !views.TryGetValue(stem + "_buffer", out EntryView? buffer)
                || SequenceKinds.MatchRing(buffer) is not { } ring)
        {
            return;
        }

        Add(found, header, "stream", stem, "56 bytes, and a ring under " + buffer.Name, "cpp",
        [
            KindFields.U64(header, "sequence", 0, "values emitted"), KindFields.U32(header, "subscribers", 8),
            KindFields.U8(header, "closed", 12), KindFields.U32(header, "buffer_capacity", 16, "elements"),
            KindFields.Derived("transform_name", TextAt(header, 20, 32)),
        ]);
        Add(found, buffer, "ring", stem, "the values of stream " + stem, null, ring.Fields, ring.Findings);
    }

    private static void MatchChannel(
        IReadOnlyDictionary<string, EntryView> views, EntryView header, Dictionary<string, EntryDescription> found)
    {
        if (Stem(header.Name, "_header") is not { } stem || header.SizeBytes != 32)
        {
            return;
        }

        FieldDescription[] fields =
        [
            KindFields.U32(header, "capacity", 0, header.U32(0) == 0 ? "unbuffered" : "elements"),
            KindFields.U32(header, "senders", 4, "waiting"), KindFields.U32(header, "receivers", 8, "waiting"),
            KindFields.U8(header, "closed", 12), KindFields.U64(header, "send_seq", 16),
                KindFields.U64(header, "recv_seq", 24),
        ];
        if (views.TryGetValue(stem + "_buffer", out EntryView? buffer) && SequenceKinds.MatchQueue(buffer) is { } queue)
        {
            Add(found, header, "channel", stem, "32 bytes, and a queue under " + buffer.Name, "cpp", fields);
            Add(found, buffer, "queue", stem, "the values of channel " + stem, null, queue.Fields, queue.Findings);
        }
        else if (views.TryGetValue(stem + "_slot", out EntryView? slot) && slot.SizeBytes >= 3)
        {
            Add(found, header, "channel", stem, "32 bytes, and a rendezvous slot under " + slot.Name, "cpp", fields);
            Add(found, slot, "part", stem, "the slot of channel " + stem, null,
                [KindFields.U8(slot, "ready", 0), KindFields.U8(slot, "consumed", 1)]);
        }
    }

    private static void MatchPythonChannel(
        IReadOnlyDictionary<string, EntryView> views, EntryView sync, Dictionary<string, EntryDescription> found)
    {
        if (Stem(sync.Name, "_sync") is not { } stem || sync.SizeBytes != 16
            || !views.TryGetValue(stem, out EntryView? body) || SequenceKinds.MatchQueue(body) is not { } queue)
        {
            return;
        }

        Add(found, body, "channel", null, "a queue with 16 bytes under " + sync.Name, "python", queue.Fields,
            queue.Findings);
        Add(found, sync, "part", stem, "the waiters of channel " + stem, null,
        [
            KindFields.U32(sync, "sender_waiting", 0), KindFields.U32(sync, "receiver_waiting", 4),
            KindFields.U32(sync, "closed", 8), KindFields.U32(sync, "capacity", 12, "elements; 0 is unbuffered"),
        ]);
    }

    private static void MatchReadWriteLock(
        IReadOnlyDictionary<string, EntryView> views, EntryView state, Dictionary<string, EntryDescription> found)
    {
        if (Stem(state.Name, "_state") is not { } stem || state.SizeBytes != 8
            || Semaphore(views, stem + "_rmtx") is not { } readers
                || Semaphore(views, stem + "_wmtx") is not { } writers)
        {
            return;
        }

        FieldDescription[] fields =
        [
            KindFields.I32(state, "readers", 0, "inside"),
                KindFields.I32(state, "writer_active", 4, "1 while a writer is inside or waits"),
        ];
        Marker(views, found, stem, "rwlock", $"entries {stem}_state, {stem}_rmtx and {stem}_wmtx", fields);
        Add(found, state, "part", stem, "the state of rwlock " + stem, null, fields);
        Lock(found, readers, stem, "mutex");
        Lock(found, writers, stem, "mutex");
    }

    private static void MatchSignal(
        IReadOnlyDictionary<string, EntryView> views, EntryView state, Dictionary<string, EntryDescription> found)
    {
        if (Stem(state.Name, "_state") is not { } stem || state.SizeBytes < 9
            || Semaphore(views, stem + "_mtx") is not { } mutex || views.ContainsKey(stem + "_cond"))
        {
            return;
        }

        FieldDescription[] fields =
        [
            KindFields.U64(state, "version", 0, "changes so far"),
            KindFields.Derived(
                "valueBytes", (ulong)(state.SizeBytes - 8), "room for the value, up to 7 bytes of it padding"),
        ];
        Marker(views, found, stem, "signal", $"entries {stem}_state ({state.SizeBytes} bytes) and {stem}_mtx", fields);
        Add(found, state, "part", stem, "version and value of signal " + stem, null, fields);
        Lock(found, mutex, stem, "mutex");
    }

    private static void MatchMonitor(
        IReadOnlyDictionary<string, EntryView> views, EntryView condition, Dictionary<string, EntryDescription> found)
    {
        if (Stem(condition.Name, "_cond") is not { } stem || Semaphore(views, condition.Name) is null
            || Semaphore(views, stem + "_mtx") is not { } mutex
            || !views.TryGetValue(stem + "_count", out EntryView? count) || count.SizeBytes != 4)
        {
            return;
        }

        FieldDescription[] fields =
        [
            KindFields.Derived("locked", mutex.I32(0) == 0), KindFields.U32(count, "count", 0, "waiting"),
        ];
        Marker(views, found, stem, "monitor", $"entries {stem}_mtx, {stem}_cond and {stem}_count", fields);
        Lock(found, mutex, stem, "mutex");
        Lock(found, condition, stem, "semaphore");
        Add(found, count, "part", stem, "the waiters of monitor " + stem, null, [KindFields.U32(count, "count", 0)]);
    }

    private static void MatchEvent(
        IReadOnlyDictionary<string, EntryView> views, EntryView body, Dictionary<string, EntryDescription> found)
    {
        if (body.SizeBytes != 12 || Semaphore(views, body.Name + "_sem") is not { } semaphore)
        {
            return;
        }

        Add(found, body, "event", null, $"12 bytes and the semaphore {semaphore.Name}", null,
        [
            KindFields.U32(body, "signaled", 0),
            KindFields.U32(body, "mode", 4, body.U32(4) switch { 0 => "auto", 1 => "manual", _ => "not a mode" }),
            KindFields.U32(body, "waiting", 8),
        ]);
        Lock(found, semaphore, body.Name, "semaphore");
    }

    private static string? Stem(string name, string ending) =>
        name.Length > ending.Length && name.EndsWith(ending, StringComparison.Ordinal) ? name[..^ending.Length] : null;

    private static EntryView? Semaphore(IReadOnlyDictionary<string, EntryView> views, string name) =>
        views.TryGetValue(name, out EntryView? view) && view.SizeBytes == 16 && view.U32(12) == 0 ? view : null;

    private static void Marker(
        IReadOnlyDictionary<string, EntryView> views,
        Dictionary<string, EntryDescription> found,
        string stem,
        string kind,
        string why,
        IReadOnlyList<FieldDescription> fields)
    {
        // Created last: without it the structure is half made.
        if (views.TryGetValue(stem, out EntryView? marker) && marker.SizeBytes == 1)
        {
            Add(found, marker, kind, null, "a 1-byte marker with the " + why, null, fields);
        }
    }

    private static void Lock(Dictionary<string, EntryDescription> found, EntryView view, string stem, string kind) =>
        Add(found, view, kind, stem, "part of " + stem, null,
            (SynchronizationKinds.MatchMutex(view) ?? SynchronizationKinds.MatchSemaphore(view))?.Fields ?? []);

    private static void Add(
        Dictionary<string, EntryDescription> found,
        EntryView view,
        string kind,
        string? partOf,
        string evidence,
        string? layout,
        IReadOnlyList<FieldDescription> fields,
        IReadOnlyList<Finding>? findings = null) =>
        found[view.Name] = new EntryDescription(view.Name, view.Row.Offset, view.Row.SizeBytes, kind)
        {
            Candidates = kind == "part" ? [] : [kind],
            Evidence = [string.Create(CultureInfo.InvariantCulture, $"{evidence}")],
            Layout = layout,
            PartOf = partOf,
            Fields = fields,
            Findings = findings ?? [],
        };

    private static string TextAt(EntryView view, int offset, int length)
    {
        byte[] bytes = view.Bytes(offset, length);
        int end = Array.IndexOf(bytes, (byte)0);
        return System.Text.Encoding.UTF8.GetString(bytes, 0, end < 0 ? bytes.Length : end);
    }
}
