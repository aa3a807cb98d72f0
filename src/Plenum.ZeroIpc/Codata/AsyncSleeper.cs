using System.Threading.Tasks.Sources;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>One asynchronous wait that sleeps at several sites: woken by any of their pumps, by time, by
/// cancellation.</summary>
/// <remarks>
/// <para>A wake may be late and end the next sleep, also that of the next wait that uses this object: the waiter looks
/// again anyway.</para>
/// <para>Rented and returned. It is the work item of its own continuation.</para>
/// </remarks>
internal sealed class AsyncSleeper : IValueTaskSource<bool>, IThreadPoolWorkItem
{
    private const int MaxSpare = 1024;
    private const int Idle = 0;
    private const int Armed = 1;
    private const int Signaled = 2;

    private static readonly Lock s_gate = new();
    private static AsyncSleeper? s_spare;
    private static int s_spareCount;

    private SelectCase[] _cases = new SelectCase[8];
    private int _count;
    private CancellationTokenRegistration _registration;
    private ManualResetValueTaskSourceCore<bool> _core;
    private AsyncSleeper? _nextSpare;
    private Timer? _timer;
    private int _state;

    private AsyncSleeper()
    {
    }

    /// <summary>The alternatives of the select that sleeps here, its own copy.</summary>
    internal ReadOnlySpan<SelectCase> Cases => _cases.AsSpan(0, _count);

    /// <summary>One for a select over these alternatives.</summary>
    internal static AsyncSleeper Rent(IReadOnlyList<SelectCase> cases)
    {
        AsyncSleeper sleeper = Rent(cases.Count);
        for (int i = 0; i < sleeper._count; i++)
        {
            sleeper._cases[i] = cases[i];
        }

        return sleeper;
    }

    /// <inheritdoc cref="Rent(IReadOnlyList{SelectCase})"/>
    internal static AsyncSleeper Rent(ReadOnlySpan<SelectCase> cases)
    {
        AsyncSleeper sleeper = Rent(cases.Length);
        cases.CopyTo(sleeper._cases);
        return sleeper;
    }

    /// <summary>Gives it back; it sleeps nowhere any more.</summary>
    internal void Return()
    {
        _registration.Dispose();
        _registration = default;
        _ = _timer?.Change(Timeout.Infinite, Timeout.Infinite);
        Array.Clear(_cases, 0, _count);
        _count = 0;
        lock (s_gate)
        {
            if (s_spareCount < MaxSpare)
            {
                s_spareCount++;
                _nextSpare = s_spare;
                s_spare = this;
                return;
            }
        }

        _timer?.Dispose();
    }

    /// <summary>From now on a cancellation wakes it.</summary>
    internal void Follow(CancellationToken cancellationToken) =>
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
        _timer ??= NewTimer(this);
        _ = _timer.Change(left, Timeout.Infinite);
    }

    /// <summary>Ends the sleep. Any thread.</summary>
    internal void Wake()
    {
        if (Interlocked.CompareExchange(ref _state, Signaled, Armed) == Armed)
        {
            _ = ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
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
    public void Execute() => _core.SetResult(true);

    /// <inheritdoc/>
    public bool GetResult(short token) => _core.GetResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token,
        ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private static AsyncSleeper Rent(int count)
    {
        AsyncSleeper? sleeper;
        lock (s_gate)
        {
            sleeper = s_spare;
            s_spare = sleeper?._nextSpare;
            s_spareCount -= sleeper is null ? 0 : 1;
        }

        sleeper ??= new AsyncSleeper();
        sleeper._nextSpare = null;
        sleeper._count = count;
        if (sleeper._cases.Length < count)
        {
            sleeper._cases = new SelectCase[count];
        }

        return sleeper;
    }

    // It lives longer than the wait that made it, so it must not keep that one's execution context.
    private static Timer NewTimer(AsyncSleeper sleeper)
    {
        bool flows = !ExecutionContext.IsFlowSuppressed();
        AsyncFlowControl control = flows ? ExecutionContext.SuppressFlow() : default;
        try
        {
            return new Timer(
                static self => ((AsyncSleeper)self!).Wake(), sleeper, Timeout.Infinite, Timeout.Infinite);
        }
        finally
        {
            if (flows)
            {
                control.Undo();
            }
        }
    }
}
