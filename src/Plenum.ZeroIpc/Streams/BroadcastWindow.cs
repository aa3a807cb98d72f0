using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Where a subscriber of a broadcast is, and the values it has at hand.</summary>
/// <remarks>
/// <para>A gate reads in the ring: the publisher keeps off everything from its joining on, so the publisher's position
/// is looked at only when what it last said is used up. Who may be overtaken (drop-oldest, evict, and a gate below its
/// joining) copies some values, looks whether they were whole, and hands them out from the copy.</para>
/// <para>A mutable struct of one subscription, used by its thread.</para>
/// </remarks>
internal struct BroadcastWindow<T>
    where T : unmanaged
{
    private const int MostBytesCopied = 2048;

    private readonly BroadcastSlots<T> _slots;
    private readonly SubscriberLine _line;
    private readonly SharedUInt64 _cursor;
    private readonly WaitSite _room;
    private readonly uint _capacity;
    private readonly ulong _joined;
    private readonly bool _isGate;
    private readonly bool _isGating;
    private ulong _next;

    // Values from _next to _end are at hand: in the ring, or copied from _copiedFrom on.
    private ulong _end;
    private ulong _copiedFrom;
    private T[]? _copied;
    private bool _isCopied;

    /// <summary>Begins at the end of what is published now, or so many values before it.</summary>
    internal BroadcastWindow(
        BroadcastCore core, BroadcastSlots<T> slots, in SubscriberLine line, SubscriberPolicy policy, ulong history)
    {
        _slots = slots;
        _line = line;
        _cursor = line.Cursor;
        _room = core.Room;
        _capacity = core.Capacity;
        _isGate = policy == SubscriberPolicy.Gate;
        _isGating = policy != SubscriberPolicy.DropOldest;
        _joined = slots.End;
        _next = _joined - Math.Min(_joined, history);
        _end = _next;
        line.Joined.WriteRelease(_joined);
        Advance();
    }

    internal readonly ulong Next => _next;

    internal readonly bool HasMore => _next != _end || (long)(_slots.End - _next) > 0;

    internal long LostCount { get; private set; }

    // Not below the joining, and not where the publisher may evict.
    private readonly bool IsLeftAlone => _isGate && _next >= _joined;

    /// <summary>Takes a value that is at hand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryTake(out T value)
    {
        ulong next = _next;
        if (next == _end)
        {
            value = default;
            return false;
        }

        value = _isCopied ? _copied![(int)(next - _copiedFrom)] : _slots.Read(next);
        _next = next + 1;
        Advance();
        return true;
    }

    /// <summary>Looks for more values, and takes the first.</summary>
    internal bool Refill(out T value)
    {
        if (IsLeftAlone)
        {
            LookAhead();
            return TryTake(out value);
        }

        _copied ??= new T[Math.Clamp(MostBytesCopied / ShareableType.SizeOf<T>(), 1, Math.Max(1, (int)_capacity / 4))];
        int count = CopyChecked(_copied);
        _copiedFrom = _next;
        _end = _next + (ulong)count;
        _isCopied = true;
        return TryTake(out value);
    }

    /// <summary>Takes as many values as there are.</summary>
    internal int Take(Span<T> values)
    {
        int count = 0;
        if (_isCopied && _next != _end)
        {
            count = (int)Math.Min(_end - _next, (ulong)values.Length);
            _copied.AsSpan((int)(_next - _copiedFrom), count).CopyTo(values);
            _next += (ulong)count;
        }

        if (count < values.Length)
        {
            count += IsLeftAlone ? TakeInPlace(values[count..]) : TakeChecked(values[count..]);
        }

        if (count > 0)
        {
            Advance();
        }

        return count;
    }

    /// <summary>Forgets what is at hand.</summary>
    internal void Drop() => _end = _next;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Advance()
    {
        // PUBLISH [broadcast-cursor] What is below was copied out. Weaker: the publisher overwrites what is being
        //   copied.
        _cursor.WriteRelease(_next);
        StepHook.At("broadcast-read-said");
        if (_isGating)
        {
            _room.LightFenceAndWakeOne();
        }
    }

    // How far the values in the ring go.
    private void LookAhead()
    {
        ulong end = _slots.End;
        while ((long)(end - _next) > _capacity)
        {
            SkipOverwritten(end);
            end = _slots.End;
        }

        _isCopied = false;
        _end = (long)(end - _next) > 0 ? end : _next;
    }

    private int TakeInPlace(Span<T> values)
    {
        if (_isCopied || _end - _next < (ulong)values.Length)
        {
            LookAhead();
        }

        int count = (int)Math.Min(_end - _next, (ulong)values.Length);
        _slots.Copy(_next, values[..count]);
        _next += (ulong)count;
        return count;
    }

    private int TakeChecked(Span<T> values)
    {
        int count = CopyChecked(values);
        _next += (ulong)count;
        _end = _next;
        return count;
    }

    // Copies the next values, which the publisher may overwrite meanwhile; goes on to those that are still there.
    private int CopyChecked(Span<T> values)
    {
        ulong end;
        while ((long)((end = _slots.End) - _next) > 0)
        {
            if (end - _next <= _capacity)
            {
                int count = (int)Math.Min(end - _next, (ulong)values.Length);
                _slots.Copy(_next, values[..count]);
                if (_slots.Oldest() <= _next)
                {
                    return count;
                }
            }

            if (_line.IsEvicted)
            {
                break;
            }

            SkipOverwritten(end);
        }

        return 0;
    }

    // To the oldest value that will stay for a while, a quarter of the capacity ahead of the writer; within the history
    // to the oldest that is there. A subscriber that holds the publisher up lost nothing from its joining on.
    private void SkipOverwritten(ulong end)
    {
        ulong oldest = Math.Min(_slots.Oldest(), end);
        ulong roomy = end - Math.Min(end, _capacity - (_capacity / 4));
        ulong target = _next >= _joined ? Math.Max(oldest, roomy)
            : end - _next <= _capacity ? oldest
            : Math.Max(oldest, end - _capacity);
        target = Math.Max(_next + 1, _isGating && _next < _joined ? Math.Min(target, _joined) : target);
        if (target > _joined)
        {
            LostCount += (long)(target - Math.Max(_next, _joined));
            _line.Lost.WriteRelease((ulong)LostCount);
        }

        _next = target;
        _end = target;
        Advance();
    }
}
