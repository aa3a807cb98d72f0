using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <content>Waiting for the value, and what follows it.</content>
public sealed partial class SharedFuture<T>
{
    /// <summary>The value; waits for it.</summary>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <exception cref="FutureFailedException">It failed.</exception>
    /// <exception cref="OperationCanceledException">It, or this wait, was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Get(CancellationToken cancellationToken = default)
    {
        if (Core.State == FutureState.Ready)
        {
            T value = _value.Read(0);
            GC.KeepAlive(_memory);
            return value;
        }

        _ = GetSlow(out T waited, long.MaxValue, cancellationToken);
        return waited;
    }

    /// <summary>The value; waits for it at most a given time.</summary>
    /// <param name="value">The value.</param>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to look.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over.</returns>
    /// <exception cref="FutureFailedException">It failed.</exception>
    /// <exception cref="OperationCanceledException">It, or this wait, was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool Get(out T value, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        long deadline = Deadlines.From(timeout);
        return TryGet(out value) || (deadline != 0 && GetSlow(out value, deadline, cancellationToken));
    }

    /// <summary>The value; waits for it without holding a thread.</summary>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <exception cref="FutureFailedException">It failed.</exception>
    /// <exception cref="OperationCanceledException">It, or this wait, was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public ValueTask<T> GetAsync(CancellationToken cancellationToken = default) =>
        Core.State == FutureState.Ready
            ? new ValueTask<T>(_value.Read(0))
            : GetSlowAsync(cancellationToken);

    /// <summary>The value; waits for it at most a given time, without holding a thread.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to look.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The value; null when the time was over.</returns>
    /// <exception cref="FutureFailedException">It failed.</exception>
    /// <exception cref="OperationCanceledException">It, or this wait, was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public async ValueTask<T?> GetAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        long deadline = Deadlines.From(timeout);
        bool completed = Core.IsCompleted
            || (deadline != 0 && await CompletedAsync(deadline, cancellationToken).ConfigureAwait(false));
        return completed && TryGet(out T value) ? value : null;
    }

    /// <summary>Makes the future awaitable: <c>T value = await future;</c>.</summary>
    [SuppressMessage("Reliability", "CA2012:Use ValueTasks correctly", Justification = "The awaiter consumes it, "
        + "once.")]
    public ValueTaskAwaiter<T> GetAwaiter() => GetAsync().GetAwaiter();

    /// <summary>Calls a function when the future is completed, at once if it is already, whichever process completes
    /// it.</summary>
    /// <param name="continuation">Called once, on the thread pool or, when it is completed already, on this
    /// thread.</param>
    /// <param name="cancellationToken">Gives up waiting: the function is not called then.</param>
    /// <returns>Completes after the function; carries its exception, or the cancellation.</returns>
    public Task ContinueWith(Action<SharedFuture<T>> continuation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(continuation);
        return Run();

        async Task Run()
        {
            if (!Core.IsCompleted)
            {
                _ = await CompletedAsync(long.MaxValue, cancellationToken).ConfigureAwait(false);
            }

            continuation(this);
        }
    }

    /// <summary>The value put through a function, as a future of its own under a name.</summary>
    /// <typeparam name="TResult">Its value type.</typeparam>
    /// <param name="name">Its name; created if there is none.</param>
    /// <param name="selector">Called in this process when this future is ready; an exception becomes the error of the
    /// new one.</param>
    /// <param name="target">The segment of the new future; null for this one's.</param>
    /// <returns>The new future, open in any process. It is being computed by this process from now on: if this process
    /// dies it is pending again, and another one may call this method for it. When another process is at it already,
    /// that one goes on.</returns>
    /// <exception cref="SegmentFormatException">The entry is not a future, or of a value of another size.</exception>
    /// <exception cref="SegmentFullException">The segment or its name table is full.</exception>
    public SharedFuture<TResult> Select<TResult>(string name, Func<T, TResult> selector, SharedMemory? target = null)
        where TResult : unmanaged
    {
        ArgumentNullException.ThrowIfNull(selector);
        return Chain<TResult>(name, target, value => new ValueTask<TResult>(selector(value)));
    }

    /// <summary>The value put through a function that gives a further future, whose value becomes that of a future
    /// under a name.</summary>
    /// <typeparam name="TResult">Its value type.</typeparam>
    /// <param name="name">Its name; created if there is none.</param>
    /// <param name="selector">Called in this process when this future is ready; an exception becomes the error of the
    /// new one.</param>
    /// <param name="target">The segment of the new future; null for this one's.</param>
    /// <inheritdoc cref="Select" path="/returns"/>
    /// <inheritdoc cref="Select" path="/exception"/>
    public SharedFuture<TResult> SelectMany<TResult>(
        string name, Func<T, SharedFuture<TResult>> selector, SharedMemory? target = null)
        where TResult : unmanaged
    {
        ArgumentNullException.ThrowIfNull(selector);
        return Chain<TResult>(name, target, value => selector(value).GetAsync());
    }

    private SharedFuture<TResult> Chain<TResult>(string name, SharedMemory? target, Func<T,
        ValueTask<TResult>> selector)
        where TResult : unmanaged
    {
        ThrowIfDisposed();
        SharedFuture<TResult> next = SharedFuture<TResult>.CreateOrOpen(target ?? _memory, name);
        if (next.TryBegin(out FutureSetter<TResult>? setter))
        {
            _ = FollowAsync(setter, selector);
        }

        return next;
    }

    private async Task FollowAsync<TResult>(FutureSetter<TResult> setter, Func<T, ValueTask<TResult>> selector)
        where TResult : unmanaged
    {
        using (setter)
        {
            try
            {
                T value = await GetAsync().ConfigureAwait(false);
                setter.Set(await selector(value).ConfigureAwait(false));
            }
            catch (ObjectDisposedException)
            {
                // This process gives the segment up, so it gives the computation back.
            }
            catch (OperationCanceledException)
            {
                setter.Cancel();
            }
            catch (FutureFailedException e)
            {
                setter.Fail(e.ErrorText);
            }
            catch (Exception e)
            {
                setter.Fail(e.Message);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool GetSlow(out T value, long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        var condition = new ComputationCore.Completed(Core);
        if (!Spin(deadlineNanoseconds))
        {
            OwnerRecord raised = _waiters.Raise();
            try
            {
                _ = Core.Site.Wait(ref condition, this, deadlineNanoseconds, cancellationToken);
            }
            finally
            {
                _waiters.Lower(raised);
            }
        }

        return TryGet(out value);
    }

    // Most values that come at all come at once: a wait that ends while spinning leaves the counter, on the same line,
    // alone.
    private bool Spin(long deadlineNanoseconds)
    {
        SpinWaiter spin = Memory.Waits().Spin(deadlineNanoseconds);
        while (!Core.IsCompleted)
        {
            if (!spin.SpinOnce())
            {
                return false;
            }
        }

        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<T> GetSlowAsync(CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        T value;
        while (!TryGet(out value))
        {
            _ = await CompletedAsync(long.MaxValue, cancellationToken).ConfigureAwait(false);
        }

        return value;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> CompletedAsync(long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        OwnerRecord raised = _waiters.Raise();
        try
        {
            return await PooledWait.RunAsync(Core.Site, Core.Completion, this, deadlineNanoseconds, cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            _waiters.Lower(raised);
        }
    }
}
