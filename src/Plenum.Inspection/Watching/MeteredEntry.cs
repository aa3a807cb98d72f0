namespace Plenum.Inspection.Watching;

/// <summary>What a watch remembers about one ZeroIPC entry.</summary>
internal sealed class MeteredEntry(EntryDescription entry)
{
    private readonly byte[] _head = new byte[EntryMeters.HeadBytes];
    private EntryReading _last;
    private long _lastNanoseconds;
    private bool _seen;

    internal EntryDescription Description { get; } = entry;

    internal WatchedEntry Current { get; private set; } = new(DisplayName(entry), DisplayKind(entry));

    /// <summary>Differs when the entry's first bytes differ.</summary>
    internal ulong Mark { get; private set; }

    /// <summary>Size of an element; 0 when unknown.</summary>
    internal uint ElementBytes { get; private set; }

    internal void Measure(SegmentImage image, long nowNanoseconds)
    {
        int wanted = (int)Math.Min(_head.Length, Description.SizeBytes);
        int read = image.Read(Description.Offset, _head.AsSpan(0, wanted));
        _head.AsSpan(read).Clear();
        EntryReading reading = EntryMeters.Read(MeterKind(Description), _head, Description.SizeBytes);
        ulong mark = Fingerprint.Add(Fingerprint.Start, _head);
        double seconds = (nowNanoseconds - _lastNanoseconds) / 1e9;
        ulong grown = _seen ? Growth(reading.Produced, _last.Produced, reading.Bits) : 0;
        if (reading.Bits == 0 && _seen && mark != Mark)
        {
            grown = 1;
        }

        ulong taken = _seen && reading.Consumed is { } consumed
            ? Growth(consumed, _last.Consumed ?? 0, reading.Bits) : 0;
        Current = Current with
        {
            Produced = Current.Produced + (_seen ? grown : reading.Produced),
            Consumed = reading.Consumed is { } total ? (Current.Consumed ?? 0) + (_seen ? taken : total) : null,
            ProducedPerSecond = _seen && seconds > 0 ? grown / seconds : 0,
            ConsumedPerSecond = reading.Consumed is null ? null : _seen && seconds > 0 ? taken / seconds : 0,
            Depth = reading.Depth,
            Capacity = reading.Capacity,
            IsCounted = reading.Bits != 0,
        };
        ElementBytes = reading.ElementBytes;
        Mark = mark;
        _last = reading;
        _lastNanoseconds = nowNanoseconds;
        _seen = true;
    }

    // A counter that went back started again; one of 32 bits may also have gone round.
    private static ulong Growth(ulong now, ulong before, int bits) => bits switch
    {
        0 => 0,
        32 => unchecked((uint)now - (uint)before) is var grown && grown > int.MaxValue ? 0 : grown,
        _ => now >= before ? now - before : 0,
    };

    // The parts with the counters stand for the whole: a signal's state for the signal.
    private static string DisplayName(EntryDescription entry) => entry.PartOf ?? entry.Name;

    private static string DisplayKind(EntryDescription entry) =>
        entry.PartOf is null ? entry.Kind : MeterKind(entry);

    private static string MeterKind(EntryDescription entry) =>
        entry.Kind == "part" && entry.Name.EndsWith("_state", StringComparison.Ordinal)
            && entry.Fields.Any(field => field.Name == "version") ? "signal" : entry.Kind;
}
