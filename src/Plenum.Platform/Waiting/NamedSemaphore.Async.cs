namespace Plenum.Platform;

/// <content>Waiting without a thread.</content>
public sealed partial class NamedSemaphore
{
    // Waits of this object that are asleep, so that Dispose knows whom to wake.
    private int _sleepers;

    internal bool IsDisposed => Volatile.Read(ref _disposed);

    /// <summary>Takes one token without occupying a thread while there is none.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever; zero tries
    /// once.</param>
    /// <param name="cancellationToken">Ends the wait at once, without polling.</param>
    /// <returns>False when the time was over first. Await the value task exactly once.</returns>
    /// <remarks>Never blocks. Allocates nothing after warm-up. The token is taken by a thread of the library; the
    /// continuation runs as for <see cref="SharedFutex.WaitAsync"/>. Looked at every 0.1 to 10 ms where the C library's
    /// semaphore word cannot be watched (not glibc, not Linux).</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed, before or during the wait.</exception>
    public ValueTask<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        WaitCoreAsync(timeout, endsOnWake: false, cancellationToken);

    /// <summary>As <see cref="WaitAsync"/>, and ends without a token when any process calls
    /// <see cref="WakeWaiters"/>.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever; zero tries
    /// once.</param>
    /// <param name="cancellationToken">Ends the wait at once, without polling.</param>
    /// <returns>False when the time was over, or when the caller should look at what it waits for besides the token;
    /// that may be for nothing. Await the value task exactly once.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed, before or during the wait.</exception>
    public ValueTask<bool> WaitOnceAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        WaitCoreAsync(timeout, endsOnWake: true, cancellationToken);

    /// <summary>Announces a waiter: from here on a post wakes the word.</summary>
    internal void BeginAwait()
    {
        _ = Interlocked.Increment(ref _sleepers);
        if (OperatingSystem.IsLinux())
        {
            RaiseWaiterLinux();
        }
    }

    /// <summary>Withdraws a waiter.</summary>
    /// <param name="passOn">The waiter leaves without a token: a wake that was meant for it goes to another
    /// sleeper.</param>
    internal void EndAwait(bool passOn)
    {
        if (OperatingSystem.IsLinux())
        {
            LowerWaiterLinux(passOn);
        }

        _ = Interlocked.Decrement(ref _sleepers);
    }

    /// <summary>Waiter thread: takes a token if there is one, also while <see cref="Dispose"/> runs.</summary>
    internal bool TryTakeAwaited() => TakeCore(1) == 1;

    private ValueTask<bool> WaitCoreAsync(TimeSpan timeout, bool endsOnWake, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        long deadline = MonotonicClock.Deadline(timeout);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        if (TryWait())
        {
            return new ValueTask<bool>(true);
        }

        return timeout == TimeSpan.Zero
            ? new ValueTask<bool>(false)
            : ParkAsync(deadline, endsOnWake, cancellationToken);
    }

    private ValueTask<bool> ParkAsync(
        long deadlineNanoseconds, bool endsOnWake, CancellationToken cancellationToken)
    {
        BeginAwait();
        AwaitEntry? entry = null;
        try
        {
            // The waiter thread looks at the count after this registration, so a post between TryWait and here is not
            // lost.
            entry = AwaitEntry.ForSemaphore(
                this, AwaitedWord(), endsOnWake, deadlineNanoseconds, cancellationToken);
            return new ValueTask<bool>(entry, AwaitHub.Register(entry));
        }
        catch
        {
            EndAwait(passOn: true);
            entry?.Abandon();
            throw;
        }
        finally
        {
            GC.KeepAlive(this);
        }
    }

    private SharedUInt32 AwaitedWord() => OperatingSystem.IsLinux() ? AwaitedWordLinux() : default;
}
