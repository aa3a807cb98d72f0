using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The working parts of a stream: ring, turn of the emitters, header, waits.</summary>
/// <remarks>Thread-safe unless the options promise otherwise.</remarks>
internal sealed class StreamCore<T> : IStreamLeaf, IStreamSink<T>, IWaitWatch
    where T : unmanaged
{
    private readonly StreamCells<T> _cells;
    private readonly StreamTurn _turn;
    private readonly SharedUInt64 _sequence;
    private readonly SharedByte _closed;
    private readonly WaitingCounter? _subscribers;
    private readonly bool _aloneIn;
    private readonly bool _aloneOut;
    private readonly bool _isNative;
    private readonly IWaitCondition _ready;

    internal StreamCore(SharedMemory memory, string name, StreamOptions options)
    {
        Memory = memory;
        Name = name;
        _isNative = options.Layout == StreamLayout.Native;
        _ready = new Ready(this);
        SharedEntry header = _isNative ? StreamEntries.Header(memory, name) : default;
        string buffer = _isNative ? name + StreamHeader.BufferSuffix : name;
        _cells = StreamCells<T>.Open(memory, buffer);
        SharedEntry ring = memory.Table.Find(buffer);
        Entry = _isNative ? header : ring;
        WaitTable waits = memory.Waits();
        Items = waits.Site(ring.Offset + RingHeader.WritePositionOffset);
        Room = waits.Site(ring.Offset + RingHeader.ReadPositionOffset);
        Items.HasLightWakers = true;
        Room.HasLightWakers = true;
        _turn = new StreamTurn(Items);
        _aloneIn = options.IsSoleEmitter;
        _aloneOut = options.IsSoleConsumer;
        if (!_isNative)
        {
            return;
        }

        SharedSegment segment = memory.Segment;
        _sequence = segment.UInt64(header.Offset);
        _closed = segment.Byte(header.Offset + StreamHeader.ClosedOffset);
        long counter = header.Offset + StreamHeader.SubscribersOffset;
        _subscribers = new WaitingCounter(Items, segment.Int32(counter), counter);
        TransformedBy = StreamEntries.TransformOf(memory, header);
        uint capacity = segment.UInt32(header.Offset + StreamHeader.CapacityOffset).ReadAcquire();
        if (capacity != _cells.Capacity)
        {
            throw memory.WrongLayout(
                StreamEntries.Kind,
                header,
                $"buffer_capacity {_cells.Capacity}, which is what its ring holds",
                $"buffer_capacity {capacity}",
                StreamHeader.CapacityOffset);
        }
    }

    internal SharedMemory Memory { get; }

    internal string Name { get; }

    internal SharedEntry Entry { get; }

    internal string TransformedBy { get; } = string.Empty;

    internal WaitSite Items { get; }

    internal WaitSite Room { get; }

    internal int Capacity => _cells.Capacity;

    internal int Count => _cells.Count;

    internal ulong Emitted => _isNative ? _sequence.ReadAcquire() : _cells.Written;

    internal ulong Taken => _cells.Taken;

    internal int Subscribers => _subscribers?.Value ?? 0;

    internal bool IsClosed
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]

        // OBSERVE [stream-closed] Everything emitted before is visible.
        get => _isNative && _closed.ReadAcquire() != 0;
    }

    // Under the turn: whether it is closed, the value, the count. Nothing in between throws, so that the turn needs no
    // protected block.
    public EmitOutcome TryPut(T value)
    {
        if (!TryEnter())
        {
            return EmitOutcome.Full;
        }

        StepHook.At("stream-turn");
        bool closed = IsClosed;
        ulong contradiction = 0;
        bool done = !closed && _cells.TryPut(value, out contradiction);
        if (done)
        {
            StepHook.At("stream-published");
            CountEmitted(1);
            StepHook.At("stream-counted");
        }

        GiveTurn();
        if (done)
        {
            StepHook.At("stream-turn-given");
            Items.LightFenceAndWakeOne();
            return EmitOutcome.Emitted;
        }

        _cells.ThrowIf(contradiction);
        return closed ? EmitOutcome.Closed : EmitOutcome.Full;
    }

    /// <summary>Puts as many values as there is room for.</summary>
    internal int TryPut(ReadOnlySpan<T> values)
    {
        if (!TryEnter())
        {
            return 0;
        }

        ulong contradiction = 0;
        int count = IsClosed ? 0 : _cells.TryPut(values, out contradiction);
        if (count > 0)
        {
            CountEmitted((uint)count);
        }

        GiveTurn();
        _cells.ThrowIf(contradiction);
        if (count > 0)
        {
            Items.LightFenceAndWakeAll();
        }

        return count;
    }

    internal bool TryTake(out T value)
    {
        bool taken = _aloneOut ? _cells.TryTakeAlone(out value) : _cells.TryTake(out value);
        if (taken)
        {
            StepHook.At("stream-taken");
            Room.LightFenceAndWakeOne();
        }

        return taken;
    }

    internal int TryTake(Span<T> values)
    {
        int count = _cells.TryTake(values);
        if (count > 0)
        {
            Room.LightFenceAndWakeAll();
        }

        return count;
    }

    internal int Peek(Span<T> values) => _cells.Peek(values);

    /// <summary>Looks once.</summary>
    internal NextOutcome Poll(out T value)
    {
        if (TryTake(out value))
        {
            return NextOutcome.Value;
        }

        // Closed first, then the second look: what was emitted before the close is visible by then.
        return !IsClosed ? NextOutcome.TimedOut : TryTake(out value) ? NextOutcome.Value : NextOutcome.Closed;
    }

    internal void Close()
    {
        if (!_isNative)
        {
            throw new InvalidOperationException(
                $"Could not close stream '{Name}' in segment '{Memory.Name}': the Python layout has no place for it. "
                + "Agree on a last "
                + "value, or use the C++ layout.");
        }

        bool entered = TryEnter();

        // PUBLISH [stream-closed] Behind every emission, because emitters hold the turn while they look and emit.
        _closed.WriteRelease(1);
        StepHook.At("stream-close-stored");
        if (entered)
        {
            GiveTurn();
        }

        StepHook.At("stream-close-given");
        Items.FenceAndWakeAll();
        Room.FenceAndWakeAll();
        GC.KeepAlive(this);
    }

    /// <summary>Counts a run as a subscriber, as the peers do.</summary>
    internal OwnerRecord? Enlist() => _subscribers?.Raise();

    /// <summary>Takes it back.</summary>
    internal void Discharge(OwnerRecord? record)
    {
        if (record is not null)
        {
            _subscribers!.Lower(record);
        }
    }

    /// <inheritdoc/>
    public bool Wait(long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        var ready = new Ready(this);
        return Items.Wait(ref ready, this, deadlineNanoseconds, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<bool> WaitAsync(long deadlineNanoseconds, CancellationToken cancellationToken) =>
        PooledWait.RunAsync(Items, _ready, this, deadlineNanoseconds, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<EmitOutcome> PutAsync(T value, CancellationToken cancellationToken) =>
        StreamWaits.PutAsync(Room, this, this, value, long.MaxValue, cancellationToken);

    /// <inheritdoc/>
    public void Complete()
    {
        if (_isNative)
        {
            Close();
        }
    }

    /// <inheritdoc/>
    public void Leave()
    {
        // A stream has no emitter of its own.
    }

    /// <inheritdoc/>
    public void Look()
    {
        _subscribers?.Look();
        _ = Items.Table.Recovery.SettleSite(Items);
        _ = Room.Table.Recovery.SettleSite(Room);
    }

    private bool TryEnter()
    {
        StreamTurn.Taken taken = _aloneIn ? StreamTurn.Taken.Yes : _turn.Take();
        if (taken == StreamTurn.Taken.FromTheDead && _isNative && _cells.Written == _sequence.ReadAcquire() + 1)
        {
            // The dead emitter published its value and did not count it.
            _ = _sequence.Increment();
        }

        return taken != StreamTurn.Taken.No;
    }

    private void GiveTurn()
    {
        if (!_aloneIn)
        {
            _turn.Give();
        }
    }

    private void CountEmitted(uint count)
    {
        if (_isNative)
        {
            // PLAIN one emitter at a time stores it.
            _sequence.WriteRelease(_sequence.ReadOwned() + count);
        }
    }

    /// <summary>It has a value or is closed; takes nothing.</summary>
    private readonly struct Ready(StreamCore<T> stream) : IWaitCondition
    {
        public bool IsMet() => stream.Count > 0 || stream.IsClosed;
    }
}
