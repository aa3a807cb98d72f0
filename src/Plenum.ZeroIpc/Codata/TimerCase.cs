using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The alternative that time brings.</summary>
internal sealed class TimerCase : SelectCase
{
    private readonly TimeSpan _time;
    private long _due;

    internal TimerCase(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        _time = time;
    }

    /// <inheritdoc/>
    internal override WaitSite? Site => null;

    /// <inheritdoc/>
    internal override long DueNanoseconds => _due;

    /// <inheritdoc/>
    internal override void Begin() => _due = MonotonicClock.Deadline(_time);

    /// <inheritdoc/>
    internal override bool TryComplete() => MonotonicClock.Nanoseconds >= _due;

    /// <inheritdoc/>
    internal override void Look()
    {
        // Nobody can die here.
    }

    private protected override void Arm()
    {
        // Never announced: it has no site.
    }

    private protected override void Disarm()
    {
        // Never announced: it has no site.
    }
}
