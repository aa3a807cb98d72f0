using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>One subscriber of a broadcast: sees every value from its subscription on.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <remarks>
/// <para>One thread at a time. Disposing it frees its place and stops gating; so does the death of its process.</para>
/// <para>All runs of operators over it share its position.</para>
/// </remarks>
public sealed class BroadcastSubscription<T> : StreamSource<T>, ISelectable<T>, IDisposable
    where T : unmanaged
{
    private readonly BroadcastCore _core;
    private readonly SubscriberLine _line;
    private SubscriptionWaitBox<T>? _wait;
    private BroadcastWindow<T> _window;
    private LookAway _lookAway;
    private int _disposed;

    private BroadcastSubscription(SharedBroadcast<T> broadcast, in SubscriberLine line, SubscriptionOptions options)
    {
        Broadcast = broadcast;
        Options = options;
        _core = broadcast.Core;
        _line = line;
        Watch = new PublisherWatch(_core);
        Announce();
    }

    /// <summary>The broadcast.</summary>
    public SharedBroadcast<T> Broadcast { get; }

    /// <summary>How it was subscribed.</summary>
    public SubscriptionOptions Options { get; }

    /// <summary>The next value it will read, counted from the broadcast's beginning.</summary>
    public ulong Position => _window.Next;

    /// <summary>Values published and not read yet.</summary>
    public long Behind => (long)(Broadcast.Position - _window.Next);

    /// <summary>Values from after the subscription that were overwritten before it read them; only without
    /// gate.</summary>
    public long LostCount => _window.LostCount;

    /// <summary>Whether the publisher let it go because it held it up for too long.</summary>
    public bool IsEvicted => _line.IsEvicted;

    /// <inheritdoc/>
    WaitSite ISelectable<T>.Site => _core.Items;

    /// <inheritdoc/>
    bool ISelectable<T>.LooksAlone => true;

    internal BroadcastCore Core => _core;

    internal PublisherWatch Watch { get; }

    /// <summary>Reads the next value if it is there. Does not wait.</summary>
    /// <param name="value">The value.</param>
    /// <returns>False when there is none now, or no more.</returns>
    /// <exception cref="ObjectDisposedException">The subscription was disposed.</exception>
    public bool TryNext(out T value) => Poll(out value) == NextOutcome.Value;

    /// <summary>Reads the next value; waits for it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to look
    /// once.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>How the wait ended.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was read.</exception>
    /// <exception cref="ObjectDisposedException">The subscription, or the segment, was disposed.</exception>
    public NextOutcome Next(out T value, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        NextOutcome outcome = Poll(out value);
        return outcome == NextOutcome.TimedOut && timeout != TimeSpan.Zero
            ? Wait(out value, timeout, cancellationToken)
            : outcome;
    }

    /// <summary>Reads the next value; waits for it without holding a thread.</summary>
    /// <inheritdoc cref="Next" path="/param[@name != 'value']"/>
    /// <inheritdoc cref="Next" path="/returns"/>
    /// <inheritdoc cref="Next" path="/exception"/>
    public ValueTask<StreamNext<T>> NextAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        NextOutcome outcome = Poll(out T value);
        return outcome == NextOutcome.TimedOut && timeout != TimeSpan.Zero
            ? WaitAsync(timeout, cancellationToken)
            : new ValueTask<StreamNext<T>>(new StreamNext<T>(outcome, value));
    }

    /// <summary>Reads as many values as are there. Does not wait.</summary>
    /// <param name="values">Receives the values, oldest first.</param>
    /// <returns>How many were read.</returns>
    /// <exception cref="ObjectDisposedException">The subscription was disposed.</exception>
    public int TryNext(Span<T> values)
    {
        int count = _window.Take(values);
        if (count == 0)
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        }

        GC.KeepAlive(this);
        return count;
    }

    /// <summary>The alternative "a value was read" of a <see cref="SharedSelect"/>. It has no value when the broadcast
    /// is closed and read to its end, when this subscription was let go (<see cref="IsEvicted"/>), and once when the
    /// publisher's process died; a select after that waits for a successor.</summary>
    public SelectCase<T> Receiving() => new(this);

    /// <inheritdoc/>
    SelectState ISelectable<T>.TryComplete(out T value)
    {
        var look = new SubscriptionWait<T>(this);
        _ = look.IsMet();
        value = look.Value;
        return StreamWaits.StateOf(look.Outcome);
    }

    /// <inheritdoc/>
    OwnerRecord? ISelectable<T>.Arm() => null;

    /// <inheritdoc/>
    void ISelectable<T>.Disarm(OwnerRecord? armed)
    {
        // Nothing was raised.
    }

    /// <inheritdoc/>
    void IWaitWatch.Look() => Watch.Look();

    /// <summary>Frees its place. Idempotent.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0 || _core.Segment.IsDisposed)
        {
            return;
        }

        _window.Drop();
        _line.State.WriteRelease(BroadcastSubscriber.Free);
        StepHook.At("broadcast-line-freed");
        StreamRoles.Give(_core.Segment, _line.Offset);
        _core.Room.FenceAndWakeAll();
        GC.KeepAlive(this);
    }

    internal static BroadcastSubscription<T> Join(SharedBroadcast<T> broadcast, SubscriptionOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.History, "options.History");
        if (options.Policy == SubscriberPolicy.Evict)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.EvictAfter, TimeSpan.Zero, "options.EvictAfter");
        }

        BroadcastCore core = broadcast.Core;
        foreach (SubscriberLine line in core.Lines)
        {
            // The line of a dead subscriber is free too: its kernel lock is gone.
            if (StreamRoles.TryTake(core.Segment, line.Offset))
            {
                return new BroadcastSubscription<T>(broadcast, line, options);
            }
        }

        throw new SegmentBusyException(
            $"Could not subscribe to broadcast '{core.Entry.Name}' in segment '{core.Memory.Name}': all "
            + $"{core.Lines.Length} places are "
            + "taken. End a subscription, or create the broadcast with more.",
            "subscribe", core.Memory.Name);
    }

    internal override StreamCursor<T> OpenCursor() => new SubscriptionRun<T>(this);

    /// <summary>Looks once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal NextOutcome Poll(out T value)
    {
        if (!_window.TryTake(out value))
        {
            return PollSlow(out value);
        }

        GC.KeepAlive(this);
        return NextOutcome.Value;
    }

    /// <summary>Whether a look would give anything but "not yet"; reads nothing.</summary>
    internal bool IsReady() => _window.HasMore || _core.IsClosed || IsEvicted || Volatile.Read(ref _disposed) != 0;

    // CLAIM the line is ours by its kernel lock; what the last user left is replaced before it becomes active.
    private void Announce()
    {
        StepHook.At("broadcast-line-locked");
        ProcessIdentity me = ProcessIdentity.Current;
        _line.State.WriteRelease(BroadcastSubscriber.Free);
        _ = _line.Generation.Increment();
        _line.ProcessId.WriteRelease((ulong)me.ProcessId);
        _line.StartTicks.WriteRelease(me.StartTicks);
        _line.Lost.WriteRelease(0);
        _line.Policy.WriteRelease((uint)Options.Policy);
        _line.EvictNanoseconds.WriteRelease(
            Options.Policy == SubscriberPolicy.Evict ? (ulong)Options.EvictAfter.TotalNanoseconds : 0);
        ulong history = Math.Min((ulong)Options.History, _core.Capacity);
        ulong word = _core.Position.ReadAcquire();
        _line.Cursor.WriteRelease(word - Math.Min(word, history));

        // FENCE activate the line, then read the position; pairs with the publisher's fence in Extend: it sees this
        //   line, or this subscriber begins at or behind the position of that look, which the publisher does not
        //   overtake by a lap before the next.
        _ = _line.State.Exchange(BroadcastSubscriber.Active);
        StepHook.At("broadcast-line-active");
        _window = new BroadcastWindow<T>(_core, Broadcast.Slots, _line, Options.Policy, history);
        _lookAway = new LookAway(_core.Capacity);
        StepHook.At("broadcast-joined");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private NextOutcome PollSlow(out T value)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        if (_window.Refill(out value))
        {
            return NextOutcome.Value;
        }

        if (IsEvicted)
        {
            return NextOutcome.Evicted;
        }

        // Closed first, then this look: what was published before the close is visible by then.
        return !_core.IsClosed ? NextOutcome.TimedOut
            : _window.Refill(out value) ? NextOutcome.Value
            : NextOutcome.Closed;
    }

    private NextOutcome Wait(out T value, TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _lookAway.CaughtUp(_window.Next);
        var wait = new SubscriptionWait<T>(this);
        _ = _core.Items.Wait(ref wait, Watch, Deadlines.From(timeout), cancellationToken);
        value = wait.Value;
        GC.KeepAlive(this);
        return wait.Outcome;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<StreamNext<T>> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SubscriptionWaitBox<T> wait = _wait ??= new SubscriptionWaitBox<T>(this);
        _ = await PooledWait.RunAsync(_core.Items, wait, Watch, Deadlines.From(timeout), cancellationToken)
            .ConfigureAwait(false);
        return new StreamNext<T>(wait.Outcome, wait.Value);
    }
}
