using System.Runtime.CompilerServices;
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
            Task<int> task = RunAsync(
                AsyncSleeper.Rent(cases), scan, deadlineNanoseconds, cancellationToken).AsTask();
            return task.GetAwaiter().GetResult();
        }

        int chosen = -1;
        long due = Due(cases, deadlineNanoseconds);
        var spin = new SpinWaiter(StrategyOf(cases));
        var plan = default(SleepPlan);
        var watch = default(LateWatch);
        bool timedOut = false;
        try
        {
            while ((chosen = scan.Look(cases)) < 0)
            {
                if (spin.SpinOnce())
                {
                    continue;
                }

                if (IsOver(cases, due, ref watch, cancellationToken))
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

                    timedOut = Sleep(cases, plan.Next(LooksAgain(cases), due), cancellationToken);
                }
                finally
                {
                    Withdraw(cases);
                }
            }

            if (timedOut && !cases[chosen].WasWoken && !LooksAgain(cases) && cases[chosen].Site is not null)
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

    /// <summary>Waits without holding a thread; gives the sleeper back at its end.</summary>
    /// <inheritdoc cref="Run"/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal static async ValueTask<int> RunAsync(
        AsyncSleeper sleeper, SelectScan scan, long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        int chosen = -1;
        long due = Due(sleeper.Cases, deadlineNanoseconds);
        var plan = default(SleepPlan);
        var watch = default(LateWatch);
        sleeper.Follow(cancellationToken);
        try
        {
            while ((chosen = scan.Look(sleeper.Cases)) < 0)
            {
                if (IsOver(sleeper.Cases, due, ref watch, cancellationToken))
                {
                    return chosen = scan.Look(sleeper.Cases);
                }

                sleeper.Arm();
                if (cancellationToken.IsCancellationRequested)
                {
                    // Its callback may have come before the sleeper was armed.
                    sleeper.Wake();
                }

                try
                {
                    Join(sleeper);
                    chosen = scan.Look(sleeper.Cases);
                    if (chosen < 0)
                    {
                        sleeper.Plan(plan.Next(LooksAgain(sleeper.Cases), due));
                        _ = await sleeper.Sleep().ConfigureAwait(false);
                    }
                }
                finally
                {
                    Leave(sleeper);
                }

                _ = await sleeper.Disarm().ConfigureAwait(false);
                if (chosen >= 0)
                {
                    return chosen;
                }
            }

            return chosen;
        }
        finally
        {
            PassOn(sleeper.Cases, chosen);
            sleeper.Return();
        }
    }

    /// <summary>The strategy of the segment that spins the longest; a select over times alone sleeps at
    /// once.</summary>
    internal static WaitStrategy StrategyOf(ReadOnlySpan<SelectCase> cases)
    {
        WaitStrategy longest = WaitStrategy.PowerSaving;
        foreach (SelectCase one in cases)
        {
            if (one.Site is { Table.Strategy: var strategy } && strategy.SpinNanoseconds > longest.SpinNanoseconds)
            {
                longest = strategy;
            }
        }

        return longest;
    }

    private static bool IsOver(
        ReadOnlySpan<SelectCase> cases, long due, ref LateWatch watch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (SelectCase one in cases)
        {
            ObjectDisposedException.ThrowIf(one.Site is { Table.IsDisposed: true }, typeof(SharedMemory));
        }

        bool isOver = MonotonicClock.Nanoseconds >= due;
        if (isOver ? watch.IsDueAtTheEnd : watch.IsDue())
        {
            foreach (SelectCase one in cases)
            {
                if (isOver || one.MayLook())
                {
                    one.Look();
                }
            }
        }

        return isOver;
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

    // Whether a change may come without a wake-up: from a peer that polls, or where the system has no heavy fence.
    private static bool LooksAgain(ReadOnlySpan<SelectCase> cases)
    {
        foreach (SelectCase one in cases)
        {
            if (one.Site is { Table.ForeignPeers: true } or { LooksAgainSoon: true })
            {
                return true;
            }
        }

        return false;
    }

    private static void Join(AsyncSleeper sleeper)
    {
        foreach (SelectCase one in sleeper.Cases)
        {
            one.Join(sleeper);
        }
    }

    private static void Leave(AsyncSleeper sleeper)
    {
        foreach (SelectCase one in sleeper.Cases)
        {
            one.Leave(sleeper);
        }
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
