namespace Plenum.Inspection.Watching;

/// <summary>What one sample shares among the segments.</summary>
internal sealed class WatchRound(WatchOptions options)
{
    private const long UsersAtLeastNanoseconds = 1_000_000_000;

    private readonly List<WatchEvent> _events = [];
    private SegmentUsers _users = new();
    private long _usersNanoseconds = long.MinValue / 2;

    internal WatchOptions Options { get; } = options;

    internal PeerTable Peers { get; } = new(options.LivenessEvery);

    internal long NowNanoseconds { get; private set; }

    internal DateTime NowUtc { get; private set; }

    internal bool IsFirst { get; private set; }

    internal IReadOnlyList<WatchEvent> Events => [.. _events];

    internal SegmentUsers Users => _users;

    internal void Begin(long nowNanoseconds, bool isFirst)
    {
        NowNanoseconds = nowNanoseconds;
        NowUtc = DateTime.UtcNow;
        IsFirst = isFirst;
        _events.Clear();
        if (nowNanoseconds - _usersNanoseconds > Options.UsersEvery.Ticks * 100)
        {
            RenewUsers();
        }
    }

    /// <summary>The process table is out of date: a segment appeared or a process died. At most once a
    /// second.</summary>
    internal void RequireUsers()
    {
        if (NowNanoseconds - _usersNanoseconds >= UsersAtLeastNanoseconds)
        {
            RenewUsers();
        }
    }

    internal void Report(string name, WatchEventKind kind, string message) =>
        _events.Add(new WatchEvent(name, kind, message, NowUtc));

    private void RenewUsers()
    {
        _users = new SegmentUsers();
        _usersNanoseconds = NowNanoseconds;
    }
}
