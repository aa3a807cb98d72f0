using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The blocking and asynchronous ways to take a mutex or semaphore: at once, or in line.</summary>
internal static class CountLockWaits
{
    /// <summary>Waits in line and takes.</summary>
    /// <param name="subject">The mutex or semaphore.</param>
    /// <param name="record">A free record; it says "held" when a mutex was taken, and is cleared otherwise.</param>
    /// <param name="deadlineNanoseconds">End of the wait on <see cref="MonotonicClock"/>.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    internal static LineOutcome Acquire(
        this CountLock subject, OwnerRecord record, long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        var wait = new LineWait(subject, record, deadlineNanoseconds, cancellationToken);
        try
        {
            while (true)
            {
                LineStep step = wait.Step();
                if (step != LineStep.Sleep)
                {
                    return wait.Outcome(step);
                }

                wait.Woken(SharedFutex.WaitUntil(wait.Word, wait.Expected, wait.Until, cancellationToken));
            }
        }
        finally
        {
            wait.End();
            GC.KeepAlive(subject.Table);
        }
    }

    /// <summary>Waits in line and takes, without holding a thread while it sleeps.</summary>
    /// <inheritdoc cref="Acquire"/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal static async ValueTask<LineOutcome> AcquireAsync(
        this CountLock subject, OwnerRecord record, long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        var wait = new LineWait(subject, record, deadlineNanoseconds, cancellationToken);
        try
        {
            while (true)
            {
                LineStep step = wait.Step();
                if (step != LineStep.Sleep)
                {
                    return wait.Outcome(step);
                }

                wait.Woken(await AsyncFutex.WaitUntilAsync(
                    subject.Site.File, wait.Word, wait.Expected, wait.Until, cancellationToken).ConfigureAwait(false));
            }
        }
        finally
        {
            wait.End();
            GC.KeepAlive(subject.Table);
        }
    }

    /// <summary>Takes the mutex, at once or in line; the result is not held when the time was over.</summary>
    internal static MutexLock Enter(this CountLock subject, long deadlineNanoseconds,
        CancellationToken cancellationToken)
    {
        OwnerRecord record = subject.TakeRecord();
        if (subject.Line.IsEmpty && subject.TryTake(record))
        {
            return new MutexLock(subject, record, abandoned: false);
        }

        _ = subject.AcquireOrRelease(record, deadlineNanoseconds, cancellationToken, out MutexLock held);
        return held;
    }

    /// <summary>The same without holding a thread.</summary>
    internal static ValueTask<MutexLock> EnterAsync(
        this CountLock subject, long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        OwnerRecord record = subject.TakeRecord();
        return subject.Line.IsEmpty && subject.TryTake(record)
            ? new ValueTask<MutexLock>(new MutexLock(subject, record, abandoned: false))
            : subject.AcquireOrReleaseAsync(record, deadlineNanoseconds, cancellationToken);
    }

    /// <summary>Takes the mutex again with the record of a lock that was given back meanwhile.</summary>
    internal static void LockAgain(this CountLock subject, OwnerRecord record)
    {
        if (subject.Line.IsEmpty && subject.TryTake(record))
        {
            return;
        }

        var outcome = LineOutcome.TimedOut;
        try
        {
            outcome = subject.Acquire(record, long.MaxValue, CancellationToken.None);
        }
        finally
        {
            EndLockAgain(record, outcome);
        }
    }

    /// <summary>The same without holding a thread.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal static async ValueTask LockAgainAsync(this CountLock subject, OwnerRecord record)
    {
        if (subject.Line.IsEmpty && subject.TryTake(record))
        {
            return;
        }

        var outcome = LineOutcome.TimedOut;
        try
        {
            outcome = await subject.AcquireAsync(record, long.MaxValue, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            EndLockAgain(record, outcome);
        }
    }

    /// <summary>Waits in line for the mutex; gives the record back when it is not taken.</summary>
    internal static bool AcquireOrRelease(
        this CountLock subject,
        OwnerRecord record,
        long deadlineNanoseconds,
        CancellationToken cancellationToken,
        out MutexLock held)
    {
        if (subject.Line.MayOvertake && subject.TryTake(record))
        {
            held = new MutexLock(subject, record, abandoned: false);
            return true;
        }

        var outcome = LineOutcome.TimedOut;
        try
        {
            outcome = subject.Acquire(record, deadlineNanoseconds, cancellationToken);
        }
        finally
        {
            if (outcome == LineOutcome.TimedOut)
            {
                record.Release();
            }
        }

        held = outcome == LineOutcome.TimedOut
            ? default : new MutexLock(subject, record, outcome == LineOutcome.Inherited);
        return held.IsHeld;
    }

    /// <summary>The same without holding a thread.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal static async ValueTask<MutexLock> AcquireOrReleaseAsync(
        this CountLock subject, OwnerRecord record, long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        var outcome = LineOutcome.TimedOut;
        try
        {
            outcome = await subject.AcquireAsync(record, deadlineNanoseconds, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (outcome == LineOutcome.TimedOut)
            {
                record.Release();
            }
        }

        return outcome == LineOutcome.TimedOut
            ? default : new MutexLock(subject, record, outcome == LineOutcome.Inherited);
    }

    /// <summary>Waits in line for a permit.</summary>
    /// <returns>False when the time was over.</returns>
    internal static bool AcquirePermit(
        this CountLock subject, long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        OwnerRecord record = subject.TakeRecord();
        try
        {
            return subject.Acquire(record, deadlineNanoseconds, cancellationToken) != LineOutcome.TimedOut;
        }
        finally
        {
            record.Release();
        }
    }

    /// <summary>The same without holding a thread.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal static async ValueTask<bool> AcquirePermitAsync(
        this CountLock subject, long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        OwnerRecord record = subject.TakeRecord();
        try
        {
            return await subject.AcquireAsync(record, deadlineNanoseconds, cancellationToken).ConfigureAwait(false)
                != LineOutcome.TimedOut;
        }
        finally
        {
            record.Release();
        }
    }

    // Not taken again (the segment was disposed): the caller's lock counts as disposed.
    private static void EndLockAgain(OwnerRecord record, LineOutcome outcome)
    {
        record.WasAbandoned |= outcome == LineOutcome.Inherited;
        if (outcome == LineOutcome.TimedOut)
        {
            record.Release();
        }
    }
}
