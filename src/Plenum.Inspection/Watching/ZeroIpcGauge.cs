using Plenum.Inspection.ZeroIpc;

namespace Plenum.Inspection.Watching;

/// <summary>A ZeroIPC segment's table header and the heads of its structures.</summary>
internal sealed class ZeroIpcGauge(int entriesPerSample) : ISegmentGauge
{
    private readonly SettledCopy _copy = new(ZeroIpcTable.HeaderBytes);
    private List<MeteredEntry> _entries = [];
    private ulong _tableMark;
    private string? _problem;
    private int _turn;

    public GaugeReading Read(SegmentImage image, long sizeBytes, long nowNanoseconds)
    {
        _copy.Read(image, 0);
        ulong tableMark = Fingerprint.Add((ulong)sizeBytes, _copy.Bytes);
        if (tableMark != _tableMark)
        {
            Refresh(image);
        }

        int measured = Math.Min(entriesPerSample, _entries.Count);
        for (int i = 0; i < measured; i++)
        {
            _turn = (_turn + 1) % _entries.Count;
            _entries[_turn].Measure(image, nowNanoseconds);
        }

        return Sum(tableMark);
    }

    public void Refresh(SegmentImage image)
    {
        _copy.Read(image, 0);
        _tableMark = Fingerprint.Add((ulong)image.SizeBytes, _copy.Bytes);
        if (!ZeroIpcTable.TryRead(image, out ZeroIpcTable? table) || table is null)
        {
            _entries = [];
            _problem = "the magic number is not there";
            return;
        }

        _problem = table.Findings.Count > 0 ? table.Findings[0].Message : null;
        var known = new Dictionary<(string, long, string), MeteredEntry>();
        foreach (MeteredEntry entry in _entries)
        {
            known.TryAdd((entry.Description.Name, entry.Description.Offset, entry.Description.Kind), entry);
        }

        _entries = [.. KindRecognizer.Recognize(image, table)
            .Where(IsWorthMeasuring)
            .Select(entry => known.GetValueOrDefault((entry.Name, entry.Offset, entry.Kind))
                ?? new MeteredEntry(entry))];
    }

    // Companions without counters of their own say nothing that the whole does not.
    private static bool IsWorthMeasuring(EntryDescription entry) => entry.PartOf is null
        ? entry.Kind is not ("signal" or "rwlock" or "monitor")
        : entry.Kind is "queue" or "ring" || (entry.Kind == "part"
            && !entry.Name.EndsWith("_sync", StringComparison.Ordinal));

    private GaugeReading Sum(ulong tableMark)
    {
        ulong mark = tableMark;
        ulong produced = 0;
        ulong consumed = 0;
        long depth = 0;
        double? fullest = null;
        bool hasDepth = false;
        double bytes = 0;
        double rate = 0;
        foreach (MeteredEntry entry in _entries)
        {
            WatchedEntry now = entry.Current;
            mark = unchecked((mark * 31) + entry.Mark);
            produced += now.Produced;
            consumed += now.Consumed ?? 0;
            rate += now.ProducedPerSecond;
            bytes += now.ProducedPerSecond * entry.ElementBytes;
            if (now is { Consumed: not null, Depth: { } inside })
            {
                depth += inside;
                hasDepth = true;
                fullest = Math.Max(fullest ?? 0, now.Utilization ?? 0);
            }
        }

        return new GaugeReading
        {
            Mark = mark,
            Produced = produced,
            Consumed = hasDepth ? consumed : null,
            Depth = hasDepth ? depth : null,
            Utilization = fullest,
            ItemBytes = rate > 0 && bytes > 0 ? bytes / rate : null,
            Shape = tableMark,
            IsUnsettled = !_copy.IsSettled,
            Problem = _problem,
            Entries = [.. _entries.Select(entry => entry.Current)],
        };
    }
}
