using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The publisher of a broadcast: the only one, by a kernel lock that ends with its process.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <remarks>One thread at a time. Only what says so waits.</remarks>
public sealed class BroadcastPublisher<T> : IDisposable
    where T : unmanaged
{
    private readonly SharedBroadcast<T> _broadcast;
    private readonly BroadcastGate _gate;
    private readonly BroadcastSlots<T> _slots;
    private readonly SharedUInt32 _closed;
    private readonly WaitSite _items;
    private readonly ulong _inherited;
    private readonly ulong _mostAtOnce;
    private ulong _next;
    private ulong _limit;
    private LookAway _lookAway;
    private long _rejected;
    private int _disposed;

    private BroadcastPublisher(SharedBroadcast<T> broadcast)
    {
        _broadcast = broadcast;
        BroadcastCore core = broadcast.Core;
        _slots = broadcast.Slots;
        _closed = core.Closed;
        _items = core.Items;
        _gate = new BroadcastGate(core);

        _lookAway = new LookAway(core.Capacity);

        // Subscribers that may be overtaken find three quarters whole while a batch is being written.
        _mostAtOnce = Math.Max(1, core.Capacity / 4);

        // What a predecessor left half written is written again. What it claimed stays claimed: the values of the lap
        // before are not whole there. A claim that nobody can have made counts as the largest that one could.
        _next = _slots.End;
        _limit = _next;
        _inherited = Math.Clamp(core.Claimed.ReadAcquire(), _next, _next + core.Capacity);
    }

    /// <summary>Values ever published.</summary>
    public ulong Position => _next;

    /// <summary>Emissions that found no room and gave up.</summary>
    public long RejectedCount => _rejected;

    /// <summary>Subscribers that this publisher let go because they held it up for too long.</summary>
    public long EvictedCount => _gate.EvictedCount;

    /// <summary>Publishes a value if no gating subscriber is a whole capacity behind. Does not wait.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Emitted, full or closed.</returns>
    /// <exception cref="ObjectDisposedException">This publisher was disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public EmitOutcome TryEmit(T value)
    {
        ulong next = _next;
        if (next == _limit || _closed.ReadAcquire() != 0)
        {
            EmitOutcome outcome = Extend();
            if (outcome != EmitOutcome.Emitted)
            {
                return outcome;
            }
        }

        _slots.Write(next, value, Math.Max(next + 1, _inherited));
        _next = next + 1;
        _items.LightFenceAndWakeAll();
        GC.KeepAlive(this);
        return EmitOutcome.Emitted;
    }

    /// <summary>Publishes a value; waits for gating subscribers, for ever.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Emitted or closed.</returns>
    /// <inheritdoc cref="Emit(T, TimeSpan, CancellationToken)" path="/exception"/>
    public EmitOutcome Emit(T value)
    {
        EmitOutcome outcome = TryEmit(value);
        return outcome == EmitOutcome.Full ? Emit(value, Timeout.InfiniteTimeSpan) : outcome;
    }

    /// <summary>Publishes a value; waits for gating subscribers.</summary>
    /// <param name="value">The value.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try
    /// once.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>Emitted, full when the time was over, or closed.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was published.</exception>
    /// <exception cref="ObjectDisposedException">This publisher, or the segment, was disposed.</exception>
    public EmitOutcome Emit(T value, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        EmitOutcome outcome = TryEmit(value);
        if (outcome == EmitOutcome.Full && WaitForRoom(timeout, cancellationToken))
        {
            outcome = TryEmit(value);
        }

        _rejected += outcome == EmitOutcome.Full ? 1 : 0;
        return outcome;
    }

    /// <summary>Publishes a value; waits for gating subscribers without holding a thread.</summary>
    /// <inheritdoc cref="Emit(T, TimeSpan, CancellationToken)"/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<EmitOutcome> EmitAsync(T value, TimeSpan timeout,
        CancellationToken cancellationToken = default)
    {
        EmitOutcome outcome = TryEmit(value);
        if (outcome == EmitOutcome.Full)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _ = await _gate.WaitAsync(_next, Deadlines.From(timeout), cancellationToken).ConfigureAwait(false);
            outcome = TryEmit(value);
        }

        _rejected += outcome == EmitOutcome.Full ? 1 : 0;
        return outcome;
    }

    /// <summary>Publishes as many values as gating subscribers leave room for: one copy, one store that publishes, and
    /// one look for sleepers for up to a quarter of the capacity. Does not wait.</summary>
    /// <param name="values">The values, in order.</param>
    /// <returns>How many, from the start of <paramref name="values"/>; 0 when it is full or closed.</returns>
    /// <exception cref="ObjectDisposedException">This publisher was disposed.</exception>
    public int TryEmit(ReadOnlySpan<T> values)
    {
        int done = 0;
        while (done < values.Length && _closed.ReadAcquire() == 0)
        {
            if (_next == _limit && Extend() != EmitOutcome.Emitted)
            {
                break;
            }

            int count = (int)Math.Min(Math.Min((ulong)(values.Length - done), _limit - _next), _mostAtOnce);
            ulong behind = _next + (ulong)count;
            _slots.Write(_next, values.Slice(done, count), Math.Max(behind, _inherited));
            _next = behind;
            done += count;
            _items.LightFenceAndWakeAll();
        }

        GC.KeepAlive(this);
        return done;
    }

    /// <summary>Publishes all values in order; waits for gating subscribers.</summary>
    /// <param name="values">The values.</param>
    /// <param name="timeout">How long at most.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>How many were published.</returns>
    /// <inheritdoc cref="Emit(T, TimeSpan, CancellationToken)" path="/exception"/>
    public int Emit(ReadOnlySpan<T> values, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        int done = TryEmit(values);
        while (done < values.Length && _closed.ReadAcquire() == 0 && WaitForRoom(timeout, cancellationToken))
        {
            done += TryEmit(values[done..]);
        }

        return done;
    }

    /// <summary>Closes the broadcast behind the last value and gives up the role.</summary>
    public void Close()
    {
        if (Volatile.Read(ref _disposed) == 0)
        {
            _broadcast.Core.Close();
            Dispose();
        }
    }

    /// <summary>Gives up the role; the broadcast stays open for another publisher. Idempotent.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0 || _broadcast.Core.Segment.IsDisposed)
        {
            return;
        }

        BroadcastCore core = _broadcast.Core;
        core.Publisher.WriteRelease(0);
        _limit = _next;
        StreamRoles.Give(core.Segment, core.PublisherRole);
        core.Items.FenceAndWakeAll();
    }

    internal static BroadcastPublisher<T> Take(SharedBroadcast<T> broadcast)
    {
        BroadcastCore core = broadcast.Core;
        if (!StreamRoles.TryTake(core.Segment, core.PublisherRole))
        {
            long process = (long)core.Publisher.ReadAcquire();
            throw new SegmentBusyException(
                $"Could not publish to broadcast '{core.Entry.Name}' in segment '{core.Memory.Name}': process "
                + $"{process} is its publisher. "
                + "Wait until it ends, or stop it.",
                "publish", core.Memory.Name, process);
        }

        ulong position = core.Position.ReadAcquire();
        if (position > long.MaxValue)
        {
            StreamRoles.Give(core.Segment, core.PublisherRole);
            throw core.Memory.WrongLayout(
                BroadcastCore.Kind, core.Entry, "a position below 2^63", $"position {position}", core.Control
                - core.Entry.Offset);
        }

        StepHook.At("broadcast-publisher-locked");
        ProcessIdentity me = ProcessIdentity.Current;
        core.PublisherTicks.WriteRelease(me.StartTicks);
        _ = core.Generation.Increment();
        core.Publisher.WriteRelease((ulong)me.ProcessId);
        StepHook.At("broadcast-publisher-named");
        return new BroadcastPublisher<T>(broadcast);
    }

    /// <summary>The sink of a pump.</summary>
    internal IStreamSink<T> AsSink() => new BroadcastSink<T>(this);

    // At a limit: looks at the subscribers, and finds the next limit. At least once a lap.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private EmitOutcome Extend()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        if (_closed.ReadAcquire() != 0)
        {
            return EmitOutcome.Closed;
        }

        if (_next != _limit)
        {
            return EmitOutcome.Emitted;
        }

        // FENCE the last store of the position, then the loads of the subscribers' lines; pairs with a joiner that
        //   activates its line and then reads the position: it is seen here, or it begins at or behind this position.
        Interlocked.MemoryBarrier();
        StepHook.At("broadcast-looking");
        _limit = _gate.Limit(_next);
        return _limit == _next ? EmitOutcome.Full : EmitOutcome.Emitted;
    }

    private bool WaitForRoom(TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _lookAway.CaughtUp(_next);
        return _gate.Wait(_next, Deadlines.From(timeout), cancellationToken);
    }
}
