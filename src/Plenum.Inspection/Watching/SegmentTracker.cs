using Plenum.Platform;

namespace Plenum.Inspection.Watching;

/// <summary>What a watch remembers about one segment. Keeps the file open: a sample is two system calls.</summary>
internal sealed class SegmentTracker(string name, SegmentProtocol wanted, int historyLength) : IDisposable
{
    private const int TypeMask = 0xF000;
    private const int TypeRegular = 0x8000;
    private const long RetryNanoseconds = 5_000_000_000;

    private readonly RateHistory _history = new(historyLength);
    private SegmentImage? _image;
    private ISegmentGauge? _gauge;
    private SegmentSummary _summary = new(name, SegmentProtocol.Unknown, 0, SegmentState.Foreign);
    private SegmentInfo _info;
    private GaugeReading _last;
    private bool _hasLast;
    private long? _sizeBytes;
    private long _lastNanoseconds;
    private long _describedNanoseconds = long.MinValue / 2;
    private long _retryNanoseconds;
    private long? _firstMeasuredNanoseconds;
    private SegmentUsers? _outdatedUsers;
    private long? _movedNanoseconds;
    private WatchMotion _motion;

    internal string Name { get; } = name;

    /// <summary>The process table is older than this segment: who uses it is worked out again when the table
    /// was.</summary>
    internal void AwaitUsers(WatchRound round) => _outdatedUsers = round.AwaitsUsers ? round.Users : null;

    /// <summary>Takes one sample; null when the segment is gone.</summary>
    internal WatchedSegment? Sample(WatchRound round)
    {
        try
        {
            return Open(round) ? Measure(round) : null;
        }
        catch (SharedMemoryException e)
        {
            // No permission, a symbolic link, a pipe: told, and tried again after a while.
            Close();
            _retryNanoseconds = round.NowNanoseconds + RetryNanoseconds;
            _summary = new SegmentSummary(Name, SegmentProtocol.Unknown, 0,
                SegmentState.Foreign)
            { Reason = e.Message };
            return Unmeasured();
        }
    }

    public void Dispose() => Close();

    private WatchedSegment Unmeasured() => new(_summary) { Explanation = _summary.Reason };

    private bool Open(WatchRound round)
    {
        if (_image is not null)
        {
            _info = _image.Info!.Value;
            if (_info.LinkCount > 0)
            {
                return true;
            }

            Close();
            if (!TryOpen())
            {
                return false;
            }

            Forget();
            round.Report(Name, WatchEventKind.Replaced, "another segment has its name now");
            return true;
        }

        return round.NowNanoseconds < _retryNanoseconds
            ? File.Exists(Path.Combine(SegmentDirectory.Path, Name)) : TryOpen();
    }

    private bool TryOpen()
    {
        if (!SegmentName.TryParse(Name, out SegmentName? parsed) || !SegmentImage.TryOpen(parsed!, out _image))
        {
            return false;
        }

        _info = _image.Info!.Value;
        return true;
    }

    private void Close()
    {
        _image?.Dispose();
        _image = null;
    }

    private void Forget()
    {
        _gauge = null;
        _hasLast = false;
        _sizeBytes = null;
        _movedNanoseconds = null;
        _motion = WatchMotion.Still;
        _describedNanoseconds = long.MinValue / 2;
        _firstMeasuredNanoseconds = null;
    }

    private WatchedSegment Measure(WatchRound round)
    {
        if (_image is null)
        {
            return Unmeasured();
        }

        if ((_info.Mode & TypeMask) != TypeRegular)
        {
            throw new SharedMemoryException(
                $"'{Name}' in the folder of segments is not a regular file.", "watch segment", Name);
        }

        if (_sizeBytes is { } before && before != _info.SizeBytes)
        {
            round.Report(Name, WatchEventKind.Reshaped, FormattableString.Invariant(
                $"its size changed from {before} to {_info.SizeBytes} bytes"));
            _gauge = null;
            _describedNanoseconds = long.MinValue / 2;
            _firstMeasuredNanoseconds = null;
        }

        _sizeBytes = _info.SizeBytes;

        Identify(round);
        if (_gauge is null)
        {
            return Unmeasured() with { History = _history.ToArray() };
        }

        GaugeReading reading = _gauge.Read(_image, _info.SizeBytes, round.NowNanoseconds);
        if (_hasLast)
        {
            ReportChanges(round, reading);
        }

        UpdateMotion(round, reading);
        UpdatePeers(round, reading);
        return Compose(round, reading);
    }

    private void Identify(WatchRound round)
    {
        // What is not recognised may be in the making: a new name is looked at each time, an old one now and then.
        _firstMeasuredNanoseconds ??= round.NowNanoseconds;
        long every = _gauge is not null ? Due(round)
            : round.NowNanoseconds - _firstMeasuredNanoseconds < RetryNanoseconds ? 0
            : Math.Min(RetryNanoseconds, Due(round));
        bool due = round.NowNanoseconds - _describedNanoseconds > every;
        if (due || (_outdatedUsers is { } outdated && outdated != round.Users))
        {
            Describe(round, renewPeers: _gauge is not null);
            _gauge?.Refresh(_image!);
        }
    }

    private static long Due(WatchRound round) => round.Options.DescribeEvery.Ticks * 100;

    private void Describe(WatchRound round, bool renewPeers)
    {
        SegmentSummary before = _summary;
        _summary = SegmentInspector.Summarize(_image!, round.Users, wanted);
        _describedNanoseconds = round.NowNanoseconds;
        _outdatedUsers = round.Users == _outdatedUsers ? _outdatedUsers : null;
        if (_gauge is null || before.Protocol != _summary.Protocol)
        {
            _gauge = _summary.Protocol switch
            {
                SegmentProtocol.ZeroBuffer => new ZeroBufferGauge(),
                SegmentProtocol.ZeroIpc => new ZeroIpcGauge(round.Options.EntriesPerSample),
                SegmentProtocol.Void => new VoidGauge(),
                _ => null,
            };
            _hasLast = false;
        }

        if (renewPeers)
        {
            PeerChanges.Report(round, Name, before.Writer, _summary.Writer, isWriter: true);
            PeerChanges.Report(round, Name, before.Reader, _summary.Reader, isWriter: false);
        }
    }

    private void ReportChanges(WatchRound round, in GaugeReading reading)
    {
        if (reading.Problem != _last.Problem)
        {
            round.Report(
                Name, reading.Problem is null ? WatchEventKind.Repaired : WatchEventKind.Broke,
                reading.Problem ?? "its header is valid again");
        }

        if (reading.Problem is not null || _last.Problem is not null)
        {
            return;
        }

        if (reading.Generation != _last.Generation)
        {
            round.Report(Name, WatchEventKind.Reset, FormattableString.Invariant(
                $"epoch {_last.Generation} became {reading.Generation}"));
        }
        else if (reading.Produced < _last.Produced && _summary.Protocol != SegmentProtocol.ZeroIpc)
        {
            round.Report(Name, WatchEventKind.Reset, FormattableString.Invariant(
                $"its counter went back from {_last.Produced} to {reading.Produced}"));
        }

        if (reading.Shape != _last.Shape)
        {
            round.Report(Name, WatchEventKind.Reshaped, _summary.Protocol == SegmentProtocol.ZeroIpc
                ? "its table of entries changed" : "its shape changed");
        }
    }

    private void UpdateMotion(WatchRound round, in GaugeReading reading)
    {
        if (_hasLast && reading.Mark != _last.Mark)
        {
            if (_motion == WatchMotion.Stalled)
            {
                round.Report(Name, WatchEventKind.Resumed, "it moves again");
            }

            _movedNanoseconds = round.NowNanoseconds;
            _motion = WatchMotion.Moving;
        }
        else if (_motion == WatchMotion.Moving
            && round.NowNanoseconds - _movedNanoseconds >= round.Options.StallAfter.Ticks * 100)
        {
            _motion = WatchMotion.Stalled;
            round.Report(Name, WatchEventKind.Stalled, Explanations.Of(_summary, reading, _motion) ?? "it stopped "
                + "moving");
        }
    }

    private void UpdatePeers(WatchRound round, in GaugeReading reading)
    {
        bool changed = _hasLast && reading.Peers != _last.Peers;
        bool died = IsNewlyDead(_summary.Writer, round) || IsNewlyDead(_summary.Reader, round);
        if (died)
        {
            round.RequireUsers();
        }

        if (changed || died || (_hasLast && reading.Problem != _last.Problem))
        {
            Describe(round, renewPeers: true);
        }
    }

    private static bool IsNewlyDead(PeerDescription? peer, WatchRound round) =>
        peer is { Liveness: ProcessLiveness.Alive } && peer.ProcessId != Environment.ProcessId
        && round.Peers.Check(peer.ProcessId, round.NowNanoseconds) == ProcessLiveness.Dead;

    private WatchedSegment Compose(WatchRound round, in GaugeReading reading)
    {
        double seconds = (round.NowNanoseconds - _lastNanoseconds) / 1e9;
        bool comparable = _hasLast && seconds > 0 && reading.Generation == _last.Generation
            && reading.Produced >= _last.Produced;
        double produced = comparable ? (reading.Produced - _last.Produced) / seconds : 0;
        double? consumed = reading.Consumed is not { } taken ? null
            : comparable && _last.Consumed is { } before && taken >= before ? (taken - before) / seconds : 0;
        if (_hasLast)
        {
            _history.Add(produced);
        }

        TimeSpan? since = _movedNanoseconds is { } moved
            ? TimeSpan.FromTicks((round.NowNanoseconds - moved) / 100) : null;
        SegmentSummary summary = _summary with
        {
            SizeBytes = _info.SizeBytes,
            LastChange = since < _summary.LastChange || (since is not null && _summary.LastChange == TimeSpan.Zero)
                ? since.Value : Aged(round),
            State = reading.Problem is not null ? SegmentState.Invalid
                : _motion == WatchMotion.Moving && _summary.State == SegmentState.Idle ? SegmentState.Active
                : _summary.State,
        };
        _last = reading;
        _lastNanoseconds = round.NowNanoseconds;
        _hasLast = true;
        return new WatchedSegment(summary)
        {
            Motion = _motion,
            Produced = reading.Produced,
            Consumed = reading.Consumed,
            ProducedPerSecond = produced,
            ConsumedPerSecond = consumed,
            BytesPerSecond = reading.ItemBytes * produced,
            Depth = reading.Depth,
            Utilization = reading.Utilization,
            Generation = reading.Generation,
            SinceChange = since,
            IsSettled = !reading.IsUnsettled,
            Explanation = Explanations.Of(summary, reading, _motion),
            History = _history.ToArray(),
            Entries = reading.Entries ?? [],
        };
    }

    // The age that the summary told, and the time since it was told.
    private TimeSpan Aged(WatchRound round) =>
        _summary.LastChange + TimeSpan.FromTicks(Math.Max(0, round.NowNanoseconds - _describedNanoseconds) / 100);
}
