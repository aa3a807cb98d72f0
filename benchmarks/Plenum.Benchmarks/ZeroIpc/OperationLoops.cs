using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.ZeroIpc;

/// <summary>Every operation of the comparison with C++ as a loop; the baseline has the same loops under the same
/// names.</summary>
internal sealed class OperationLoops : IDisposable
{
    private const int Slots = 1024;

    private readonly SharedMemory _memory;
    private readonly SharedQueue<int> _queue;
    private readonly SharedStack<int> _stack;
    private readonly SharedRing<int> _ring;
    private readonly SharedMap<int, int> _map;
    private readonly SharedMap<int, int> _found;
    private readonly SharedPool<int> _pool;
    private readonly SharedArray<long> _array;
    private readonly SharedMutex _mutex;
    private readonly SharedSignal<double> _signal;
    private readonly SharedReaderWriterLock _lock;
    private readonly SharedSemaphore _semaphore;
    private readonly int[] _items = new int[32];

    internal OperationLoops()
    {
        string name = $"plenum-bench-{Environment.ProcessId}-ops";
        _memory = SharedMemory.Create(name, 1 << 20);
        _queue = SharedQueue<int>.Create(_memory, "queue", Slots);
        _stack = SharedStack<int>.Create(_memory, "stack", Slots);
        _ring = SharedRing<int>.Create(_memory, "ring", Slots);
        _map = SharedMap<int, int>.Create(_memory, "map", Slots);
        _pool = SharedPool<int>.Create(_memory, "pool", Slots);
        _array = SharedArray<long>.Create(_memory, "array", 64);
        _mutex = SharedMutex.Create(_memory, "mutex");
        _signal = SharedSignal<double>.Create(_memory, "signal", 0);
        _lock = SharedReaderWriterLock.Create(_memory, "lock");
        _semaphore = SharedSemaphore.Create(_memory, "semaphore", 4, 8);
        _found = SharedMap<int, int>.Create(_memory, "found", Slots);
        for (int key = 0; key < 512; key++)
        {
            _ = _map.TrySet(key, key);
            _ = _found.TrySet(key, key);
        }

        All = new Dictionary<string, Func<long, ulong>>(StringComparer.Ordinal)
        {
            ["queue.pair"] = QueuePair,
            ["queue.batch32"] = QueueBatch,
            ["stack.pair"] = StackPair,
            ["ring.pair"] = RingPair,
            ["map.find"] = MapFind,
            ["map.update"] = MapUpdate,
            ["map.insert-remove"] = MapInsertRemove,
            ["pool.pair"] = PoolPair,
            ["array.add"] = ArrayAdd,
            ["mutex.pair"] = MutexPair,
            ["signal.set"] = SignalSet,
            ["signal.get"] = SignalGet,
            ["rwlock.read-pair"] = ReadPair,
            ["rwlock.write-pair"] = WritePair,
            ["semaphore.pair"] = SemaphorePair,
        };
    }

    /// <summary>The loops by the baseline's names; each takes a number of rounds and returns a check value.</summary>
    internal IReadOnlyDictionary<string, Func<long, ulong>> All { get; }

    public void Dispose()
    {
        _ = SharedMemory.Remove(_memory.Name);
        _memory.Dispose();
    }

    private ulong QueuePair(long rounds)
    {
        SharedQueue<int> queue = _queue;
        ulong sum = 0;
        for (long i = 0; i < rounds; i++)
        {
            _ = queue.TryEnqueue((int)i);
            _ = queue.TryDequeue(out int value);
            sum += (uint)value;
        }

        return sum;
    }

    private ulong QueueBatch(long rounds)
    {
        SharedQueue<int> queue = _queue;
        ulong sum = 0;
        int[] items = _items;
        for (long i = 0; i + 32 <= rounds; i += 32)
        {
            for (int k = 0; k < items.Length; k++)
            {
                items[k] = (int)(i + k);
            }

            _ = queue.TryEnqueue(items);
            _ = queue.TryDequeue(items.AsSpan());
            sum += (uint)items[31];
        }

        return sum;
    }

    private ulong StackPair(long rounds)
    {
        SharedStack<int> stack = _stack;
        ulong sum = 0;
        for (long i = 0; i < rounds; i++)
        {
            _ = stack.TryPush((int)i);
            _ = stack.TryPop(out int value);
            sum += (uint)value;
        }

        return sum;
    }

    private ulong RingPair(long rounds)
    {
        SharedRing<int> ring = _ring;
        ulong sum = 0;
        for (long i = 0; i < rounds; i++)
        {
            _ = ring.TryWrite((int)i);
            _ = ring.TryRead(out int value);
            sum += (uint)value;
        }

        return sum;
    }

    private ulong MapFind(long rounds)
    {
        SharedMap<int, int> found = _found;
        ulong sum = 0;
        for (long i = 0; i < rounds; i++)
        {
            _ = found.TryGetValue((int)(i & 511), out int value);
            sum += (uint)value;
        }

        return sum;
    }

    private ulong MapUpdate(long rounds)
    {
        SharedMap<int, int> map = _map;
        for (long i = 0; i < rounds; i++)
        {
            _ = map.TrySet((int)(i & 511), (int)i);
        }

        return (ulong)rounds;
    }

    private ulong MapInsertRemove(long rounds)
    {
        SharedMap<int, int> map = _map;
        ulong removed = 0;
        for (long i = 0; i < rounds; i++)
        {
            int key = 600 + (int)(i & 7);
            _ = map.TrySet(key, (int)i);
            removed += map.TryRemove(key) ? 1UL : 0;
        }

        return removed;
    }

    private ulong PoolPair(long rounds)
    {
        SharedPool<int> pool = _pool;
        ulong sum = 0;
        for (long i = 0; i < rounds; i++)
        {
            _ = pool.TryAllocate(out int index);
            sum += (uint)index;
            pool.Free(index);
        }

        return sum;
    }

    private ulong ArrayAdd(long rounds)
    {
        SharedArray<long> array = _array;
        for (long i = 0; i < rounds; i++)
        {
            _ = array.Add(i & 63, 1);
        }

        return (ulong)rounds;
    }

    private ulong MutexPair(long rounds)
    {
        SharedMutex mutex = _mutex;
        ulong sum = 0;
        for (long i = 0; i < rounds; i++)
        {
            using (mutex.Lock())
            {
                sum++;
            }
        }

        return sum;
    }

    private ulong SignalSet(long rounds)
    {
        SharedSignal<double> signal = _signal;
        for (long i = 0; i < rounds; i++)
        {
            signal.Set(i);
        }

        return (ulong)signal.Get();
    }

    private ulong SignalGet(long rounds)
    {
        SharedSignal<double> signal = _signal;
        double sum = 0;
        for (long i = 0; i < rounds; i++)
        {
            sum += signal.Get();
        }

        return (ulong)sum;
    }

    private ulong ReadPair(long rounds)
    {
        SharedReaderWriterLock shared = _lock;
        for (long i = 0; i < rounds; i++)
        {
            shared.ReadLock().Dispose();
        }

        return (ulong)rounds;
    }

    private ulong WritePair(long rounds)
    {
        SharedReaderWriterLock shared = _lock;
        for (long i = 0; i < rounds; i++)
        {
            shared.WriteLock().Dispose();
        }

        return (ulong)rounds;
    }

    private ulong SemaphorePair(long rounds)
    {
        SharedSemaphore semaphore = _semaphore;
        for (long i = 0; i < rounds; i++)
        {
            semaphore.Acquire();
            semaphore.Release();
        }

        return (ulong)semaphore.CurrentCount;
    }
}
