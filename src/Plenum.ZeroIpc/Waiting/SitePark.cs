using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>One wait at a site: the spinning, the sleeps, the looks for the dead. A mutable struct for one
/// wait.</summary>
internal struct SitePark
{
    private readonly WaitSite _site;
    private readonly IWaitWatch? _watch;
    private readonly long _deadline;
    private readonly CancellationToken _cancellationToken;
    private SpinWaiter _spin;
    private SleepPlan _plan;
    private OwnerRecord? _record;
    private bool _isAwait;

    internal SitePark(WaitSite site, IWaitWatch? watch, long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        _site = site;
        _watch = watch;
        _deadline = deadlineNanoseconds;
        _cancellationToken = cancellationToken;
        _spin = site.Table.Spin(deadlineNanoseconds);
    }

    /// <summary>Pauses for a moment.</summary>
    /// <returns>False when it is time to sleep.</returns>
    internal bool SpinOnce() => _spin.SpinOnce();

    /// <summary>Whether the time is over; looks for the dead when that is due.</summary>
    internal bool IsOver()
    {
        _cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_site.Table.IsDisposed, typeof(SharedMemory));
        bool over = MonotonicClock.Nanoseconds >= _deadline;
        if (_watch is { ReadsRecordsOnly: true })
        {
            if ((over || _plan.IsWatchDue()) && _site.Table.Recovery.MayHaveDead())
            {
                _watch.Look();
            }
        }
        else if (_watch is not null && !over && _plan.IsWatchDue())
        {
            _watch.Look();
        }

        return over;
    }

    /// <summary>Raises the site's counter.</summary>
    internal uint Announce()
    {
        _record ??= _site.Table.Owners.Take();
        _record.Say(ClaimKind.Site, ClaimState.Doubt, _site.Key);
        uint sequence = _site.Announce();
        _record.Say(ClaimKind.Site, ClaimState.Held, _site.Key);
        return sequence;
    }

    /// <summary>Sleeps until woken, cancelled, or time to look again.</summary>
    internal void Sleep(uint expected) =>
        _site.Sleep(expected, _plan.Next(_site.Table.ForeignPeers
            || _site.LooksAgainSoon, _deadline), _cancellationToken);

    /// <summary>The same without holding a thread.</summary>
    internal ValueTask<WaitResult> SleepAsync(uint expected)
    {
        AwaitedTable awaited = _site.Table.Awaited;
        awaited.Begin();
        _isAwait = true;
        bool soon = _site.Table.ForeignPeers || _site.LooksAgainSoon;
        long end = soon ? _plan.NextOfMany(awaited.Awaits, _deadline)
            : _watch is { ReadsRecordsOnly: false } ? _plan.Next(foreignPeers: false, _deadline)
            : Math.Min(_deadline, MonotonicClock.Nanoseconds + AwaitLooks.SleepNanoseconds);
        return AsyncFutex.WaitUntilAsync(_site.File, _site.SequenceCell, expected, end, _cancellationToken);
    }

    /// <summary>Lowers the site's counter.</summary>
    internal void Withdraw()
    {
        if (_isAwait)
        {
            _isAwait = false;
            _site.Table.Awaited.End();
        }

        _record!.Say(ClaimKind.Site, ClaimState.Doubt, _site.Key);
        _site.Withdraw();
        _record.Release();
        _record = null;
    }
}
