using System.Threading.Tasks.Sources;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>One asynchronous wait that sleeps at several sites: woken by any of their pumps, by time, by
/// cancellation.</summary>
/// <remarks>A wake may be late and end the next sleep: the waiter looks again anyway.</remarks>
internal sealed class AsyncSleeper : IValueTaskSource<bool>, IDisposable
{
    private const int Idle = 0;
    private const int Armed = 1;
    private const int Signaled = 2;

    private readonly CancellationTokenRegistration _registration;
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private Timer? _timer;
    private int _state;

    internal AsyncSleeper(CancellationToken cancellationToken) =>
        _registration = cancellationToken.UnsafeRegister(static self => ((AsyncSleeper)self!).Wake(), this);

    /// <summary>From now on a wake ends the sleep, also one that has not begun.</summary>
    internal void Arm()
    {
        _core.Reset();
        Volatile.Write(ref _state, Armed);
    }

    /// <summary>Wakes it at a time on <see cref="MonotonicClock"/>.</summary>
    internal void Plan(long untilNanoseconds)
    {
        if (untilNanoseconds == long.MaxValue)
        {
            return;
        }

        long left = Math.Clamp((untilNanoseconds - MonotonicClock.Nanoseconds + 999_999) / 1_000_000, 0, int.MaxValue);
        if (_timer is null)
        {
            _timer = new Timer(static self => ((AsyncSleeper)self!).Wake(), this, left, Timeout.Infinite);
        }
        else
        {
            _ = _timer.Change(left, Timeout.Infinite);
        }
    }

    /// <summary>Ends the sleep. Any thread.</summary>
    internal void Wake()
    {
        if (Interlocked.CompareExchange(ref _state, Signaled, Armed) == Armed)
        {
            _core.SetResult(true);
        }
    }

    /// <summary>Sleeps until woken.</summary>
    internal ValueTask<bool> Sleep() => new(this, _core.Version);

    /// <summary>After the sleep, or instead of it: nothing wakes it any more.</summary>
    internal ValueTask<bool> Disarm()
    {
        int found = Interlocked.Exchange(ref _state, Idle);
        return found == Signaled && _core.GetStatus(_core.Version) == ValueTaskSourceStatus.Pending
            ? Sleep()
            : new ValueTask<bool>(true);
    }

    /// <inheritdoc/>
    public bool GetResult(short token) => _core.GetResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token,
        ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    /// <inheritdoc/>
    public void Dispose()
    {
        _registration.Dispose();
        _timer?.Dispose();
    }
}
