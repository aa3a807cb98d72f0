using Plenum.Platform;

namespace Plenum.Inspection.Watching;

/// <summary>Follows segments from the outside: rates, depth, utilisation, stalls, resets and deaths.</summary>
/// <remarks>
/// <para>Only copies headers with <c>pread</c>: never maps, never consumes, never wakes. A sample of a segment that is
/// known already is two system calls; who maps what and what a segment's entries are is worked out seldom
/// (<see cref="WatchOptions"/>). Whoever watches decides how often: there is no thread.</para>
/// <para>Not thread-safe. Keeps a file open for every segment it watches, so the memory of a removed segment is given
/// back at the next sample.</para>
/// <example><code>
/// using var watch = new SegmentWatch();
/// WatchSnapshot before = watch.Sample();
/// // ... half a second later
/// foreach (WatchedSegment segment in watch.Sample().Segments) { /* segment.ProducedPerSecond */ }
/// </code></example>
/// </remarks>
public sealed class SegmentWatch : IDisposable
{
    // A folder that changed so shortly before it was read may have changed again within the same clock tick.
    private static readonly TimeSpan s_clockTick = TimeSpan.FromMilliseconds(100);

    private readonly SortedDictionary<string, SegmentTracker> _trackers = new(StringComparer.Ordinal);
    private readonly WatchOptions _options;
    private readonly WatchRound _round;
    private List<string> _names = [];
    private DateTime _folderChangedUtc;
    private long _number;
    private long _lastNanoseconds;

    /// <summary>Prepares watching; looks at nothing yet.</summary>
    /// <param name="options">What is watched; null for everything.</param>
    public SegmentWatch(WatchOptions? options = null)
    {
        _options = options ?? WatchOptions.Default;
        _round = new WatchRound(_options);
    }

    /// <summary>Takes a sample.</summary>
    /// <returns>What every segment does now. Rates are those since the sample before.</returns>
    /// <exception cref="PlatformNotSupportedException">The system cannot enumerate or read segments.</exception>
    /// <exception cref="IOException">The folder of segments cannot be read.</exception>
    public WatchSnapshot Sample()
    {
        long now = MonotonicClock.Nanoseconds;
        bool isFirst = _number++ == 0;
        _round.Begin(now, isFirst);
        AddNew(isFirst);
        var segments = new List<WatchedSegment>(_trackers.Count);
        List<string>? gone = null;
        foreach (SegmentTracker tracker in _trackers.Values)
        {
            if (tracker.Sample(_round) is { } segment)
            {
                segments.Add(segment);
            }
            else
            {
                (gone ??= []).Add(tracker.Name);
            }
        }

        Remove(gone);
        _round.Peers.Trim(now);
        TimeSpan interval = isFirst ? TimeSpan.Zero : TimeSpan.FromTicks((now - _lastNanoseconds) / 100);
        _lastNanoseconds = now;
        return new WatchSnapshot(_number, _round.NowUtc, interval, segments, _round.Events);
    }

    /// <summary>Closes what is open.</summary>
    public void Dispose()
    {
        foreach (SegmentTracker tracker in _trackers.Values)
        {
            tracker.Dispose();
        }

        _trackers.Clear();
    }

    private void AddNew(bool isFirst)
    {
        foreach (string name in Names())
        {
            if (!_trackers.ContainsKey(name) && Exists(name))
            {
                var tracker = new SegmentTracker(name, _options.Protocol, _options.HistoryLength);
                _trackers.Add(name, tracker);
                if (!isFirst)
                {
                    _round.RequireUsers();
                    tracker.AwaitUsers(_round);
                    _round.Report(name, WatchEventKind.Appeared, "it exists now");
                }
            }
        }
    }

    private bool Exists(string name) =>
        _options.Name is null || File.Exists(Path.Combine(SegmentDirectory.Path, name));

    private List<string> Names()
    {
        if (_options.Name is { } only)
        {
            return _names.Count == 1 ? _names : _names = [only];
        }

        DateTime changed = Directory.GetLastWriteTimeUtc(SegmentDirectory.Path);
        if (changed != _folderChangedUtc || DateTime.UtcNow - changed < s_clockTick)
        {
            _names = [.. SegmentDirectory.EnumerateNames().Where(SegmentCatalog.IsSegmentName)];
            _folderChangedUtc = DateTime.UtcNow - changed < s_clockTick ? default : changed;
        }

        return _names;
    }

    private void Remove(List<string>? gone)
    {
        foreach (string name in gone ?? [])
        {
            _trackers[name].Dispose();
            _trackers.Remove(name);
            _ = _names.Remove(name);
            _folderChangedUtc = default;
            _round.Report(name, WatchEventKind.Vanished, "its name is gone");
        }
    }
}
