namespace Plenum.Platform;

/// <content>Waiting without a thread.</content>
public static unsafe partial class SharedFutex
{
    /// <summary>Waits while the word holds a value, without occupying a thread.</summary>
    /// <param name="segment">The segment that the word lies in; it stays mapped until the wait ends, even if it is
    /// disposed.</param>
    /// <param name="word">The word.</param>
    /// <param name="expected">The value to wait on.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever; zero looks
    /// once.</param>
    /// <param name="cancellationToken">Ends the wait at once, without polling.</param>
    /// <returns>Why the wait ended. Await the value task exactly once.</returns>
    /// <remarks>
    /// <para>Never blocks. Allocates nothing after warm-up: the value task's source is pooled. The continuation runs on
    /// the thread pool, on a thread of the library that watches no other word, or on the captured context, so it may
    /// block without delaying other waits.</para>
    /// <para>Wakers must change the word before they wake, as all of this library's protocols do: a bare wake of an
    /// unchanged word is missed when another awaited word is woken at the same moment. Where one waker wakes one
    /// waiter, whoever gives up (cancelled, timed out) and finds the condition true passes the wake on; a word may have
    /// changed in between.</para>
    /// <para>Any number may be pending: the first eight have a thread each, each 127 further ones share one.</para>
    /// </remarks>
    /// <exception cref="ArgumentException">The word does not lie in the segment.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed before the wait began.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ValueTask<WaitResult> WaitAsync(
        SharedSegment segment,
        SharedUInt32 word,
        uint expected,
        TimeSpan timeout,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(segment);
        long deadline = MonotonicClock.Deadline(timeout);
        segment.RequireInside(word);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<WaitResult>(cancellationToken);
        }

        if (word.ReadAcquire() != expected)
        {
            return new ValueTask<WaitResult>(WaitResult.ValueChanged);
        }

        if (timeout == TimeSpan.Zero)
        {
            return new ValueTask<WaitResult>(WaitResult.TimedOut);
        }

        AwaitEntry entry = AwaitEntry.ForWord(segment, word, expected, deadline, cancellationToken);
        try
        {
            // The entry may end, and let go of the segment, before the registration is through with the word.
            segment.AddReference();
        }
        catch
        {
            entry.Abandon();
            throw;
        }

        try
        {
            return new ValueTask<WaitResult>(entry, AwaitHub.Register(entry));
        }
        catch
        {
            entry.Abandon();
            throw;
        }
        finally
        {
            segment.ReleaseReference();
        }
    }
}
