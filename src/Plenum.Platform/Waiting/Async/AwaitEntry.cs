using System.Threading.Tasks.Sources;

namespace Plenum.Platform;

/// <summary>One pending <c>await</c> on a shared word or a semaphore: a pooled value-task source.</summary>
/// <remarks>
/// Life: rented and filled by the caller, handed to one <see cref="AwaitLane"/> or <see cref="AwaitThread"/>, which
/// alone decides its outcome, executed once (by the lane, or on the thread pool), and returned to the pool by the
/// consumer's <c>GetResult</c>. A cancellation callback only sets a flag and signals the thread; its registration is
/// disposed in <c>GetResult</c>, which waits for a running callback, so a callback never sees the entry's next life. An
/// entry whose value task is never awaited is not pooled again; the collector takes it.
/// </remarks>
internal sealed unsafe class AwaitEntry : IValueTaskSource<WaitResult>, IValueTaskSource<bool>, IThreadPoolWorkItem
{
    private const int MaxPooled = 65_536;

    private static readonly Lock s_gate = new();
    private static AwaitEntry? s_free;
    private static int s_freeCount;

    private ManualResetValueTaskSourceCore<WaitResult> _core;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;
    private SharedSegment? _segment;
    private NamedSemaphore? _semaphore;
    private AwaitThread? _thread;
    private AwaitLane? _lane;
    private AwaitEntry? _nextFree;
    private Outcome _outcome;
    private bool _cancelled;
    private bool _endsOnWake;

    private AwaitEntry()
    {
    }

    private enum Outcome
    {
        Woken,
        ValueChanged,
        TimedOut,
        Cancelled,
        Disposed,
    }

    /// <summary>The word the kernel watches; null for an entry that can only be polled.</summary>
    internal uint* Address { get; private set; }

    /// <summary>The value to sleep on.</summary>
    internal uint Expected { get; private set; }

    /// <summary>Time on <see cref="MonotonicClock"/>; <see cref="long.MaxValue"/> for ever.</summary>
    internal long DeadlineNanoseconds { get; private set; }

    /// <summary>The value task's token; read before the entry is handed over.</summary>
    internal short Version => _core.Version;

    internal static AwaitEntry ForWord(
        SharedSegment segment, SharedUInt32 word, uint expected, long deadlineNanoseconds, CancellationToken token)
    {
        // The reference keeps the word mapped until the waiter thread has let go of it.
        segment.AddReference();
        AwaitEntry entry = Rent(deadlineNanoseconds, token);
        entry._segment = segment;
        entry.Address = word.Address;
        entry.Expected = expected;
        return entry;
    }

    /// <summary>An entry for a token of a semaphore; the caller has called
    /// <see cref="NamedSemaphore.BeginAwait"/>.</summary>
    internal static AwaitEntry ForSemaphore(
        NamedSemaphore semaphore, SharedUInt32 word, bool endsOnWake, long deadlineNanoseconds, CancellationToken token)
    {
        AwaitEntry entry = Rent(deadlineNanoseconds, token);
        entry._endsOnWake = endsOnWake;
        entry._semaphore = semaphore;
        entry.Address = word.Address;
        entry.Expected = 0;
        return entry;
    }

    /// <summary>Before the entry is handed to its waiter thread; the callback may run at once, on this
    /// thread.</summary>
    internal void Bind(AwaitThread? thread, AwaitLane? lane)
    {
        _thread = thread;
        _lane = lane;
        if (_token.CanBeCanceled)
        {
            _registration = _token.UnsafeRegister(static state => ((AwaitEntry)state!).OnCancelled(), this);
        }
    }

    /// <summary>Lane or waiter thread: whether the wait is over. The kernel's answer is only a hint; the word
    /// decides.</summary>
    /// <param name="woken">The kernel named this entry's word.</param>
    /// <param name="nowNanoseconds">The present time on <see cref="MonotonicClock"/>.</param>
    internal bool TryFinish(bool woken, long nowNanoseconds)
    {
        if (_semaphore is { } semaphore)
        {
            return TryFinishSemaphore(semaphore, woken, nowNanoseconds);
        }

        // A change goes before giving up; a bare wake does not, because the wake may be the one that tells us to give
        // up.
        if (new SharedUInt32(Address).ReadAcquire() != Expected)
        {
            _outcome = Outcome.ValueChanged;
            return true;
        }

        if (TryGiveUp(nowNanoseconds))
        {
            return true;
        }

        _outcome = Outcome.Woken;
        return woken;
    }

    /// <summary>Waiter thread: lets go of the memory and sends the continuation to the thread pool, never running it
    /// here.</summary>
    internal void Complete()
    {
        ReleaseMemory();
        _ = ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Lane: lets go of the memory and runs the continuation on the calling thread.</summary>
    internal void CompleteHere()
    {
        ReleaseMemory();
        Execute();
    }

    /// <summary>Undoes <see cref="ForWord"/> or <see cref="ForSemaphore"/> when the entry could not be handed
    /// over.</summary>
    internal void Abandon()
    {
        ReleaseMemory();
        Return();
    }

    /// <summary>Runs the continuation, or posts it to the context that was captured.</summary>
    public void Execute()
    {
        switch (_outcome)
        {
            case Outcome.Cancelled:
                _core.SetException(new OperationCanceledException(_token));
                break;
            case Outcome.Disposed:
                _core.SetException(new ObjectDisposedException(nameof(NamedSemaphore)));
                break;
            default:
                _core.SetResult((WaitResult)_outcome);
                break;
        }
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    /// <inheritdoc/>
    WaitResult IValueTaskSource<WaitResult>.GetResult(short token) => GetResult(token);

    /// <inheritdoc/>
    bool IValueTaskSource<bool>.GetResult(short token) => GetResult(token) != WaitResult.TimedOut;

    private static AwaitEntry Rent(long deadlineNanoseconds, CancellationToken token)
    {
        AwaitEntry? entry;
        lock (s_gate)
        {
            entry = s_free;
            if (entry is not null)
            {
                s_free = entry._nextFree;
                s_freeCount--;
            }
        }

        entry ??= new AwaitEntry();
        entry._nextFree = null;
        entry._token = token;
        entry.DeadlineNanoseconds = deadlineNanoseconds;
        return entry;
    }

    private WaitResult GetResult(short token)
    {
        // Before the finally below: a stale or early call must not return somebody else's entry to the pool.
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            throw new InvalidOperationException("The wait has not ended: await the value task, once.");
        }

        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            Return();
        }
    }

    private void Return()
    {
        _registration.Dispose();
        _registration = default;
        _token = default;
        _semaphore = null;
        _thread = null;
        _lane = null;
        _cancelled = false;
        _endsOnWake = false;
        _core.Reset();
        lock (s_gate)
        {
            if (s_freeCount < MaxPooled)
            {
                _nextFree = s_free;
                s_free = this;
                s_freeCount++;
            }
        }
    }

    private void ReleaseMemory()
    {
        SharedSegment? segment = _segment;
        _segment = null;
        Address = null;
        segment?.ReleaseReference();
    }

    private bool TryFinishSemaphore(NamedSemaphore semaphore, bool woken, long nowNanoseconds)
    {
        if (semaphore.IsDisposed)
        {
            _outcome = Outcome.Disposed;
        }
        else if (semaphore.TryTakeAwaited())
        {
            _outcome = Outcome.Woken;
        }
        else if (!TryGiveUp(nowNanoseconds) && !(woken && _endsOnWake))
        {
            // An end by a bare wake is told as an end of the time: the caller looks around after either.
            return false;
        }

        semaphore.EndAwait(passOn: _outcome != Outcome.Woken);
        return true;
    }

    private bool TryGiveUp(long nowNanoseconds)
    {
        if (Volatile.Read(ref _cancelled))
        {
            _outcome = Outcome.Cancelled;
            return true;
        }

        _outcome = Outcome.TimedOut;
        return nowNanoseconds >= DeadlineNanoseconds;
    }

    private void OnCancelled()
    {
        Volatile.Write(ref _cancelled, true);
        _thread?.Signal();
        if (OperatingSystem.IsLinux())
        {
            _lane?.WakeUntilUp(this);
        }
    }
}
