using System.Collections;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A bounded last-in-first-out stack for any number of processes (spec zeroipc 2.3), wire compatible with the
/// C++, Python, Go and C stacks.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <remarks>
/// Thread-safe. An operation claims an index with one exchange and then waits, at most 10,000 yields, until the
/// operation before on that slot is done.
/// </remarks>
public sealed class SharedStack<T> : IReadOnlyCollection<T>, ITransfer<T>
    where T : unmanaged
{
    private readonly SharedMemory _memory;
    private readonly WaitSite _items;
    private readonly WaitSite _room;
    private StackSlots<T> _slots;

    private SharedStack(SharedMemory memory, in SharedEntry entry, uint capacity)
    {
        _memory = memory;
        Entry = entry;
        _slots = new StackSlots<T>(memory, entry.Offset, capacity);
        _items = memory.Waits().Site(entry.Offset + StackHeader.TopOffset);
        _room = memory.Waits().Site(entry.Offset + StackHeader.CapacityOffset);
    }

    /// <summary>Its entry in the table.</summary>
    public SharedEntry Entry { get; }

    /// <summary>The segment it lies in.</summary>
    public SharedMemory Memory => _memory;

    /// <summary>Number of slots.</summary>
    public int Capacity => _slots.Capacity;

    /// <summary>Number of elements now, those being added included and those being taken not.</summary>
    public int Count
    {
        get
        {
            int count = _slots.Count;
            GC.KeepAlive(this);
            return count;
        }
    }

    /// <summary>Whether no element is on the stack or being added.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>Creates an empty stack.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Its name, at most 31 bytes in UTF-8.</param>
    /// <param name="capacity">Number of slots, at least 1.</param>
    /// <exception cref="NotSupportedException">The element type cannot be shared.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is less than 1.</exception>
    /// <inheritdoc cref="NameTable.Register" path="/exception"/>
    public static SharedStack<T> Create(SharedMemory memory, string name, int capacity)
    {
        ArgumentNullException.ThrowIfNull(memory);
        int size = StructureSize.OfElement<T>();
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        SharedEntry[] entries = memory.Allocate(new EntryRequest(
            name, QueueHeader.TotalBytes(capacity, size), (segment, offset) =>
            Initialize(segment, offset, capacity, size)));
        return new SharedStack<T>(memory, entries[0], (uint)capacity);
    }

    /// <summary>Opens a stack that a program of any language created.</summary>
    /// <param name="memory">The segment, mapped read-write.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="NotSupportedException">The element type cannot be shared.</exception>
    /// <exception cref="EntryNotFoundException">No such entry.</exception>
    /// <exception cref="SegmentFormatException">The entry is no stack of this element size, or the segment is of
    /// version 1.</exception>
    /// <exception cref="SegmentCorruptedException">The entry lies outside the segment.</exception>
    /// <exception cref="InvalidOperationException">The segment is mapped read-only.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public static SharedStack<T> Open(SharedMemory memory, string name)
    {
        ArgumentNullException.ThrowIfNull(memory);
        int size = StructureSize.OfElement<T>();
        SharedEntry entry = memory.OpenEntry("stack", name, StackHeader.SizeBytes);
        uint capacity = memory.Segment.ReadOnlyUInt32(entry.Offset + StackHeader.CapacityOffset).ReadAcquire();
        uint elementSize = memory.Segment.ReadOnlyUInt32(entry.Offset + StackHeader.ElementSizeOffset).ReadAcquire();
        if (elementSize != size)
        {
            throw memory.WrongLayout("stack", entry, $"elem_size {size}", $"elem_size {elementSize}",
                StackHeader.ElementSizeOffset);
        }

        if (capacity is 0 or > int.MaxValue || entry.SizeBytes != QueueHeader.TotalBytes(capacity, size))
        {
            throw memory.WrongLayout(
                "stack",
                entry,
                "a capacity of at least 1 that fills the entry",
                $"capacity {capacity} in an entry of {entry.SizeBytes} bytes",
                StackHeader.CapacityOffset);
        }

        return new SharedStack<T>(memory, entry, capacity);
    }

    /// <summary>Opens a stack, or creates it if there is none.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Its name.</param>
    /// <param name="capacity">Number of slots if it is created; an existing stack keeps its own.</param>
    /// <inheritdoc cref="Create" path="/exception"/>
    /// <exception cref="SegmentFormatException">The entry is no stack of this element size.</exception>
    public static SharedStack<T> CreateOrOpen(SharedMemory memory, string name, int capacity) =>
        StructureSize.OpenOrCreate(memory, name, () => Open(memory, name), () => Create(memory, name, capacity));

    /// <inheritdoc/>
    WaitSite ITransfer<T>.Items => _items;

    /// <inheritdoc/>
    WaitSite ITransfer<T>.Room => _room;

    /// <summary>Puts an element on top if there is room. Waits at most 10,000 yields for the slot.</summary>
    /// <param name="item">The element.</param>
    /// <returns>False when the stack is full, or when the slot on top stays taken by another process.</returns>
    /// <exception cref="SegmentCorruptedException">The top is out of range.</exception>
    public bool TryPush(T item)
    {
        bool done = _slots.TryPush(item);
        if (done)
        {
            _items.WakeOne();
        }

        GC.KeepAlive(this);
        return done;
    }

    /// <summary>Takes the element on top if there is one. Waits at most 10,000 yields for the slot.</summary>
    /// <param name="item">The element.</param>
    /// <returns>False when the stack is empty, or when the slot on top stays taken by another process.</returns>
    /// <exception cref="SegmentCorruptedException">The top is out of range.</exception>
    public bool TryPop(out T item)
    {
        bool done = _slots.TryPop(out item);
        if (done)
        {
            _room.WakeOne();
        }

        GC.KeepAlive(this);
        return done;
    }

    /// <summary>Copies the element on top without taking it; best effort: false does not prove that the stack is
    /// empty.</summary>
    /// <param name="item">The element.</param>
    public bool TryPeek(out T item)
    {
        bool done = _slots.TryPeek(out item);
        GC.KeepAlive(this);
        return done;
    }

    /// <summary>Puts several elements on top with one claim, as many as there is room for. Waits at most 10,000 yields
    /// a slot.</summary>
    /// <param name="items">The elements; the last one ends up on top.</param>
    /// <returns>
    /// How many were put, from the start of <paramref name="items"/>. They lie next to each other. A slot that stays
    /// taken by another process is left out.
    /// </returns>
    /// <exception cref="SegmentCorruptedException">The top is out of range.</exception>
    public int TryPush(ReadOnlySpan<T> items)
    {
        int done = _slots.TryPush(items);
        _items.Wake((uint)done);
        GC.KeepAlive(this);
        return done;
    }

    /// <summary>Takes several elements with one claim, as many as there are. Waits at most 10,000 yields a
    /// slot.</summary>
    /// <param name="items">Receives the elements; the one that was on top comes first.</param>
    /// <returns>How many were taken. A slot that stays taken by another process is left out.</returns>
    /// <exception cref="SegmentCorruptedException">The top is out of range.</exception>
    public int TryPop(Span<T> items)
    {
        int done = _slots.TryPop(items);
        _room.Wake((uint)done);
        GC.KeepAlive(this);
        return done;
    }

    /// <summary>Puts an element on top; waits for room.</summary>
    /// <param name="item">The element.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try
    /// once.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over and the stack full.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was put.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed during the wait.</exception>
    public bool Push(T item, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TryPush(item) || Transfers.Put(this, item, timeout, cancellationToken);

    /// <summary>Takes the element on top; waits for one.</summary>
    /// <param name="item">The element.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try
    /// once.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over and the stack empty.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was taken.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed during the wait.</exception>
    public bool Pop(out T item, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TryPop(out item) || Transfers.Take(this, out item, timeout, cancellationToken);

    /// <summary>Puts an element on top; waits for room without holding a thread.</summary>
    /// <inheritdoc cref="Push" path="/param"/>
    /// <inheritdoc cref="Push" path="/returns"/>
    /// <inheritdoc cref="Push" path="/exception"/>
    public ValueTask<bool> PushAsync(T item, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TryPush(item) ? new ValueTask<bool>(true) : Transfers.PutAsync(this, item, timeout, cancellationToken);

    /// <summary>Takes the element on top; waits for one without holding a thread.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try
    /// once.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The element; null when the time was over and the stack empty.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was taken.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed during the wait.</exception>
    public ValueTask<T?> PopAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TryPop(out T item) ? new ValueTask<T?>(item) : Transfers.TakeAsync(this, timeout, cancellationToken);

    /// <summary>The elements from the top down, without taking them; those being added or taken are left out.</summary>
    public IEnumerator<T> GetEnumerator()
    {
        for (int i = Count - 1; i >= 0; i--)
        {
            if (_slots.TryPeekAt((uint)i, out T item))
            {
                yield return item;
            }
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    bool ITransfer<T>.TryTake(out T item) => TryPop(out item);

    /// <inheritdoc/>
    bool ITransfer<T>.TryPut(T item) => TryPush(item);

    /// <inheritdoc/>
    bool ITransfer<T>.IsInMotion(bool taking) => _slots.IsInMotion(taking);

    /// <inheritdoc/>
    bool IWaitWatch.ReadsRecordsOnly => true;

    /// <inheritdoc/>
    void IWaitWatch.Look()
    {
        // Every operation settles the slot it meets.
    }

    private static void Initialize(SharedSegment segment, long offset, int capacity, int elementSize)
    {
        // PLAIN nobody can find the entry yet.
        segment.Int32(offset + StackHeader.TopOffset).WriteOwned(-1);
        segment.UInt32(offset + StackHeader.CapacityOffset).WriteOwned((uint)capacity);
        segment.UInt32(offset + StackHeader.ElementSizeOffset).WriteOwned((uint)elementSize);
    }
}
