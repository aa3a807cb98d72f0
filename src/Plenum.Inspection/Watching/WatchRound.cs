namespace Plenum.Inspection.Watching;

/// <summary>What one sample shares among the segments.</summary>
internal sealed class WatchRound(WatchOptions options)
{
    private const long UsersAtLeastNanoseconds = 1_000_000_000;
    private const long UsersShare = 100;

    private readonly List<WatchEvent> _events = [];
    private SegmentUsers _users = new();
    private long _usersNanoseconds = long.MinValue / 2;
    private bool _usersWanted;

    internal WatchOptions Options { get; } = options;

    internal PeerTable Peers { get; } = new(options.LivenessEvery);

    internal long NowNanoseconds { get; private set; }

    internal DateTime NowUtc { get; private set; }

    internal bool IsFirst { get; private set; }

    internal IReadOnlyList<WatchEvent> Events => [.. _events];

    internal SegmentUsers Users => _users;

    /// <summary>Whether the process table should be read again, and will be as soon as it may.</summary>
    internal bool AwaitsUsers => _usersWanted;

    // Where segments come and go all the time, reading the process table again costs one per cent of a core at most.
    private bool MayRenewUsers => NowNanoseconds - _usersNanoseconds >= Math.Max(
        UsersAtLeastNanoseconds, Math.Min(_users.ScanNanoseconds * UsersShare, Options.UsersEvery.Ticks * 100));

    internal void Begin(long nowNanoseconds, bool isFirst)
    {
        NowNanoseconds = nowNanoseconds;
        NowUtc = DateTime.UtcNow;
        IsFirst = isFirst;
        _events.Clear();
        if (nowNanoseconds - _usersNanoseconds > Options.UsersEvery.Ticks * 100 || (_usersWanted && MayRenewUsers))
        {
            RenewUsers();
        }
    }

    /// <summary>The process table is out of date: a segment appeared or a process died. It is read again at most once
    /// a second, and less often where that takes long.</summary>
    internal void RequireUsers()
    {
        if (MayRenewUsers)
        {
            RenewUsers();
        }
        else
        {
            _usersWanted = true;
        }
    }

    internal void Report(string name, WatchEventKind kind, string message) =>
        _events.Add(new WatchEvent(name, kind, message, NowUtc));

    private void RenewUsers()
    {
        _users = new SegmentUsers();
        _usersWanted = false;
        _usersNanoseconds = NowNanoseconds;
    }
}
