using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Pulls a run through a source and waits where it has no value yet.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class StreamPuller<T>(StreamCursor<T> cursor) : IDisposable
{
    private readonly List<IStreamLeaf> _leaves = [];
    private T _current = default!;

    internal T Current => _current;

    /// <summary>Looks for a value without waiting.</summary>
    internal Pull TryNext() => cursor.TryPull(out _current);

    /// <summary>Waits for a value; false at the end of the source.</summary>
    internal bool Next(CancellationToken cancellationToken)
    {
        while (true)
        {
            Pull pull = cursor.TryPull(out _current);
            if (pull != Pull.Pending)
            {
                return pull == Pull.Value;
            }

            cancellationToken.ThrowIfCancellationRequested();
            long deadline = Prepare();
            if (_leaves.Count == 1)
            {
                _ = _leaves[0].Wait(deadline, cancellationToken);
            }
            else
            {
                WaitAsync(deadline, cancellationToken).GetAwaiter().GetResult();
            }
        }
    }

    /// <summary>Waits for a value without holding a thread; false at the end of the source.</summary>
    internal async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Pull pull = cursor.TryPull(out _current);
            if (pull != Pull.Pending)
            {
                return pull == Pull.Value;
            }

            cancellationToken.ThrowIfCancellationRequested();
            long deadline = Prepare();
            if (_leaves.Count == 1)
            {
                _ = await _leaves[0].WaitAsync(deadline, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await WaitAsync(deadline, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public void Dispose() => cursor.Dispose();

    private long Prepare()
    {
        _leaves.Clear();
        cursor.AddLeaves(_leaves);
        return cursor.DueIn is { } due
            ? MonotonicClock.Nanoseconds + Math.Max(1, (long)Math.Min(due.TotalNanoseconds, long.MaxValue / 4))
            : long.MaxValue;
    }

    // Whichever place changes first ends the waits at all of them.
    private async Task WaitAsync(long deadline, CancellationToken cancellationToken)
    {
        using var first = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waits = new List<Task>(_leaves.Count);
        foreach (IStreamLeaf leaf in _leaves)
        {
            waits.Add(Task.Run(() => leaf.WaitAsync(deadline, first.Token).AsTask(), CancellationToken.None));
        }

        if (waits.Count == 0)
        {
            long left = Math.Max(0, Math.Min(deadline - MonotonicClock.Nanoseconds, 3_600_000_000_000));
            await Task.Delay(TimeSpan.FromTicks((left + 99) / 100), cancellationToken).ConfigureAwait(false);
            return;
        }

        Task ended = await Task.WhenAny(waits).ConfigureAwait(false);
        await first.CancelAsync().ConfigureAwait(false);
        foreach (Task wait in waits)
        {
            await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (ended.IsFaulted)
        {
            await ended.ConfigureAwait(false);
        }
    }
}
