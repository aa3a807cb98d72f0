using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Waits for the first of several alternatives: channels, streams, futures, times, of any number of
/// segments.</summary>
/// <remarks>
/// <para>Exactly one alternative takes place; the others are left as they were. Nothing is polled: the thread sleeps on
/// all of them at once (futex_waitv), and a wake-up that arrives for an alternative that was not chosen is passed on.
/// Where a peer that polls may be on the other side of one of them, the select looks again every 1 to 10 ms.</para>
/// <para>A waiting thread spins as <see cref="SharedMemory.WaitStrategy"/> says before it sleeps, over several segments
/// as that of the one that spins the longest. The asynchronous form does not spin.</para>
/// <para>Thread-safe; each <see cref="SelectCase"/> belongs to one select at a time. More than 128 alternatives need
/// the asynchronous form's waiting threads and are slower to wake.</para>
/// <example>
/// <code>
/// SelectCase&lt;int&gt; orders = channel.Receiving();
/// SelectCase&lt;double&gt; answer = future.Completing();
/// switch (SharedSelect.Wait([orders, answer, SelectCase.After(TimeSpan.FromSeconds(1))]))
/// {
///     case 0: Handle(orders.Value); break;
///     case 1: Show(answer.Value); break;
///     default: Console.WriteLine("nothing for a second"); break;
/// }
/// </code>
/// </example>
/// </remarks>
public static class SharedSelect
{
    /// <summary>Waits for the first alternative.</summary>
    /// <param name="cases">The alternatives, at least one.</param>
    /// <param name="order">Which one is taken when several could be.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The index of the one that took place; its value is in the case.</returns>
    /// <exception cref="ArgumentException">No alternatives.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; none took place.</exception>
    /// <exception cref="ObjectDisposedException">A segment was disposed.</exception>
    public static int Wait(
        ReadOnlySpan<SelectCase> cases, SelectOrder order = SelectOrder.Fair,
        CancellationToken cancellationToken = default) =>
        Wait(cases, Timeout.InfiniteTimeSpan, order, cancellationToken);

    /// <summary>Waits for the first alternative, at most a given time.</summary>
    /// <param name="cases">The alternatives, at least one.</param>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to look once.</param>
    /// <param name="order">Which one is taken when several could be.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The index of the one that took place; -1 when the time was over.</returns>
    /// <exception cref="ArgumentException">No alternatives.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; none took place.</exception>
    /// <exception cref="ObjectDisposedException">A segment was disposed.</exception>
    public static int Wait(
        ReadOnlySpan<SelectCase> cases,
        TimeSpan timeout,
        SelectOrder order = SelectOrder.Fair,
        CancellationToken cancellationToken = default)
    {
        long deadline = Deadlines.From(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        RequireCases(cases.Length);
        var scan = new SelectScan(cases, order);
        int chosen = scan.Look(cases);
        if (chosen >= 0 || deadline == 0)
        {
            return chosen;
        }

        return SelectWait.Run(cases, ref scan, deadline, cancellationToken);
    }

    /// <summary>Waits for the first alternative without holding a thread.</summary>
    /// <param name="cases">The alternatives, at least one.</param>
    /// <param name="order">Which one is taken when several could be.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The index of the one that took place; its value is in the case.</returns>
    /// <exception cref="ArgumentException">No alternatives.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; none took place.</exception>
    /// <exception cref="ObjectDisposedException">A segment was disposed.</exception>
    public static ValueTask<int> WaitAsync(
        IReadOnlyList<SelectCase> cases, SelectOrder order = SelectOrder.Fair,
        CancellationToken cancellationToken = default) =>
        WaitAsync(cases, Timeout.InfiniteTimeSpan, order, cancellationToken);

    /// <summary>Waits for the first alternative, at most a given time, without holding a thread.</summary>
    /// <param name="cases">The alternatives, at least one.</param>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to look once.</param>
    /// <param name="order">Which one is taken when several could be.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The index of the one that took place; -1 when the time was over.</returns>
    /// <exception cref="ArgumentException">No alternatives.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; none took place.</exception>
    /// <exception cref="ObjectDisposedException">A segment was disposed.</exception>
    public static ValueTask<int> WaitAsync(
        IReadOnlyList<SelectCase> cases,
        TimeSpan timeout,
        SelectOrder order = SelectOrder.Fair,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cases);
        long deadline = Deadlines.From(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        RequireCases(cases.Count);
        AsyncSleeper sleeper = AsyncSleeper.Rent(cases);
        bool waits = false;
        try
        {
            var scan = new SelectScan(sleeper.Cases, order);
            int chosen = scan.Look(sleeper.Cases);
            waits = chosen < 0 && deadline != 0;
            return waits
                ? SelectWait.RunAsync(sleeper, scan, deadline, cancellationToken)
                : new ValueTask<int>(chosen);
        }
        finally
        {
            if (!waits)
            {
                sleeper.Return();
            }
        }
    }

    private static void RequireCases(int count)
    {
        if (count == 0)
        {
            throw new ArgumentException("A select needs at least one alternative; a time alone can be one.",
                nameof(count));
        }
    }
}
