using System.Collections;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A bounded first-in-first-out queue for any number of producers and consumers in any number of processes
/// (spec zeroipc 2.2), wire compatible with the C++, Python, Go and C queues.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <remarks>
/// <para>Thread-safe. The Try operations never wait; each takes or adds with one exchange of a counter. An element is
/// visible in the order of the tickets, so one producer's elements come out in their order.</para>
/// <para>Capacity is rounded up to a power of two, at least 2: with 1 the format cannot tell full from empty, and no
/// peer works.</para>
/// </remarks>
public sealed class SharedQueue<T> : IReadOnlyCollection<T>, ITransfer<T>
    where T : unmanaged
{
    private const int MaxCapacity = 1 << 30;

    private readonly SharedMemory _memory;
    private readonly WaitTable _waits;
    private readonly WaitSite _items;
    private readonly WaitSite _room;
    private readonly SharedUInt32 _itemsWaiters;
    private readonly SharedUInt32 _roomWaiters;
    private QueueSlots<T> _slots;

    private SharedQueue(SharedMemory memory, in SharedEntry entry, uint capacity)
    {
        _memory = memory;
        Entry = entry;
        _slots = new QueueSlots<T>(memory, entry.Offset, capacity);
        _waits = memory.Waits();
        _items = _waits.Site(entry.Offset + QueueHeader.HeadOffset);
        _room = _waits.Site(entry.Offset + QueueHeader.TailOffset);
        _itemsWaiters = _items.WaitersCell;
        _roomWaiters = _room.WaitersCell;
    }

    /// <summary>Its entry in the table.</summary>
    public SharedEntry Entry { get; }

    /// <summary>The segment it lies in.</summary>
    public SharedMemory Memory => _memory;

    /// <summary>Number of slots.</summary>
    public int Capacity => (int)_slots.Capacity;

    /// <summary>Number of elements now, those being added or taken included.</summary>
    public int Count
    {
        get
        {
            int count = (int)_slots.Count;
            GC.KeepAlive(this);
            return count;
        }
    }

    /// <summary>Whether no element is in the queue or being added.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>Creates an empty queue.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Its name, at most 31 bytes in UTF-8.</param>
    /// <param name="capacity">Number of slots, 1 to 1,073,741,824; rounded up to a power of two, at least 2.</param>
    /// <exception cref="NotSupportedException">The element type cannot be shared.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is out of range.</exception>
    /// <inheritdoc cref="NameTable.Register" path="/exception"/>
    public static SharedQueue<T> Create(SharedMemory memory, string name, int capacity)
    {
        ArgumentNullException.ThrowIfNull(memory);
        int size = StructureSize.OfElement<T>();
        uint slots = RoundCapacity(capacity);
        SharedEntry[] entries = memory.Allocate(new EntryRequest(
            name, QueueHeader.TotalBytes(slots, size), (segment, offset) =>
            QueueSlots<T>.Initialize(segment, offset, slots, size)));
        return new SharedQueue<T>(memory, entries[0], slots);
    }

    /// <summary>Opens a queue that a program of any language created.</summary>
    /// <param name="memory">The segment, mapped read-write.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="NotSupportedException">The element type cannot be shared.</exception>
    /// <exception cref="EntryNotFoundException">No such entry.</exception>
    /// <exception cref="SegmentFormatException">The entry is no queue of this element size, or the segment is of
    /// version 1.</exception>
    /// <exception cref="SegmentCorruptedException">The entry lies outside the segment.</exception>
    /// <exception cref="InvalidOperationException">The segment is mapped read-only.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public static SharedQueue<T> Open(SharedMemory memory, string name)
    {
        ArgumentNullException.ThrowIfNull(memory);
        int size = StructureSize.OfElement<T>();
        SharedEntry entry = memory.OpenEntry("queue", name, QueueHeader.SizeBytes);
        uint capacity = memory.Segment.ReadOnlyUInt32(entry.Offset + QueueHeader.CapacityOffset).ReadAcquire();
        uint elementSize = memory.Segment.ReadOnlyUInt32(entry.Offset + QueueHeader.ElementSizeOffset).ReadAcquire();
        if (elementSize != size)
        {
            throw memory.WrongLayout(
                "queue", entry, $"elem_size {size}", $"elem_size {elementSize}", QueueHeader.ElementSizeOffset);
        }

        if (capacity < 2 || !BitOperations.IsPow2(capacity))
        {
            string found = capacity == 1
                ? "capacity 1, with which the format cannot tell full from empty"
                : $"capacity {capacity}, which is not a power of two";
            throw memory.WrongLayout(
                "queue", entry, "a capacity that is a power of two, at least 2", found, QueueHeader.CapacityOffset);
        }

        long total = QueueHeader.TotalBytes(capacity, size);
        return entry.SizeBytes == total
            ? new SharedQueue<T>(memory, entry, capacity)
            : throw memory.WrongLayout(
                "queue", entry, $"{total} bytes for {capacity} slots", $"{entry.SizeBytes} bytes", -1);
    }

    /// <summary>Opens a queue, or creates it if there is none.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Its name.</param>
    /// <param name="capacity">Number of slots if it is created; an existing queue keeps its own.</param>
    /// <inheritdoc cref="Create" path="/exception"/>
    /// <exception cref="SegmentFormatException">The entry is no queue of this element size.</exception>
    public static SharedQueue<T> CreateOrOpen(SharedMemory memory, string name, int capacity) =>
        StructureSize.OpenOrCreate(memory, name, () => Open(memory, name), () => Create(memory, name, capacity));

    /// <inheritdoc/>
    WaitSite ITransfer<T>.Items => _items;

    /// <inheritdoc/>
    WaitSite ITransfer<T>.Room => _room;

    /// <summary>Adds an element if there is room. Does not wait.</summary>
    /// <param name="item">The element.</param>
    /// <returns>False when the queue is full.</returns>
    /// <exception cref="SegmentCorruptedException">A slot's sequence is ahead of the counter.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryEnqueue(T item)
    {
        bool added = _slots.TryEnqueue(item);

        // PLAIN the claim's full fence stands between the change and this look.
        if (added && _itemsWaiters.ReadOwned() != 0)
        {
            _items.WakeOne();
        }

        GC.KeepAlive(this);
        return added;
    }

    /// <summary>Takes the oldest element if there is one. Does not wait.</summary>
    /// <param name="item">The element.</param>
    /// <returns>False when the queue is empty, or when its oldest element is still being added.</returns>
    /// <exception cref="SegmentCorruptedException">A slot's sequence is ahead of the counter.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryDequeue(out T item)
    {
        bool taken = _slots.TryDequeue(out item);

        // PLAIN the claim's full fence stands between the change and this look.
        if (taken && _roomWaiters.ReadOwned() != 0)
        {
            _room.WakeOne();
        }

        GC.KeepAlive(this);
        return taken;
    }

    /// <summary>Adds as many elements as there is room for, with one claim. Does not wait.</summary>
    /// <param name="items">The elements, in order.</param>
    /// <returns>How many were added, from the start of <paramref name="items"/>: they lie next to each other in the
    /// queue.</returns>
    public int TryEnqueue(ReadOnlySpan<T> items)
    {
        int added = _slots.TryEnqueue(items);
        if (added > 0)
        {
            _items.Wake((uint)added);
        }

        GC.KeepAlive(this);
        return added;
    }

    /// <summary>Takes as many elements as there are, with one claim. Does not wait.</summary>
    /// <param name="items">Receives the elements, oldest first.</param>
    /// <returns>How many were taken.</returns>
    public int TryDequeue(Span<T> items)
    {
        int taken = _slots.TryDequeue(items);
        if (taken > 0)
        {
            _room.Wake((uint)taken);
        }

        GC.KeepAlive(this);
        return taken;
    }

    /// <summary>Adds an element; waits for room.</summary>
    /// <param name="item">The element.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try
    /// once.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over and the queue full.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was added.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed during the wait.</exception>
    public bool Enqueue(T item, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TryEnqueue(item) || EnqueueSlow(item, timeout, cancellationToken);

    /// <summary>Takes the oldest element; waits for one.</summary>
    /// <param name="item">The element.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try
    /// once.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over and the queue empty.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was taken.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed during the wait.</exception>
    public bool Dequeue(out T item, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TryDequeue(out item) || DequeueSlow(out item, timeout, cancellationToken);

    /// <summary>Adds an element; waits for room without holding a thread.</summary>
    /// <inheritdoc cref="Enqueue" path="/param"/>
    /// <inheritdoc cref="Enqueue" path="/returns"/>
    /// <inheritdoc cref="Enqueue" path="/exception"/>
    public ValueTask<bool> EnqueueAsync(T item, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TryEnqueue(item) ? new ValueTask<bool>(true) : Transfers.PutAsync(this, item, timeout, cancellationToken);

    /// <summary>Takes the oldest element; waits for one without holding a thread.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try
    /// once.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The element; null when the time was over and the queue empty.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was taken.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed during the wait.</exception>
    public ValueTask<T?> DequeueAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TryDequeue(out T item) ? new ValueTask<T?>(item) : Transfers.TakeAsync(this, timeout, cancellationToken);

    /// <summary>This queue as the reading side of a channel. The queue cannot be closed, so the reader never
    /// completes.</summary>
    public ChannelReader<T> AsChannelReader() => new QueueChannelReader<T>(this);

    /// <summary>This queue as the writing side of a channel. The queue cannot be closed, so completing is
    /// refused.</summary>
    public ChannelWriter<T> AsChannelWriter() => new QueueChannelWriter<T>(this);

    /// <summary>Finishes what processes that died in the middle of an operation left: a ticket that was claimed and
    /// never filled is skipped, a slot whose element was taken and never freed is freed. Waiting operations do this by
    /// themselves, at most every 50 ms; a program that only tries may call it when it finds the queue empty while
    /// <see cref="Count"/> is not 0.</summary>
    /// <returns>True when anything was finished.</returns>
    public bool Recover()
    {
        bool any = _slots.Settle(_waits);
        if (any)
        {
            _items.FenceAndWakeAll();
            _room.FenceAndWakeAll();
        }

        GC.KeepAlive(this);
        return any;
    }

    /// <summary>Copies the oldest element without taking it. Does not wait.</summary>
    /// <param name="item">The element.</param>
    /// <returns>False when the queue is empty.</returns>
    public bool TryPeek(out T item)
    {
        bool found = _slots.TryPeek(out item);
        GC.KeepAlive(this);
        return found;
    }

    /// <summary>The elements from the oldest to the newest, without taking them; those taken meanwhile are left
    /// out.</summary>
    public IEnumerator<T> GetEnumerator()
    {
        uint head = _slots.Head;
        uint count = _slots.Count;
        for (uint i = 0; i < count; i++)
        {
            if (_slots.TryPeekAt(head, i, out T item))
            {
                yield return item;
            }
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    bool ITransfer<T>.TryTake(out T item) => TryDequeue(out item);

    /// <inheritdoc/>
    bool ITransfer<T>.TryPut(T item) => TryEnqueue(item);

    /// <inheritdoc/>
    bool ITransfer<T>.IsInMotion(bool taking) => _slots.IsInMotion(taking);

    /// <inheritdoc/>
    bool IWaitWatch.ReadsRecordsOnly => true;

    /// <inheritdoc/>
    void IWaitWatch.Look() => _ = Recover();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool EnqueueSlow(T item, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (timeout != TimeSpan.Zero)
        {
            _slots.PauseIfStreaming(taking: false);
        }

        return Transfers.Put(this, item, timeout, cancellationToken);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool DequeueSlow(out T item, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (timeout != TimeSpan.Zero)
        {
            _slots.PauseIfStreaming(taking: true);
        }

        return Transfers.Take(this, out item, timeout, cancellationToken);
    }

    internal static uint RoundCapacity(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, MaxCapacity);
        return Math.Max(2, BitOperations.RoundUpToPowerOf2((uint)capacity));
    }
}
