using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A bounded last-in-first-out stack for any number of processes (spec zeroipc 2.3), wire compatible with the C++,
/// Python, Go and C stacks.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <remarks>
/// Thread-safe. An operation claims an index with one exchange and then waits, at most 10,000 yields, until the operation before on
/// that slot is done.
/// </remarks>
public sealed class SharedStack<T> : IReadOnlyCollection<T>
    where T : unmanaged
{
    internal const int MaxTries = 10_000;

    private readonly SharedMemory _memory;
    private readonly SharedInt32 _top;
    private readonly SharedColumn<T> _data;
    private readonly SharedUInt32Column _states;
    private readonly int _capacity;

    private SharedStack(SharedMemory memory, in SharedEntry entry, uint capacity)
    {
        _memory = memory;
        Entry = entry;
        _capacity = (int)capacity;
        SharedSegment segment = memory.Segment;
        _top = segment.Int32(entry.Offset + StackHeader.TopOffset);
        _data = segment.Column<T>(entry.Offset + StackHeader.DataOffset, capacity);
        _states = segment.UInt32Column(
            entry.Offset + QueueHeader.SlotWordsOffset(capacity, ShareableType.SizeOf<T>()), 4, capacity);
    }

    /// <summary>Its entry in the table.</summary>
    public SharedEntry Entry { get; }

    /// <summary>The segment it lies in.</summary>
    public SharedMemory Memory => _memory;

    /// <summary>Number of slots.</summary>
    public int Capacity => _capacity;

    /// <summary>Number of elements now, those being added included and those being taken not.</summary>
    public int Count
    {
        get
        {
            int count = Math.Clamp(_top.ReadAcquire(), -1, _capacity - 1) + 1;
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
            name, QueueHeader.TotalBytes(capacity, size), (segment, offset) => Initialize(segment, offset, capacity, size)));
        return new SharedStack<T>(memory, entries[0], (uint)capacity);
    }

    /// <summary>Opens a stack that a program of any language created.</summary>
    /// <param name="memory">The segment, mapped read-write.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="NotSupportedException">The element type cannot be shared.</exception>
    /// <exception cref="EntryNotFoundException">No such entry.</exception>
    /// <exception cref="SegmentFormatException">The entry is no stack of this element size, or the segment is of version 1.</exception>
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
            throw memory.WrongLayout("stack", entry, $"elem_size {size}", $"elem_size {elementSize}", StackHeader.ElementSizeOffset);
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

    /// <summary>Puts an element on top if there is room. Waits at most 10,000 yields for the slot.</summary>
    /// <param name="item">The element.</param>
    /// <returns>False when the stack is full, or when the slot on top stays taken by another process.</returns>
    /// <exception cref="SegmentCorruptedException">The top is out of range.</exception>
    public bool TryPush(T item)
    {
        int top = _top.ReadAcquire();
        while (true)
        {
            if (top >= _capacity - 1 || top < -1)
            {
                RequireTop(top);
                return false;
            }

            // CLAIM index top + 1.
            int found = _top.CompareExchange(top + 1, top);
            if (found == top)
            {
                break;
            }

            top = found;
        }

        uint slot = (uint)(top + 1);
        if (!TryTake(slot, StackHeader.Empty, StackHeader.Writing))
        {
            // Nobody moved the top: the stack is as it was.
            _ = _top.CompareExchange(top, top + 1);
            return false;
        }

        Store(slot, item);
        return true;
    }

    /// <summary>Takes the element on top if there is one. Waits at most 10,000 yields for the slot.</summary>
    /// <param name="item">The element.</param>
    /// <returns>False when the stack is empty, or when the slot on top stays taken by another process.</returns>
    /// <exception cref="SegmentCorruptedException">The top is out of range.</exception>
    public bool TryPop(out T item)
    {
        int top = _top.ReadAcquire();
        while (true)
        {
            if (top < 0 || top >= _capacity)
            {
                RequireTop(top);
                item = default;
                return false;
            }

            // CLAIM the element at index top.
            int found = _top.CompareExchange(top - 1, top);
            if (found == top)
            {
                break;
            }

            top = found;
        }

        uint slot = (uint)top;
        if (!TryTake(slot, StackHeader.Ready, StackHeader.Reading))
        {
            _ = _top.CompareExchange(top, top - 1);
            item = default;
            return false;
        }

        item = Load(slot);
        return true;
    }

    /// <summary>Copies the element on top without taking it; best effort: false does not prove that the stack is empty.</summary>
    /// <param name="item">The element.</param>
    public bool TryPeek(out T item)
    {
        for (int i = 0; i < MaxTries; i++)
        {
            int top = _top.ReadAcquire();
            if (top < 0 || top >= _capacity)
            {
                RequireTop(top);
                break;
            }

            // CLAIM the slot for a moment: nobody pops or overwrites it meanwhile.
            SharedUInt32 state = _states[(uint)top];
            if (state.CompareExchange(StackHeader.Reading, StackHeader.Ready) == StackHeader.Ready)
            {
                item = _data.Read((uint)top);

                // PUBLISH [stack-slot] The element was copied out before somebody else may take it.
                state.WriteRelease(StackHeader.Ready);
                GC.KeepAlive(this);
                return true;
            }

            Thread.Yield();
        }

        item = default;
        GC.KeepAlive(this);
        return false;
    }

    /// <summary>Puts several elements on top with one claim, as many as there is room for. Waits at most 10,000 yields a slot.</summary>
    /// <param name="items">The elements; the last one ends up on top.</param>
    /// <returns>
    /// How many were put, from the start of <paramref name="items"/>. They lie next to each other. A slot that stays taken by another
    /// process is left out.
    /// </returns>
    /// <exception cref="SegmentCorruptedException">The top is out of range.</exception>
    public int TryPush(ReadOnlySpan<T> items)
    {
        int top = _top.ReadAcquire();
        int count;
        while (true)
        {
            RequireTop(top);
            count = Run(top + 1, 1, Math.Min(items.Length, _capacity - 1 - top), StackHeader.Empty);
            if (count <= 1)
            {
                return items.Length > 0 && TryPush(items[0]) ? 1 : 0;
            }

            // CLAIM 'count' indexes above the top.
            int found = _top.CompareExchange(top + count, top);
            if (found == top)
            {
                break;
            }

            top = found;
        }

        int done = 0;
        for (int i = 0; i < count; i++)
        {
            uint slot = (uint)(top + 1 + i);
            if (TryTake(slot, StackHeader.Empty, StackHeader.Writing))
            {
                Store(slot, items[done++]);
            }
        }

        return done;
    }

    /// <summary>Takes several elements with one claim, as many as there are. Waits at most 10,000 yields a slot.</summary>
    /// <param name="items">Receives the elements; the one that was on top comes first.</param>
    /// <returns>How many were taken. A slot that stays taken by another process is left out.</returns>
    /// <exception cref="SegmentCorruptedException">The top is out of range.</exception>
    public int TryPop(Span<T> items)
    {
        int top = _top.ReadAcquire();
        int count;
        while (true)
        {
            RequireTop(top);
            count = Run(top, -1, Math.Min(items.Length, top + 1), StackHeader.Ready);
            if (count <= 1)
            {
                return items.Length > 0 && TryPop(out items[0]) ? 1 : 0;
            }

            // CLAIM the topmost 'count' elements.
            int found = _top.CompareExchange(top - count, top);
            if (found == top)
            {
                break;
            }

            top = found;
        }

        int done = 0;
        for (int i = 0; i < count; i++)
        {
            uint slot = (uint)(top - i);
            if (TryTake(slot, StackHeader.Ready, StackHeader.Reading))
            {
                items[done++] = Load(slot);
            }
        }

        return done;
    }

    /// <summary>The elements from the top down, without taking them; those being added or taken are left out.</summary>
    public IEnumerator<T> GetEnumerator()
    {
        for (int i = Count - 1; i >= 0; i--)
        {
            if (_states[(uint)i].ReadAcquire() != StackHeader.Ready)
            {
                continue;
            }

            T item = _data.Read((uint)i);
            Volatile.ReadBarrier();
            if (_states[(uint)i].ReadAcquire() == StackHeader.Ready)
            {
                yield return item;
            }
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static void Initialize(SharedSegment segment, long offset, int capacity, int elementSize)
    {
        // PLAIN nobody can find the entry yet.
        segment.Int32(offset + StackHeader.TopOffset).WriteOwned(-1);
        segment.UInt32(offset + StackHeader.CapacityOffset).WriteOwned((uint)capacity);
        segment.UInt32(offset + StackHeader.ElementSizeOffset).WriteOwned((uint)elementSize);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTake(uint slot, uint from, uint to) =>

        // OBSERVE [stack-slot] CLAIM the slot in the state that the operation before left it in.
        _states[slot].CompareExchange(to, from) == from || TryTakeSlow(slot, from, to);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryTakeSlow(uint slot, uint from, uint to)
    {
        SharedUInt32 state = _states[slot];
        for (int i = 1; i < MaxTries; i++)
        {
            Thread.Yield();
            if (state.ReadAcquire() == from && state.CompareExchange(to, from) == from)
            {
                return true;
            }
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Store(uint slot, T item)
    {
        _data.Write(slot, item);

        // PUBLISH [stack-slot] The element is visible before the slot is ready. Weaker: a pop copies old bytes.
        _states[slot].WriteRelease(StackHeader.Ready);
        GC.KeepAlive(this);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T Load(uint slot)
    {
        T item = _data.Read(slot);

        // PUBLISH [stack-slot] The element was copied out before the slot is empty. Weaker: a push overwrites it.
        _states[slot].WriteRelease(StackHeader.Empty);
        GC.KeepAlive(this);
        return item;
    }

    private int Run(int first, int step, int wanted, uint state)
    {
        int run = 0;
        while (run < wanted && _states[(uint)(first + (run * step))].ReadAcquire() == state)
        {
            run++;
        }

        return run;
    }

    private void RequireTop(int top)
    {
        if (top < -1 || top >= _capacity)
        {
            throw new SegmentCorruptedException(
                $"Could not use stack '{Entry.Name}' in segment '{_memory.Name}': top is {top}, the capacity {_capacity}. A peer that "
                + "undid an operation badly or another program overwrote it; create the stack anew.",
                "use stack", _memory.Name, "top", top.ToString(CultureInfo.InvariantCulture));
        }
    }
}
