using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A fixed number of nodes that processes allocate and free (spec zeroipc 2.6), wire compatible with the C++
/// pool.</summary>
/// <typeparam name="T">The type of a node's value.</typeparam>
/// <remarks>
/// <para>Thread-safe and lock-free: a generation beside the head's index keeps a paused process from linking an old
/// chain. The value of a node belongs to whoever allocated it. Values are not cleared.</para>
/// <para>The handle is the node's index, which means the same in every process. A process that dies keeps what it had
/// allocated; whoever knows that may <see cref="Free"/> it in its place.</para>
/// </remarks>
public sealed class SharedPool<T>
    where T : unmanaged
{
    private readonly SharedMemory _memory;
    private readonly SharedUInt64 _freeHead;
    private readonly SharedUInt32 _allocated;
    private readonly SharedColumn<T> _values;
    private readonly SharedUInt32Column _next;
    private readonly uint _capacity;
    private readonly WaitSite _room;
    private readonly SharedUInt32 _roomWaiters;

    private SharedPool(SharedMemory memory, in SharedEntry entry, uint capacity)
    {
        _memory = memory;
        Entry = entry;
        _capacity = capacity;
        SharedSegment segment = memory.Segment;
        _freeHead = segment.UInt64(entry.Offset + PoolHeader.FreeHeadOffset);
        _allocated = segment.UInt32(entry.Offset + PoolHeader.AllocatedOffset);
        _values = segment.Column<T>(entry.Offset + PoolHeader.NodesOffset, Stride, capacity);
        _next = segment.UInt32Column(
            entry.Offset + PoolHeader.NodesOffset + PoolHeader.NextOffset(ShareableType.SizeOf<T>()), Stride, capacity);
        _room = memory.Waits().Site(entry.Offset + PoolHeader.FreeHeadOffset);
        _roomWaiters = _room.WaitersCell;
    }

    /// <summary>Its entry in the table.</summary>
    public SharedEntry Entry { get; }

    /// <summary>The segment it lies in.</summary>
    public SharedMemory Memory => _memory;

    /// <summary>Number of nodes.</summary>
    public int Capacity => (int)_capacity;

    /// <summary>Number of nodes in use, as the header counts them.</summary>
    public int AllocatedCount
    {
        get
        {
            uint allocated = _allocated.ReadAcquire();
            GC.KeepAlive(this);
            return (int)Math.Min(allocated, _capacity);
        }
    }

    private static int Stride => PoolHeader.Stride(ShareableType.SizeOf<T>(), ShareableType.AlignmentOf<T>());

    /// <summary>The value of a node; plain loads and stores.</summary>
    /// <param name="index">A node that the caller allocated, or was given by who did.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such node.</exception>
    public T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            T value = _values.Read((uint)index);
            GC.KeepAlive(this);
            return value;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set
        {
            _values.Write((uint)index, value);
            GC.KeepAlive(this);
        }
    }

    /// <summary>Creates a pool whose nodes are all free.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Its name, at most 31 bytes in UTF-8.</param>
    /// <param name="capacity">Number of nodes, at least 1.</param>
    /// <exception cref="NotSupportedException">The value type cannot be shared.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is less than 1.</exception>
    /// <inheritdoc cref="NameTable.Register" path="/exception"/>
    public static SharedPool<T> Create(SharedMemory memory, string name, int capacity)
    {
        ArgumentNullException.ThrowIfNull(memory);
        int size = StructureSize.OfElement<T>();
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        SharedEntry[] entries = memory.Allocate(new EntryRequest(
            name,
            PoolHeader.TotalBytes(capacity, Stride),
            (segment, offset) => Initialize(segment, offset, (uint)capacity, size)));
        return new SharedPool<T>(memory, entries[0], (uint)capacity);
    }

    /// <summary>Opens a pool that a C++ or C# program, or a Python program with the same value type, created.</summary>
    /// <param name="memory">The segment, mapped read-write.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="NotSupportedException">The value type cannot be shared.</exception>
    /// <exception cref="EntryNotFoundException">No such entry.</exception>
    /// <exception cref="SegmentFormatException">The entry is no pool of this element size, or the segment is of version
    /// 1.</exception>
    /// <exception cref="SegmentCorruptedException">The entry lies outside the segment.</exception>
    /// <exception cref="InvalidOperationException">The segment is mapped read-only.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public static SharedPool<T> Open(SharedMemory memory, string name)
    {
        ArgumentNullException.ThrowIfNull(memory);
        int size = StructureSize.OfElement<T>();
        SharedEntry entry = memory.OpenEntry("pool", name, PoolHeader.SizeBytes);
        uint capacity = memory.Segment.ReadOnlyUInt32(entry.Offset + PoolHeader.CapacityOffset).ReadAcquire();
        uint elementSize = memory.Segment.ReadOnlyUInt32(entry.Offset + PoolHeader.ElementSizeOffset).ReadAcquire();
        if (elementSize != size)
        {
            throw memory.WrongLayout("pool", entry, $"elem_size {size}", $"elem_size {elementSize}",
                PoolHeader.ElementSizeOffset);
        }

        if (capacity is 0 or > int.MaxValue || entry.SizeBytes != PoolHeader.TotalBytes(capacity, Stride))
        {
            throw memory.WrongLayout(
                "pool",
                entry,
                $"a capacity of at least 1 that fills the entry with nodes of {Stride} bytes",
                $"capacity {capacity} in an entry of {entry.SizeBytes} bytes",
                PoolHeader.CapacityOffset);
        }

        return new SharedPool<T>(memory, entry, capacity);
    }

    /// <summary>Opens a pool, or creates it if there is none.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Its name.</param>
    /// <param name="capacity">Number of nodes if it is created; an existing pool keeps its own.</param>
    /// <inheritdoc cref="Create" path="/exception"/>
    /// <exception cref="SegmentFormatException">The entry is no pool of this element size.</exception>
    public static SharedPool<T> CreateOrOpen(SharedMemory memory, string name, int capacity) =>
        StructureSize.OpenOrCreate(memory, name, () => Open(memory, name), () => Create(memory, name, capacity));

    /// <summary>Takes a free node. Does not wait.</summary>
    /// <param name="index">The node; its value is whatever it was.</param>
    /// <returns>False when no node is free.</returns>
    /// <exception cref="SegmentCorruptedException">The chain of free nodes leads outside the pool.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAllocate(out int index)
    {
        // OBSERVE [pool-node] The chain below the head is linked.
        ulong head = _freeHead.ReadAcquire();
        if (_next.TryGet((uint)head, out SharedUInt32 next)

            // CLAIM the node. One that another process allocates meanwhile has any next; the generation makes the
            // exchange fail then.
            && _freeHead.CompareExchange(Successor(head, next.ReadOwned()), head) == head)
        {
            StepHook.At("pool-allocate-taken");
            _ = _allocated.Increment();
            StepHook.At("pool-allocate-counted");
            GC.KeepAlive(this);
            index = (int)(uint)head;
            return true;
        }

        // A local of its own: one whose address is passed on stays in memory.
        bool found = TryAllocateSlow(out int late);
        index = late;
        return found;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryAllocateSlow(out int index)
    {
        // OBSERVE [pool-node] The chain below the head is linked.
        ulong head = _freeHead.ReadAcquire();
        while (true)
        {
            uint node = (uint)head;
            if (node >= _capacity)
            {
                return ThrowUnlessNone(node, out index);
            }

            uint next = _next[node].ReadOwned();

            // CLAIM the node.
            ulong found = _freeHead.CompareExchange(Successor(head, next), head);
            if (found == head)
            {
                StepHook.At("pool-allocate-taken");
                _ = _allocated.Increment();
                StepHook.At("pool-allocate-counted");
                GC.KeepAlive(this);
                index = (int)node;
                return true;
            }

            head = found;
        }
    }

    /// <summary>Takes a free node and stores a value in it. Does not wait.</summary>
    /// <param name="value">The value.</param>
    /// <param name="index">The node.</param>
    /// <returns>False when no node is free.</returns>
    /// <exception cref="SegmentCorruptedException">The chain of free nodes leads outside the pool.</exception>
    public bool TryAllocate(T value, out int index)
    {
        if (!TryAllocate(out index))
        {
            return false;
        }

        _values.Write((uint)index, value);
        return true;
    }

    /// <summary>Takes a free node; waits for one.</summary>
    /// <param name="index">The node; its value is whatever it was.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try
    /// once.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over and no node free.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was taken.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed during the wait.</exception>
    public bool Allocate(out int index, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        if (TryAllocate(out index))
        {
            return true;
        }

        var condition = new Allocation(this);
        bool taken = _room.Wait(ref condition, null, MonotonicClock.Deadline(timeout), cancellationToken);
        index = condition.Index;
        GC.KeepAlive(this);
        return taken;
    }

    /// <summary>Takes a free node; waits for one without holding a thread.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try
    /// once.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The node; null when the time was over and no node free.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was taken.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed during the wait.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int?> AllocateAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        if (TryAllocate(out int index))
        {
            return index;
        }

        var condition = new SharedAllocation(this);
        return await _room.WaitAsync(condition, null, MonotonicClock.Deadline(timeout),
            cancellationToken).ConfigureAwait(false)
            ? condition.Index
            : null;
    }

    /// <summary>Gives a node back. The caller must have it: freeing a node twice damages the pool (only a node that is
    /// just the head of the free chain is noticed).</summary>
    /// <param name="index">The node.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such node.</exception>
    /// <exception cref="InvalidOperationException">The node is the head of the free chain.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Free(int index)
    {
        if (!_next.TryGet(index, out SharedUInt32 next))
        {
            ThrowNoNode(index);
        }

        ulong head = _freeHead.ReadAcquire();
        while (true)
        {
            if ((uint)head == (uint)index)
            {
                ThrowFree(index);
            }

            // PLAIN published by the exchange.
            next.WriteOwned((uint)head);
            StepHook.At("pool-free-linked");

            // PUBLISH [pool-node] The link is visible before the head leads to it (full fence). Weaker: the chain
            //   breaks.
            ulong found = _freeHead.CompareExchange(Successor(head, (uint)index), head);
            if (found == head)
            {
                break;
            }

            head = found;
        }

        StepHook.At("pool-free-returned");
        if (_allocated.Decrement() == uint.MaxValue)
        {
            // A Python peer clamps the count at 0; so does this.
            _ = _allocated.Increment();
        }

        // PLAIN the exchange's full fence stands between the change and this look.
        if (_roomWaiters.ReadOwned() != 0)
        {
            _room.WakeOne();
        }

        GC.KeepAlive(this);
    }

    /// <summary>The indexes of the nodes that are free, in the order of the chain; exact only while nobody allocates or
    /// frees.</summary>
    /// <exception cref="SegmentCorruptedException">The chain leads outside the pool or is longer than it.</exception>
    public IReadOnlyList<int> FreeNodes()
    {
        var nodes = new List<int>();
        uint node = (uint)_freeHead.ReadAcquire();
        while (node < _capacity && nodes.Count < _capacity)
        {
            nodes.Add((int)node);
            node = _next[node].ReadAcquire();
        }

        GC.KeepAlive(this);
        return node == PoolHeader.NoNode ? nodes : throw Corrupted("next", node);
    }

    private static ulong Successor(ulong head, uint index) => (((head >> 32) + 1) << 32) | index;

    private static void Initialize(SharedSegment segment, long offset, uint capacity, int elementSize)
    {
        // PLAIN nobody can find the entry yet.
        segment.UInt32(offset + PoolHeader.CapacityOffset).WriteOwned(capacity);
        segment.UInt32(offset + PoolHeader.ElementSizeOffset).WriteOwned((uint)elementSize);
        SharedUInt32Column next = segment.UInt32Column(
            offset + PoolHeader.NodesOffset + PoolHeader.NextOffset(elementSize), Stride, capacity);
        for (uint i = 0; i < capacity; i++)
        {
            next[i].WriteOwned(i + 1 < capacity ? i + 1 : PoolHeader.NoNode);
        }
    }

    [DoesNotReturn]
    private void ThrowNoNode(int index) => throw new ArgumentOutOfRangeException(
        nameof(index), index, $"Pool '{Entry.Name}' has {_capacity} nodes.");

    [DoesNotReturn]
    private void ThrowFree(int index) => throw new InvalidOperationException(
        $"Could not free node {index} of pool '{Entry.Name}' in segment '{_memory.Name}': it is free already.");

    private bool ThrowUnlessNone(uint node, out int index)
    {
        index = -1;
        GC.KeepAlive(this);
        return node == PoolHeader.NoNode ? false : throw Corrupted("free_head", node);
    }

    private SegmentCorruptedException Corrupted(string field, uint value) => new(
        $"Could not use pool '{Entry.Name}' in segment '{_memory.Name}': {field} leads to node {value} of "
        + $"{_capacity}, or in a circle. "
        + "A node was freed twice or used after it was freed; create the pool anew.",
        "use pool", _memory.Name, field, value.ToString(CultureInfo.InvariantCulture));

    private struct Allocation(SharedPool<T> pool) : IWaitCondition
    {
        private int _index = -1;

        internal readonly int Index => _index;

        public bool IsMet() => pool.TryAllocate(out _index);
    }

    private sealed class SharedAllocation(SharedPool<T> pool) : IWaitCondition
    {
        private int _index = -1;

        internal int Index => _index;

        public bool IsMet() => pool.TryAllocate(out _index);
    }
}
