using Plenum.Platform;

namespace Plenum.VoidShm.Reading;

/// <summary>The period of a foreign writer as observed, which decides how often to look for its next frame.</summary>
internal struct FramePeriod
{
    private const double Weight = 0.25;
    private const double MinPollMilliseconds = 1;
    private const double MaxPollMilliseconds = 100;
    private const double FirstPollMilliseconds = 4;

    private double _periodMilliseconds;
    private ulong _frame;
    private long _at;
    private bool _any;

    /// <summary>Half the observed period, at least 1 ms and at most 100 ms.</summary>
    internal readonly int PollMilliseconds => _periodMilliseconds <= 0
        ? (int)FirstPollMilliseconds
        : (int)Math.Clamp(_periodMilliseconds / 2, MinPollMilliseconds, MaxPollMilliseconds);

    internal void Observe(ulong frame)
    {
        if (_any && frame == _frame)
        {
            return;
        }

        long now = MonotonicClock.Nanoseconds;
        if (_any && frame > _frame)
        {
            double period = (now - _at) / 1e6 / (frame - _frame);
            _periodMilliseconds = _periodMilliseconds <= 0
                ? period
                : _periodMilliseconds + ((period - _periodMilliseconds) * Weight);
        }

        _any = true;
        _frame = frame;
        _at = now;
    }
}
