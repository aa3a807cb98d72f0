using System.Diagnostics.CodeAnalysis;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Executes something once in all processes that open the segment (spec zeroipc 2.13; the peers'
/// Once).</summary>
/// <remarks>
/// <para>Thread-safe. Whoever comes while another executes waits until it is done. As with the peers, an executor that
/// throws counts
/// as done.</para>
/// <para>An executor of ours that dies is noticed: the next one executes and is told. A peer's death is not visible;
/// give such calls
/// a time-out.</para>
/// </remarks>
public sealed class SharedOnce
{
    private const string Kind = "once";
    private const int SizeBytes = 4;

    private readonly SharedMemory _memory;
    private readonly OnceCore _core;

    private SharedOnce(SharedMemory memory, string name, long offset)
    {
        _memory = memory;
        Name = name;
        uint state = memory.Segment.UInt32(offset).ReadAcquire();
        if (state > (uint)OnceState.Done)
        {
            throw SyncEntry.BadField(memory, Kind, name, "state", "0, 1 or 2", Format.Number(state), offset);
        }

        _core = new OnceCore(memory.Segment, memory.Waits(), offset);
    }

    /// <summary>The entry's name.</summary>
    public string Name { get; }

    /// <summary>The state at this moment.</summary>
    public OnceState State => (OnceState)_core.State;

    /// <summary>Creates one that is pending.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name, at most 31 bytes of UTF-8.</param>
    /// <exception cref="EntryExistsException">The name is taken.</exception>
    /// <exception cref="SegmentFullException">The segment or its name table is full.</exception>
    public static SharedOnce Create(SharedMemory memory, string name)
    {
        ArgumentNullException.ThrowIfNull(memory);
        _ = memory.Allocate(new EntryRequest(name, SizeBytes));
        return Open(memory, name);
    }

    /// <summary>Opens one, whichever language created it.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <exception cref="EntryNotFoundException">No such entry.</exception>
    /// <exception cref="SegmentFormatException">The entry is not a once.</exception>
    public static SharedOnce Open(SharedMemory memory, string name) =>
        new(memory, name, SyncEntry.Find(memory, name, Kind, SizeBytes));

    /// <summary>Opens one if it exists.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="once">The once.</param>
    /// <returns>False when there is no such entry.</returns>
    /// <exception cref="SegmentFormatException">The entry is not a once.</exception>
    public static bool TryOpen(SharedMemory memory, string name, [NotNullWhen(true)] out SharedOnce? once) =>
        (once = SyncEntry.TryOpen(memory, name, () => Open(memory, name))) is not null;

    /// <summary>Opens one, or creates it if there is none; safe when several processes do so at once.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <exception cref="SegmentFormatException">The entry is not a once.</exception>
    public static SharedOnce CreateOrOpen(SharedMemory memory, string name) =>
        SyncEntry.CreateOrOpen(memory, name, () => Create(memory, name), () => Open(memory, name));

    /// <summary>Executes the action unless it was executed; waits while another process executes.</summary>
    /// <param name="action">What to execute.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>Who executed.</returns>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    /// <remarks>An exception of the action passes through; the state is "done" then.</remarks>
    public OnceOutcome Call(Action action, CancellationToken cancellationToken = default) =>
        Call(action, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Executes the action unless it was executed; waits at most a given time while another process
    /// executes.</summary>
    /// <param name="action">What to execute.</param>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero not at
    /// all.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>Who executed, or that the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public OnceOutcome Call(Action action, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (IsDone())
        {
            return OnceOutcome.AlreadyExecuted;
        }

        OnceOutcome outcome = _core.Enter(Deadlines.From(timeout), cancellationToken, out OwnerRecord? record);
        if (record is not null)
        {
            try
            {
                action();
            }
            finally
            {
                _core.Complete(record);
            }
        }

        return outcome;
    }

    /// <summary>Executes an asynchronous function unless it was executed; waits without holding a thread.</summary>
    /// <param name="function">What to execute.</param>
    /// <param name="cancellationToken">Ends the wait at once; passed to the function.</param>
    /// <returns>Who executed.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public ValueTask<OnceOutcome> CallAsync(
        Func<CancellationToken, ValueTask> function, CancellationToken cancellationToken = default) =>
        CallAsync(function, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>The same, waiting at most a given time for another executor.</summary>
    /// <param name="function">What to execute.</param>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero not at
    /// all.</param>
    /// <param name="cancellationToken">Ends the wait at once; passed to the function.</param>
    /// <returns>Who executed, or that the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public async ValueTask<OnceOutcome> CallAsync(
        Func<CancellationToken, ValueTask> function, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (IsDone())
        {
            return OnceOutcome.AlreadyExecuted;
        }

        (OnceOutcome outcome, OwnerRecord? record) =
            await _core.EnterAsync(Deadlines.From(timeout), cancellationToken).ConfigureAwait(false);
        if (record is not null)
        {
            try
            {
                await function(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _core.Complete(record);
            }
        }

        return outcome;
    }

    /// <summary>Back to pending. Only while nobody calls: with the peers, a call that waits then returns without
    /// executing.</summary>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public void Reset()
    {
        ThrowIfDisposed();
        _core.Reset();
    }

    private bool IsDone()
    {
        ThrowIfDisposed();
        return _core.State == (uint)OnceState.Done;
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_core.Site.Table.IsDisposed, _memory);
}
