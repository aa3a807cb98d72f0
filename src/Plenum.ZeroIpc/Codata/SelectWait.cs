using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The waiting part of a select.</summary>
internal static class SelectWait
{
    private static long s_unwoken;

    /// <summary>How often a select among our own processes found something by itself that nobody had woken it for: lost
    /// wake-ups, counted for tests.</summary>
    internal static long UnwokenCount => Interlocked.Read(ref s_unwoken);

    /// <summary>Waits on the calling thread.</summary>
    /// <returns>The index of the alternative that took place; -1 when the time was over.</returns>
    internal static int Run(
        ReadOnlySpan<SelectCase> cases, ref SelectScan scan, long deadlineNanoseconds,
        CancellationToken cancellationToken)
    {
        if (SiteCount(cases) > SharedFutex.MaxWords)
        {
            Task<int> task = RunAsync(cases.ToArray(), scan, deadlineNanoseconds, cancellationToken).AsTask();
            return task.GetAwaiter().GetResult();
        }

        int chosen = -1;
        long due = Due(cases, deadlineNanoseconds);
        var spin = new SpinWaiter(WaitStrategy.Balanced);
        var plan = default(SleepPlan);
        bool timedOut = false;
        try
        {
            while ((chosen = scan.Look(cases)) < 0)
            {
                if (spin.SpinOnce())
                {
                    continue;
                }

                if (IsOver(cases, due, ref plan, cancellationToken))
                {
                    return chosen = scan.Look(cases);
                }

                try
                {
                    Announce(cases);
                    if ((chosen = scan.Look(cases)) >= 0)
                    {
                        return chosen;
                    }

                    timedOut = Sleep(cases, plan.Next(HasForeignPeers(cases), due), cancellationToken);
                }
                finally
                {
                    Withdraw(cases);
                }
            }

            if (timedOut && !cases[chosen].WasWoken && !HasForeignPeers(cases) && cases[chosen].Site is not null)
            {
                _ = Interlocked.Increment(ref s_unwoken);
            }

            return chosen;
        }
        finally
        {
            PassOn(cases, chosen);
        }
    }

    /// <summary>Waits without holding a thread.</summary>
    /// <inheritdoc cref="Run"/>
    internal static async ValueTask<int> RunAsync(
        SelectCase[] cases, SelectScan scan, long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        int chosen = -1;
        long due = Due(cases, deadlineNanoseconds);
        var plan = default(SleepPlan);
        using var sleeper = new AsyncSleeper(cancellationToken);
        try
        {
            while ((chosen = scan.Look(cases)) < 0)
            {
                if (IsOver(cases, due, ref plan, cancellationToken))
                {
                    return chosen = scan.Look(cases);
                }

                sleeper.Arm();
                if (cancellationToken.IsCancellationRequested)
                {
                    // Its callback may have come before the sleeper was armed.
                    sleeper.Wake();
                }

                try
                {
                    Array.ForEach(cases, one => one.Join(sleeper));
                    chosen = scan.Look(cases);
                    if (chosen < 0)
                    {
                        sleeper.Plan(plan.Next(HasForeignPeers(cases), due));
                        await sleeper.Sleep().ConfigureAwait(false);
                    }
                }
                finally
                {
                    Array.ForEach(cases, one => one.Leave(sleeper));
                }

                await sleeper.Disarm().ConfigureAwait(false);
                if (chosen >= 0)
                {
                    return chosen;
                }
            }

            return chosen;
        }
        finally
        {
            PassOn(cases, chosen);
        }
    }

    private static bool IsOver(
        ReadOnlySpan<SelectCase> cases, long due, ref SleepPlan plan, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (SelectCase one in cases)
        {
            ObjectDisposedException.ThrowIf(one.Site is { Table.IsDisposed: true }, typeof(SharedMemory));
        }

        if (MonotonicClock.Nanoseconds >= due)
        {
            return true;
        }

        if (plan.IsWatchDue())
        {
            foreach (SelectCase one in cases)
            {
                one.Look();
            }
        }

        return false;
    }

    // True when nothing but time ended the sleep.
    private static bool Sleep(ReadOnlySpan<SelectCase> cases, long until, CancellationToken cancellationToken)
    {
        Span<SharedUInt32> words = stackalloc SharedUInt32[cases.Length];
        Span<uint> expected = stackalloc uint[cases.Length];
        int count = 0;
        foreach (SelectCase one in cases)
        {
            if (one.Site is { } site)
            {
                words[count] = site.SequenceCell;
                expected[count++] = one.Sequence;
            }
        }

        if (count > 0)
        {
            return SharedFutex.WaitAny(words[..count], expected[..count], until,
                cancellationToken) == WaitResult.TimedOut;
        }

        // Nothing but times.
        long left = Math.Clamp(((until - MonotonicClock.Nanoseconds) / 1_000_000) + 1, 0, int.MaxValue);
        return !cancellationToken.WaitHandle.WaitOne((int)left);
    }

    private static void Announce(ReadOnlySpan<SelectCase> cases)
    {
        foreach (SelectCase one in cases)
        {
            one.Announce();
        }
    }

    private static void Withdraw(ReadOnlySpan<SelectCase> cases)
    {
        foreach (SelectCase one in cases)
        {
            one.Withdraw();
        }
    }

    private static void PassOn(ReadOnlySpan<SelectCase> cases, int chosen)
    {
        for (int i = 0; i < cases.Length; i++)
        {
            if (i != chosen)
            {
                cases[i].PassOn();
            }
        }
    }

    private static long Due(ReadOnlySpan<SelectCase> cases, long deadline)
    {
        foreach (SelectCase one in cases)
        {
            deadline = Math.Min(deadline, one.DueNanoseconds);
        }

        return deadline;
    }

    private static bool HasForeignPeers(ReadOnlySpan<SelectCase> cases)
    {
        foreach (SelectCase one in cases)
        {
            if (one.Site is { Table.ForeignPeers: true })
            {
                return true;
            }
        }

        return false;
    }

    private static int SiteCount(ReadOnlySpan<SelectCase> cases)
    {
        int count = 0;
        foreach (SelectCase one in cases)
        {
            count += one.Site is null ? 0 : 1;
        }

        return count;
    }
}
