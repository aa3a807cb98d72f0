namespace Plenum.ZeroIpc;

/// <summary>One alternative of <see cref="SharedSelect"/>: receive from a channel, complete a future, let a time
/// pass.</summary>
/// <remarks>
/// Made by the structures (<c>channel.Receiving()</c>, <c>future.Completing()</c>, <see cref="After"/>) and used again
/// and again; for one select at a time. Not thread-safe.
/// </remarks>
public abstract class SelectCase
{
    private OwnerRecord? _announced;
    private uint _sequence;
    private bool _touched;
    private bool _joined;

    private protected SelectCase()
    {
    }

    /// <summary>Whether the last select in which this was the chosen one brought a value; false when its source has
    /// ended.</summary>
    public bool HasValue { get; private protected set; }

    /// <summary>Where it sleeps; null for what only time brings.</summary>
    internal abstract WaitSite? Site { get; }

    /// <summary>The value to sleep on, from the last announcement.</summary>
    internal uint Sequence => _sequence;

    /// <summary>Whether a wake-up came for it during a sleep of this select.</summary>
    internal bool WasWoken => _touched;

    /// <summary>When it completes by itself on <see cref="Plenum.Platform.MonotonicClock"/>;
    /// <see cref="long.MaxValue"/> for never.</summary>
    internal virtual long DueNanoseconds => long.MaxValue;

    /// <summary>An alternative that is chosen when a time has passed since the select began.</summary>
    /// <param name="time">How long, not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public static SelectCase After(TimeSpan time) => new TimerCase(time);

    /// <summary>At the start of a select.</summary>
    internal virtual void Begin() => _touched = false;

    /// <summary>Completes it if that is possible now.</summary>
    internal abstract bool TryComplete();

    /// <summary>Settles what the dead left.</summary>
    internal abstract void Look();

    /// <summary>Whether it is this select's turn to look; looks at one site are shared.</summary>
    internal virtual bool MayLook() => Site is not { } site || SitePump.Of(site).TryTakeLook();

    /// <summary>Says that this thread is about to sleep.</summary>
    internal void Announce()
    {
        if (Site is not { } site)
        {
            return;
        }

        OwnerRecord record = site.Table.Owners.Take();
        record.Say(ClaimKind.Site, ClaimState.Doubt, site.Key);
        _sequence = site.Announce();
        record.Say(ClaimKind.Site, ClaimState.Held, site.Key);
        _announced = record;
        Arm();
    }

    /// <summary>Undoes <see cref="Announce"/>; remembers whether a wake may have come for it.</summary>
    internal void Withdraw()
    {
        if (_announced is not { } record || Site is not { } site)
        {
            return;
        }

        _announced = null;
        Disarm();
        record.Say(ClaimKind.Site, ClaimState.Doubt, site.Key);
        site.Withdraw();
        record.Release();
        _touched |= site.SequenceCell.ReadAcquire() != _sequence;
    }

    /// <summary>As <see cref="Announce"/>, for an asynchronous wait.</summary>
    internal void Join(AsyncSleeper sleeper)
    {
        if (Site is { } site)
        {
            _sequence = SitePump.Of(site).Join(sleeper);
            _joined = true;
            Arm();
        }
    }

    /// <summary>Undoes <see cref="Join"/>.</summary>
    internal void Leave(AsyncSleeper sleeper)
    {
        if (_joined && Site is { } site)
        {
            _joined = false;
            Disarm();
            SitePump.Of(site).Leave(sleeper);
            _touched |= site.SequenceCell.ReadAcquire() != _sequence;
        }
    }

    /// <summary>At the end of a select that chose another one: the wake that this one may have used up belongs to the
    /// next.</summary>
    internal void PassOn()
    {
        if (_touched)
        {
            _touched = false;
            Site?.WakeOne();
        }
    }

    private protected abstract void Arm();

    private protected abstract void Disarm();
}
