using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Values over time between processes: a bounded stream with one shared read position (spec zeroipc
/// 2.10).</summary>
/// <typeparam name="T">The element type; see <see cref="ShareableType"/> for what may be shared.</typeparam>
/// <remarks>
/// <para>Any process may emit and any process may take. Several consumers split the values: each value goes to one of
/// them. For every subscriber to see every value use <see cref="SharedBroadcast{T}"/>.</para>
/// <para>Wire compatible with the C++ stream, and with Python's in <see cref="StreamLayout.Python"/>. Peers allow one
/// emitter and one consumer in all; among processes of this library any number is safe. A process that dies leaves the
/// stream usable.</para>
/// <para>Thread-safe unless <see cref="StreamOptions"/> promises otherwise. Only what says so waits.</para>
/// <example>
/// <code>
/// var celsius = SharedStream&lt;double&gt;.CreateOrOpen(memory, "celsius", 1024);
/// celsius.Emit(21.5);
/// if (celsius.Next(out double degrees, TimeSpan.FromSeconds(1)) == NextOutcome.Value) { Show(degrees); }
/// </code>
/// </example>
/// </remarks>
public sealed class SharedStream<T> : StreamSource<T>, ISelectable<T>
    where T : unmanaged
{
    private long _rejected;
    private long _dropped;

    private SharedStream(SharedMemory memory, string name, StreamOptions options)
    {
        Options = options;
        Core = new StreamCore<T>(memory, name, options);
    }

    /// <summary>Its name.</summary>
    public string Name => Core.Name;

    /// <summary>Its header's entry in the table; in the Python layout its ring's.</summary>
    public SharedEntry Entry => Core.Entry;

    /// <summary>The segment it lies in.</summary>
    public SharedMemory Memory => Core.Memory;

    /// <summary>How this object uses it.</summary>
    public StreamOptions Options { get; }

    /// <summary>The transform that made it, as its header says; empty for an original stream.</summary>
    public string TransformedBy => Core.TransformedBy;

    /// <summary>Room for values.</summary>
    public int Capacity => Core.Capacity;

    /// <summary>Values waiting to be taken.</summary>
    public int Count => Core.Count;

    /// <summary>Values ever emitted: the header's sequence; in the Python layout what was written into the
    /// ring.</summary>
    public ulong EmittedCount => Core.Emitted;

    /// <summary>Values ever taken.</summary>
    public ulong TakenCount => Core.Taken;

    /// <summary>How many runs subscribe now, in all processes that count themselves; 0 in the Python layout.</summary>
    public int SubscriberCount => Core.Subscribers;

    /// <summary>Emissions of this object that found no room and gave up.</summary>
    public long RejectedCount => Volatile.Read(ref _rejected);

    /// <summary>Values that this object gave up under <see cref="Backpressure.DropNewest"/>.</summary>
    public long DroppedCount => Volatile.Read(ref _dropped);

    /// <summary>Whether it was closed: no more values come, those in it can still be taken.</summary>
    public bool IsClosed
    {
        get
        {
            bool closed = Core.IsClosed;
            GC.KeepAlive(this);
            return closed;
        }
    }

    /// <summary>Whether it is closed and everything was taken.</summary>
    public bool IsCompleted => IsClosed && Count == 0;

    /// <inheritdoc/>
    WaitSite ISelectable<T>.Site => Core.Items;

    /// <summary>Creates an empty stream.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Its name; at most 24 bytes in UTF-8 (31 in the Python layout).</param>
    /// <param name="capacity">Room for values, at least 1; at most 2 GiB of data.</param>
    /// <param name="options">How to use it; null for the defaults.</param>
    /// <exception cref="NotSupportedException">The element type cannot be shared.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is out of range.</exception>
    /// <inheritdoc cref="NameTable.Register" path="/exception"/>
    public static SharedStream<T> Create(
        SharedMemory memory, string name, int capacity, StreamOptions? options = null) =>
        Create(memory, name, capacity, options ?? StreamOptions.Default, string.Empty);

    /// <summary>Opens a stream that a program of any language created.</summary>
    /// <param name="memory">The segment, mapped read-write.</param>
    /// <param name="name">Its name.</param>
    /// <param name="options">How to use it; null for the defaults.</param>
    /// <exception cref="NotSupportedException">The element type cannot be shared.</exception>
    /// <exception cref="EntryNotFoundException">No such stream.</exception>
    /// <exception cref="SegmentFormatException">The entries are no stream of this element size and layout.</exception>
    /// <exception cref="SegmentCorruptedException">An entry lies outside the segment, or positions contradict the
    /// capacity.</exception>
    /// <exception cref="InvalidOperationException">The segment is mapped read-only.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public static SharedStream<T> Open(SharedMemory memory, string name, StreamOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(memory);
        _ = StructureSize.OfElement<T>();
        return new SharedStream<T>(memory, name, options ?? StreamOptions.Default);
    }

    /// <summary>Opens a stream, or creates it if there is none; of several processes at once, one creates.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Its name.</param>
    /// <param name="capacity">Room for values if it is created; an existing stream keeps its own.</param>
    /// <param name="options">How to use it; null for the defaults.</param>
    /// <inheritdoc cref="Create(SharedMemory, string, int, StreamOptions?)" path="/exception"/>
    /// <exception cref="SegmentFormatException">The entries are no stream of this element size and layout.</exception>
    public static SharedStream<T> CreateOrOpen(
        SharedMemory memory, string name, int capacity, StreamOptions? options = null) =>
        CreateOrOpen(memory, name, capacity, options ?? StreamOptions.Default, string.Empty);

    /// <summary>Emits a value; what happens without room is <see cref="StreamOptions.Backpressure"/>, by default a
    /// wait.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Whether it is in the stream.</returns>
    /// <exception cref="SegmentCorruptedException">The positions contradict the capacity.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed during the wait.</exception>
    public EmitOutcome Emit(T value)
    {
        EmitOutcome outcome = Core.TryPut(value);
        return outcome == EmitOutcome.Full ? EmitWithoutRoom(value) : outcome;
    }

    /// <summary>Emits a value if there is room. Does not wait.</summary>
    /// <param name="value">The value.</param>
    /// <returns>False when the stream is full or closed.</returns>
    /// <exception cref="SegmentCorruptedException">The positions contradict the capacity.</exception>
    public bool TryEmit(T value) => Rejected(Core.TryPut(value)) == EmitOutcome.Emitted;

    /// <summary>Emits a value; waits for room.</summary>
    /// <param name="value">The value.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try
    /// once.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>Emitted, full when the time was over, or closed.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was emitted.</exception>
    /// <exception cref="SegmentCorruptedException">The positions contradict the capacity.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed during the wait.</exception>
    public EmitOutcome Emit(T value, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        EmitOutcome outcome = Core.TryPut(value);
        return outcome != EmitOutcome.Full
            ? outcome
            : Rejected(StreamWaits.Put(Core.Room, Core, Core, value, Deadlines.From(timeout), cancellationToken));
    }

    /// <summary>Emits a value; waits for room without holding a thread.</summary>
    /// <inheritdoc cref="Emit(T, TimeSpan, CancellationToken)"/>
    public ValueTask<EmitOutcome> EmitAsync(T value, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        EmitOutcome outcome = Core.TryPut(value);
        return outcome != EmitOutcome.Full
            ? new ValueTask<EmitOutcome>(outcome)
            : StreamWaits.PutAsync(Core.Room, Core, Core, value, Deadlines.From(timeout), cancellationToken);
    }

    /// <summary>Emits as many values as there is room for, published at once. Does not wait.</summary>
    /// <param name="values">The values, in order.</param>
    /// <returns>How many, from the start of <paramref name="values"/>; 0 when it is closed.</returns>
    /// <exception cref="SegmentCorruptedException">The positions contradict the capacity.</exception>
    public int TryEmit(ReadOnlySpan<T> values)
    {
        int count = Core.TryPut(values);
        GC.KeepAlive(this);
        return count;
    }

    /// <summary>Takes the oldest value if there is one. Does not wait.</summary>
    /// <param name="value">The value.</param>
    /// <returns>False when there is none now; see <see cref="IsCompleted"/> for whether there can be more.</returns>
    /// <exception cref="SegmentCorruptedException">The positions contradict the capacity.</exception>
    public bool TryNext(out T value)
    {
        bool taken = Core.TryTake(out value);
        GC.KeepAlive(this);
        return taken;
    }

    /// <summary>Takes as many values as there are, at once. Does not wait.</summary>
    /// <param name="values">Receives the values, oldest first.</param>
    /// <returns>How many were taken.</returns>
    /// <exception cref="SegmentCorruptedException">The positions contradict the capacity.</exception>
    public int TryNext(Span<T> values)
    {
        int count = Core.TryTake(values);
        GC.KeepAlive(this);
        return count;
    }

    /// <summary>Takes the oldest value; waits for one.</summary>
    /// <param name="value">The value.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to look
    /// once.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>A value, timed out, or closed.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was taken.</exception>
    /// <exception cref="SegmentCorruptedException">The positions contradict the capacity.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed during the wait.</exception>
    public NextOutcome Next(out T value, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        NextOutcome outcome = Core.Poll(out value);
        return outcome != NextOutcome.TimedOut
            ? outcome
            : StreamWaits.Take(Core, out value, Deadlines.From(timeout), cancellationToken);
    }

    /// <summary>Takes the oldest value; waits for one without holding a thread.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to look
    /// once.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>A value, timed out, or closed.</returns>
    /// <inheritdoc cref="Next" path="/exception"/>
    public ValueTask<StreamNext<T>> NextAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        NextOutcome outcome = Core.Poll(out T value);
        return outcome != NextOutcome.TimedOut
            ? new ValueTask<StreamNext<T>>(new StreamNext<T>(outcome, value))
            : StreamWaits.TakeAsync(Core, Deadlines.From(timeout), cancellationToken);
    }

    /// <summary>Copies the oldest values without taking them; those taken meanwhile are left out.</summary>
    /// <param name="values">Receives the values, oldest first.</param>
    /// <returns>How many were copied.</returns>
    public int Peek(Span<T> values)
    {
        int count = Core.Peek(values);
        GC.KeepAlive(this);
        return count;
    }

    /// <summary>Closes it for all processes: emissions are refused, what is in it can still be taken. Wakes everybody
    /// who waits.</summary>
    /// <exception cref="InvalidOperationException">The Python layout cannot be closed.</exception>
    public void Close() => Core.Close();

    /// <summary>The alternative "a value was taken" of a <see cref="SharedSelect"/>. It has no value when the stream is
    /// closed and everything was taken.</summary>
    public SelectCase<T> Receiving() => new(this);

    /// <inheritdoc/>
    SelectState ISelectable<T>.TryComplete(out T value) => StreamWaits.StateOf(Core.Poll(out value));

    /// <inheritdoc/>
    OwnerRecord? ISelectable<T>.Arm() => null;

    /// <inheritdoc/>
    void ISelectable<T>.Disarm(OwnerRecord? armed)
    {
        // Nothing was raised.
    }

    /// <inheritdoc/>
    void IWaitWatch.Look() => Core.Look();

    internal StreamCore<T> Core { get; }

    internal static SharedStream<T> Create(
        SharedMemory memory, string name, int capacity, StreamOptions options, string transform)
    {
        StreamEntries.Create<T>(memory, name, capacity, options.Layout, transform);
        return Open(memory, name, options);
    }

    internal static SharedStream<T> CreateOrOpen(
        SharedMemory memory, string name, int capacity, StreamOptions options, string transform)
    {
        string key = options.Layout == StreamLayout.Native ? name + StreamHeader.BufferSuffix : name;
        return StructureSize.OpenOrCreate(
            memory, key, () => Open(memory, name, options), () => Create(memory, name, capacity, options, transform));
    }

    internal override StreamCursor<T> OpenCursor() => new StreamRun<T>(Core);

    private EmitOutcome EmitWithoutRoom(T value)
    {
        switch (Options.Backpressure)
        {
            case Backpressure.Fail:
                return Rejected(EmitOutcome.Full);
            case Backpressure.DropNewest:
                _ = Interlocked.Increment(ref _dropped);
                return EmitOutcome.Dropped;
            default:
                return StreamWaits.Put(Core.Room, Core, Core, value, long.MaxValue, CancellationToken.None);
        }
    }

    private EmitOutcome Rejected(EmitOutcome outcome)
    {
        if (outcome == EmitOutcome.Full)
        {
            _ = Interlocked.Increment(ref _rejected);
        }

        return outcome;
    }
}
