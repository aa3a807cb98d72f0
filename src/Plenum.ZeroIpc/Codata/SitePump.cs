using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Sleeps at one site for all asynchronous waits of this process that wait there among other things.</summary>
/// <remarks>
/// <para>A thousand selects over the same eight channels are eight sleeps. The pump is announced at the site as long as
/// anybody has joined, so whoever joins and then looks at its condition misses nothing. Every wake goes to all who have
/// joined; one that finds nobody any more is passed on.</para>
/// <para>Thread-safe.</para>
/// </remarks>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "A source without timer and wait handle holds nothing; it is cancelled when the last one leaves.")]
internal sealed class SitePump
{
    private static readonly ConditionalWeakTable<WaitSite, SitePump> s_pumps = [];

    private readonly WaitSite _site;
    private readonly Lock _lock = new();
    private readonly List<AsyncSleeper> _sleepers = [];
    private CancellationTokenSource? _idle;
    private OwnerRecord? _record;
    private uint _sequence;

    private SitePump(WaitSite site) => _site = site;

    /// <summary>The pump of a site.</summary>
    internal static SitePump Of(WaitSite site) => s_pumps.GetValue(site, static key => new SitePump(key));

    /// <summary>From now on every wake of the site wakes the sleeper.</summary>
    /// <returns>The sequence after which wakes are seen.</returns>
    internal uint Join(AsyncSleeper sleeper)
    {
        lock (_lock)
        {
            _sleepers.Add(sleeper);
            if (_record is null)
            {
                _record = _site.Table.Owners.Take();
                _record.Say(ClaimKind.Site, ClaimState.Doubt, _site.Key);
                _sequence = _site.Announce();
                _record.Say(ClaimKind.Site, ClaimState.Held, _site.Key);
                _idle = new CancellationTokenSource();
                _ = RunAsync(_sequence, _idle);
            }

            return _site.SequenceCell.ReadAcquire();
        }
    }

    /// <summary>Undoes <see cref="Join"/>.</summary>
    internal void Leave(AsyncSleeper sleeper)
    {
        CancellationTokenSource? idle = null;
        lock (_lock)
        {
            _ = _sleepers.Remove(sleeper);
            if (_sleepers.Count == 0 && _record is { } record)
            {
                _record = null;
                record.Say(ClaimKind.Site, ClaimState.Doubt, _site.Key);
                _site.Withdraw();
                record.Release();
                idle = _idle;
                _idle = null;
            }
        }

        // Ends the pump's sleep; who leaves looks at the sequence afterwards and passes on what the pump used up.
        idle?.Cancel();
    }

    private async Task RunAsync(uint sequence, CancellationTokenSource idle)
    {
        var plan = default(SleepPlan);
        uint seen = sequence;
        try
        {
            while (!idle.IsCancellationRequested)
            {
                long until = plan.Next(foreignPeers: false, long.MaxValue);
                _ = await AsyncFutex.WaitUntilAsync(_site.File, _site.SequenceCell, seen, until, idle.Token)
                    .ConfigureAwait(false);
                seen = Deliver(seen, idle);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Nobody is here any more, or the segment is not: who waits notices by itself.
            _ = Deliver(seen, idle);
        }
    }

    private uint Deliver(uint seen, CancellationTokenSource idle)
    {
        uint now = _site.SequenceCell.ReadAcquire();
        lock (_lock)
        {
            if (_idle == idle)
            {
                foreach (AsyncSleeper sleeper in _sleepers)
                {
                    sleeper.Wake();
                }

                return now;
            }
        }

        if (now != seen)
        {
            // Everybody has left meanwhile: the wake belongs to the next sleeper, of this process or another one.
            _site.WakeOne();
        }

        return now;
    }
}
