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
    // A reader that found several values at once and then nothing looks away for a moment, so that the writer keeps its
    // cache lines. Worth, processors that share no cache: 17 million values a second with a run of 16 (a writer that is
    // kept waiting for its lines never gets 16 ahead), 43 million with 2. A value that comes alone waits for nothing.
    private const int StreamingRun = 2;
    private const int StreamingPauses = 40;

    private readonly BroadcastCore _core;
    private readonly BroadcastSlots<T> _slots;
    private readonly SubscriberLine _line;
    private readonly SharedUInt64 _cursor;
    private readonly WaitSite _room;
    private readonly bool _isGating;
    private SubscriptionWaitBox<T>? _wait;
    private ulong _next;
    private ulong _emptyAt;
    private long _lost;
    private int _disposed;

    private BroadcastSubscription(SharedBroadcast<T> broadcast, in SubscriberLine line, SubscriptionOptions options)
    {
        Broadcast = broadcast;
        Options = options;
        _core = broadcast.Core;
        _slots = broadcast.Slots;
        _line = line;
        _cursor = line.Cursor;
        _room = _core.Room;
        _isGating = options.Policy != SubscriberPolicy.DropOldest;
        Watch = new PublisherWatch(_core);
        Announce();
    }

    /// <summary>The broadcast.</summary>
    public SharedBroadcast<T> Broadcast { get; }

    /// <summary>How it was subscribed.</summary>
    public SubscriptionOptions Options { get; }

    /// <summary>The next value it will read, counted from the broadcast's beginning.</summary>
    public ulong Position => _next;

    /// <summary>Values published and not read yet.</summary>
    public long Behind => (long)(Broadcast.Position - _next);

    /// <summary>Values from after the subscription that were overwritten before it read them; only without
    /// gate.</summary>
    public long LostCount => _lost;

    /// <summary>Whether the publisher let it go because it held it up for too long.</summary>
    public bool IsEvicted => _line.State.ReadAcquire() == BroadcastSubscriber.Evicted;

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
        int count = 0;
        while (count < values.Length)
        {
            ulong next = _next;
            if (_slots.TryRead(next, out values[count], out _))
            {
                _next = next + 1;
                count++;
            }
            else if (Poll(out values[count]) == NextOutcome.Value)
            {
                count++;
            }
            else
            {
                break;
            }
        }

        if (count > 0)
        {
            Advance(_next);
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

        _line.State.WriteRelease(BroadcastSubscriber.Free);
        StepHook.At("broadcast-line-freed");
        StreamRoles.Give(_core.Segment, _line.Offset);
        _room.FenceAndWakeAll();
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
        ulong next = _next;
        if (_slots.TryRead(next, out value, out ulong found))
        {
            _next = next + 1;
            Advance(next + 1);
            GC.KeepAlive(this);
            return NextOutcome.Value;
        }

        return PollSlow(found, out value);
    }

    /// <summary>Whether a look would give anything but "not yet"; reads nothing.</summary>
    internal bool IsReady() =>
        !IsAtEnd() || _core.IsClosed || IsEvicted || Volatile.Read(ref _disposed) != 0;

    private bool IsAtEnd()
    {
        bool there = _slots.TryRead(_next, out _, out ulong found);
        return !there && found <= BroadcastSlots<T>.Ready(_next) - 1;
    }

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
        _cursor.WriteRelease(word - Math.Min(word, history));

        // FENCE activate the line, then read the position; pairs with the publisher's fence in Extend: it sees this
        //   line, or this subscriber begins at or behind the position of that look, which the publisher does not
        //   overtake by a lap before the next.
        _ = _line.State.Exchange(BroadcastSubscriber.Active);
        StepHook.At("broadcast-line-active");
        ulong end = _slots.FindEnd(_core.Position.ReadAcquire());
        _line.Joined.WriteRelease(end);
        _next = end - Math.Min(end, history);
        _emptyAt = _next;
        Advance(_next);
        StepHook.At("broadcast-joined");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Advance(ulong next)
    {
        // PUBLISH [broadcast-cursor] What is below was copied out. Weaker: the publisher overwrites what is being
        //   copied.
        _cursor.WriteRelease(next);
        StepHook.At("broadcast-read-said");
        if (_isGating)
        {
            _room.LightFenceAndWakeOne();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private NextOutcome PollSlow(ulong found, out T value)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        while (true)
        {
            if (found > BroadcastSlots<T>.Ready(_next))
            {
                if (IsEvicted)
                {
                    value = default;
                    return NextOutcome.Evicted;
                }

                SkipOverwritten(found);
            }
            else if (IsEvicted)
            {
                value = default;
                return NextOutcome.Evicted;
            }
            else if (!_core.IsClosed)
            {
                value = default;
                return NextOutcome.TimedOut;
            }
            else if (IsAtEnd())
            {
                // Closed first, then this look: what was published before the close is visible by then.
                value = default;
                return NextOutcome.Closed;
            }

            if (_slots.TryRead(_next, out value, out found))
            {
                _next++;
                Advance(_next);
                GC.KeepAlive(this);
                return NextOutcome.Value;
            }
        }
    }

    // To the oldest value that will stay for a while: a quarter of the capacity ahead of the writer.
    private void SkipOverwritten(ulong found)
    {
        ulong end = _slots.FindEnd(Math.Max(_core.Position.ReadAcquire(), found / 2));
        ulong oldest = end - Math.Min(end, _core.Capacity - (_core.Capacity / 4));
        ulong target = Math.Max(_next + 1, oldest);
        ulong joined = _line.Joined.ReadAcquire();
        if (target > joined)
        {
            _lost += (long)(target - Math.Max(_next, joined));
            _line.Lost.WriteRelease((ulong)_lost);
        }

        _next = target;
        Advance(target);
    }

    private NextOutcome Wait(out T value, TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_next - _emptyAt >= StreamingRun)
        {
            for (int i = 0; i < StreamingPauses; i++)
            {
                SpinWaiter.Pause();
            }
        }

        _emptyAt = _next;
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
