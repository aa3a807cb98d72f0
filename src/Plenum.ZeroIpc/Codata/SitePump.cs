using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Sleeps at one site for all asynchronous waits of this process that wait there among other things.</summary>
/// <remarks>
/// <para>A thousand selects over the same eight channels are eight sleeps. The pump is announced at the site as long as
/// anybody has joined, so whoever joins and then looks at its condition misses nothing. Every wake goes to all who have
/// joined; one that finds nobody is passed on.</para>
/// <para>When the last one leaves, the sleep that is under way stays for its rest, 200 ms at most, so that selects that
/// follow one another need neither a system call to end it nor one to begin it. Thread-safe.</para>
/// </remarks>
internal sealed class SitePump
{
    private static readonly ConditionalWeakTable<WaitSite, SitePump> s_pumps = [];

    private readonly WaitSite _site;
    private readonly Lock _lock = new();
    private readonly HashSet<AsyncSleeper> _sleepers = [];
    private readonly Action _resume;
    private ConfiguredValueTaskAwaitable<WaitResult>.ConfiguredValueTaskAwaiter _sleep;
    private SleepPlan _plan;
    private OwnerRecord? _record;
    private uint _seen;
    private long _nextLook;
    private bool _isRunning;

    private SitePump(WaitSite site)
    {
        _site = site;
        _resume = Resume;
    }

    /// <summary>The pump of a site.</summary>
    internal static SitePump Of(WaitSite site) => s_pumps.GetValue(site, static key => new SitePump(key));

    /// <summary>Whether this process has not looked for the dead here for 50 ms. A look visits every owner record, so a
    /// thousand selects over one site share it.</summary>
    internal bool TryTakeLook()
    {
        long now = MonotonicClock.Nanoseconds;
        long next = Volatile.Read(ref _nextLook);
        return now >= next
            && Interlocked.CompareExchange(ref _nextLook, now + SleepPlan.WatchNanoseconds, next) == next;
    }

    /// <summary>From now on every wake of the site wakes the sleeper.</summary>
    /// <returns>The sequence after which wakes are seen.</returns>
    internal uint Join(AsyncSleeper sleeper)
    {
        bool begins;
        uint sequence;
        lock (_lock)
        {
            _ = _sleepers.Add(sleeper);
            if (_record is null)
            {
                _record = _site.Table.Owners.Take();
                _record.Say(ClaimKind.Site, ClaimState.Doubt, _site.Key);
                _ = _site.Announce();
                _record.Say(ClaimKind.Site, ClaimState.Held, _site.Key);
            }

            sequence = _site.SequenceCell.ReadAcquire();
            begins = !_isRunning;
            if (begins)
            {
                _isRunning = true;
                _plan = default;
                _seen = sequence;
            }
        }

        if (begins)
        {
            Run();
        }

        return sequence;
    }

    /// <summary>Undoes <see cref="Join"/>.</summary>
    internal void Leave(AsyncSleeper sleeper)
    {
        lock (_lock)
        {
            _ = _sleepers.Remove(sleeper);
            if (_sleepers.Count == 0 && _record is { } record)
            {
                // Who leaves looks at the sequence afterwards and passes on what it used up; what comes later to the
                // sleep that is still under way, Deliver passes on.
                _record = null;
                record.Say(ClaimKind.Site, ClaimState.Doubt, _site.Key);
                _site.Withdraw();
                record.Release();
            }
        }
    }

    // Sleeps until it has to be resumed later, or nobody is here any more. One thread at a time.
    [SuppressMessage(
        "Reliability", "CA2012:Use ValueTasks correctly", Justification = "The awaiter in the field is consumed once.")]
    private void Run()
    {
        bool usable = true;
        while (usable)
        {
            try
            {
                _sleep = AsyncFutex.WaitUntilAsync(
                    _site.File, _site.SequenceCell, _seen, _plan.Next(foreignPeers: false, long.MaxValue),
                    CancellationToken.None).ConfigureAwait(false).GetAwaiter();
                if (!_sleep.IsCompleted)
                {
                    _sleep.UnsafeOnCompleted(_resume);
                    return;
                }

                _ = _sleep.GetResult();
            }
            catch (ObjectDisposedException)
            {
                // Who waits notices by itself.
                usable = false;
            }

            usable = Deliver(usable);
        }
    }

    private void Resume()
    {
        bool usable = true;
        try
        {
            _ = _sleep.GetResult();
        }
        catch (ObjectDisposedException)
        {
            usable = false;
        }

        if (Deliver(usable))
        {
            Run();
        }
    }

    // False when it ends.
    private bool Deliver(bool usable)
    {
        uint now = _site.SequenceCell.ReadAcquire();
        bool isUnused;
        lock (_lock)
        {
            // Nothing came: those who joined look again at times of their own.
            if (now != _seen || !usable)
            {
                foreach (AsyncSleeper sleeper in _sleepers)
                {
                    sleeper.Wake();
                }
            }

            isUnused = _sleepers.Count == 0 && now != _seen;
            _seen = now;
            _isRunning = usable && _sleepers.Count > 0;
            usable = _isRunning;
        }

        if (isUnused)
        {
            // Everybody has left meanwhile: the wake belongs to the next sleeper, of this process or another one.
            _site.WakeOne();
        }

        return usable;
    }
}
