using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>How far the publisher of a broadcast may go: as far as its gating subscribers allow.</summary>
/// <remarks>Used by the publisher's thread.</remarks>
internal sealed class BroadcastGate : IWaitWatch
{
    private readonly BroadcastCore _core;
    private readonly long[] _blockedSince;
    private readonly RoomBox _hasRoom;

    internal BroadcastGate(BroadcastCore core)
    {
        _core = core;
        _blockedSince = new long[core.Lines.Length];
        _hasRoom = new RoomBox(this);
    }

    internal long EvictedCount { get; private set; }

    /// <summary>The first position that must not be written yet; evicts who has blocked for too long.</summary>
    internal ulong Limit(ulong next)
    {
        ulong limit = next + _core.Capacity;
        ReadOnlySpan<SubscriberLine> lines = _core.Lines;
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].IsGating)
            {
                _blockedSince[i] = 0;
                continue;
            }

            // OBSERVE [broadcast-cursor] What the subscriber read before was copied out. A cursor ahead of us is none.
            ulong cursor = Math.Min(lines[i].Cursor.ReadAcquire(), next);
            ulong bound = Math.Max(cursor + _core.Capacity, next);
            if (bound == next && IsLetGo(lines[i], i))
            {
                continue;
            }

            _blockedSince[i] = bound == next ? _blockedSince[i] : 0;
            limit = Math.Min(limit, bound);
        }

        return limit;
    }

    /// <summary>Waits until there is room, or it is closed.</summary>
    internal bool Wait(ulong next, long deadline, CancellationToken cancellationToken)
    {
        var condition = new HasRoom(this, next);
        while (true)
        {
            long until = Math.Min(deadline, NextEviction());
            if (deadline == 0 || _core.Room.Wait(ref condition, this, until, cancellationToken))
            {
                return deadline != 0;
            }

            if (until == deadline)
            {
                return false;
            }
        }
    }

    /// <summary>The same without holding a thread.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<bool> WaitAsync(ulong next, long deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            long until = Math.Min(deadline, NextEviction());
            if (deadline == 0
                || await PooledWait.RunAsync(_core.Room, _hasRoom.At(next), this, until, cancellationToken)
                    .ConfigureAwait(false))
            {
                return deadline != 0;
            }

            if (until == deadline)
            {
                return false;
            }
        }
    }

    /// <summary>Frees the lines of dead subscribers.</summary>
    public void Look()
    {
        foreach (SubscriberLine line in _core.Lines)
        {
            // The claim is the kernel lock: whoever takes the line next has it and makes it active again.
            if (line.IsGating && line.IsDead(_core.Segment) && StreamRoles.TryTake(_core.Segment, line.Offset))
            {
                line.State.WriteRelease(BroadcastSubscriber.Free);
                StreamRoles.Give(_core.Segment, line.Offset);
            }
        }

        _ = _core.Items.Table.Recovery.SettleSite(_core.Items);
        _ = _core.Room.Table.Recovery.SettleSite(_core.Room);
    }

    private bool IsLetGo(in SubscriberLine line, int index)
    {
        ulong allowed = line.EvictNanoseconds.ReadAcquire();
        if (line.Policy.ReadAcquire() != (uint)SubscriberPolicy.Evict || allowed == 0)
        {
            return false;
        }

        long now = MonotonicClock.Nanoseconds;
        _blockedSince[index] = _blockedSince[index] == 0 ? now : _blockedSince[index];
        if ((ulong)(now - _blockedSince[index]) < allowed
            || line.State.CompareExchange(BroadcastSubscriber.Evicted,
                BroadcastSubscriber.Active) != BroadcastSubscriber.Active)
        {
            return false;
        }

        _blockedSince[index] = 0;
        EvictedCount++;
        _core.Items.WakeAll();
        return true;
    }

    // When the first of those who block now will have blocked for too long.
    private long NextEviction()
    {
        long next = long.MaxValue;
        ReadOnlySpan<SubscriberLine> lines = _core.Lines;
        for (int i = 0; i < lines.Length; i++)
        {
            if (_blockedSince[i] != 0)
            {
                ulong allowed = Math.Min(lines[i].EvictNanoseconds.ReadAcquire(), long.MaxValue / 4);
                next = Math.Min(next, _blockedSince[i] + (long)allowed);
            }
        }

        return next;
    }

    // Of asynchronous waits; a publisher waits once at a time.
    private sealed class RoomBox(BroadcastGate gate) : IWaitCondition
    {
        private ulong _next;

        public bool IsMet() => new HasRoom(gate, _next).IsMet();

        internal RoomBox At(ulong next)
        {
            _next = next;
            return this;
        }
    }

    private readonly struct HasRoom(BroadcastGate gate, ulong next) : IWaitCondition
    {
        public bool IsMet() => gate._core.IsClosed || gate.Limit(next) != next;
    }
}
