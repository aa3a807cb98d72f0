namespace Plenum.Inspection.ZeroIpc;

/// <summary>Finds out what each entry of a ZeroIPC table is, from sizes, invariants and companions' names.</summary>
/// <remarks>The format stores no kind. Where the bytes fit several kinds equally the answer is "ambiguous", with the
/// kinds.</remarks>
internal static class KindRecognizer
{
    internal const string Ambiguous = "ambiguous";
    internal const string Raw = "raw";

    internal static IReadOnlyList<EntryDescription> Recognize(SegmentImage image, ZeroIpcTable table)
    {
        var views = new Dictionary<string, EntryView>(StringComparer.Ordinal);
        foreach (ZeroIpcRow row in table.Rows)
        {
            views.TryAdd(row.Name, new EntryView(image, row));
        }

        Dictionary<string, EntryDescription> composites = CompositeKinds.Match(views);
        var entries = new List<EntryDescription>();
        foreach (ZeroIpcRow row in table.Rows)
        {
            entries.Add(
                composites.TryGetValue(row.Name, out EntryDescription? composite) && composite.Offset == row.Offset
                ? composite
                : Single(new EntryView(image, row), table.Shape));
        }

        return entries;
    }

    /// <summary>Every kind that an entry fits by itself, best first.</summary>
    internal static List<KindMatch> Matches(EntryView view, ZeroIpcShape shape)
    {
        // Of version 1 only tables and arrays are readable; its other structures were laid out differently.
        IEnumerable<KindMatch> all = shape == ZeroIpcShape.V2
            ? SynchronizationKinds.Match(view).Concat(SequenceKinds.Match(view))
                .Concat(AssociativeKinds.Match(view)).Concat(CodataKinds.Match(view)).Concat(BroadcastKind.Match(view))
            : SequenceKinds.Match(view).Where(match => match.Kind == "array");
        return [.. all.OrderByDescending(match => match.Score).ThenByDescending(
            match => IsNamedLike(view.Name, match.Kind))];
    }

    private static EntryDescription Single(EntryView view, ZeroIpcShape shape)
    {
        var entry = new EntryDescription(view.Name, view.Row.Offset, view.Row.SizeBytes, Raw);
        if (!view.Row.IsInside)
        {
            return entry with { Evidence = ["its bytes do not lie inside the segment"] };
        }

        List<KindMatch> matches = Matches(view, shape);
        if (matches.Count == 0)
        {
            string why = view.SizeBytes == 1 ? "a marker without companions" : "no kind's invariants hold";
            return entry with { Evidence = [why] };
        }

        KindMatch best = matches[0];
        List<KindMatch> equals = [.. matches.TakeWhile(match => match.Score == best.Score)];
        bool certain = equals.Select(match => match.Kind).Distinct().Count() == 1;
        return entry with
        {
            Kind = certain ? best.Kind : Ambiguous,
            Candidates = [.. equals.Select(match => match.Kind).Distinct()],
            Evidence = [.. equals.Select(match => $"{match.Kind}: {match.Evidence}")],
            Layout = certain ? best.Layout : null,
            Fields = best.Fields,
            Findings = certain ? best.Findings : [],
        };
    }

    // Only orders candidates that fit equally well; a name never decides.
    private static bool IsNamedLike(string name, string kind) =>
        name.Contains(kind, StringComparison.OrdinalIgnoreCase)
        || (kind.Length > 3 && name.Contains(kind[..3], StringComparison.OrdinalIgnoreCase));
}
