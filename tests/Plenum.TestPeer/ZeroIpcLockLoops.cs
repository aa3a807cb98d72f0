using Plenum.ZeroIpc;

namespace Plenum.TestPeer;

/// <summary>The loops over maps, sets and synchronisation structures. A counter is an array of plain u64 elements,
/// which loses updates unless something keeps others out.</summary>
internal static class ZeroIpcLockLoops
{
    internal static Func<int> Find(SharedMemory memory, string loop, PeerArguments arguments)
    {
        string name = arguments.Text("name");
        return loop switch
        {
            "map-filler" => Keys(arguments, SharedMap<long, double>.Open(memory, name), static (map, key) =>
                map.TrySet(key, (2 * key) + 1)),
            "map-checker" => Keys(arguments, SharedMap<long, double>.Open(memory, name), static (map, key) =>
                map.TryGetValue(key, out double value) && value == (2 * key) + 1),
            "map-remover" => Keys(arguments, SharedMap<long, double>.Open(memory, name), static (map, key) =>
                map.TryRemove(key)),
            "set-filler" => Keys(arguments, SharedSet<long>.Open(memory, name), static (set, key) => set.TryAdd(key)),
            "set-checker" => Keys(
                arguments, SharedSet<long>.Open(memory, name), static (set, key) => set.Contains(key)),
            "set-remover" => Keys(
                arguments, SharedSet<long>.Open(memory, name), static (set, key) => set.TryRemove(key)),
            "mutex-loop" => Locked(memory, arguments, SharedMutex.Open(memory, name), static mutex =>
                mutex.TryLock(ZeroIpcLoopVerbs.Patience, out MutexLock held) ? held.Dispose : null),
            "semaphore-loop" => Locked(memory, arguments, SharedSemaphore.Open(memory, name), static semaphore =>
                semaphore.TryAcquire(ZeroIpcLoopVerbs.Patience) ? () => semaphore.Release() : null),
            "monitor-loop" => Locked(memory, arguments, SharedMonitor.Open(memory, name), static monitor =>
                monitor.TryEnter(ZeroIpcLoopVerbs.Patience, out MutexLock held) ? held.Dispose : null),
            "rwlock-writer" => Locked(memory, arguments, SharedReaderWriterLock.Open(memory, name), static rw =>
                rw.TryWriteLock(ZeroIpcLoopVerbs.Patience, out WriterLock held) ? held.Dispose : null),
            "rwlock-reader" => () => Readers(memory, arguments, name),
            "monitor-producer" => () => MonitorPuts(memory, arguments, name),
            "monitor-consumer" => () => MonitorTakes(memory, arguments, name),
            "barrier-loop" => () => Barrier(memory, arguments, name),
            "once-loop" => () => Once(memory, arguments, name),
            "event-signaler" => () => Signals(SharedEvent.Open(memory, name), arguments),
            "event-waiter" => () => Waits(SharedEvent.Open(memory, name), arguments),
            _ => throw new ArgumentException($"no loop {loop}"),
        };
    }

    private static Func<int> Keys<TSubject>(
        PeerArguments arguments, TSubject subject, Func<TSubject, long, bool> action) => () =>
    {
        var tally = new ZeroIpcTally();
        long start = arguments.Number("start", 0), count = arguments.Number("count");
        for (long key = start; key < start + count; key++)
        {
            if (action(subject, key))
            {
                tally.Add(true, (ulong)key);
            }
        }

        return tally.Print(count);
    };

    private static Func<int> Locked<TSubject>(
        SharedMemory memory, PeerArguments arguments, TSubject subject, Func<TSubject, Action?> enter) => () =>
    {
        SharedArray<ulong> counter = Counter(memory, arguments);
        long count = arguments.Number("count"), done = 0, violations = 0;
        while (done < count && enter(subject) is { } exit)
        {
            counter[0]++;
            if (done % 16 == 0)
            {
                Thread.Yield();
            }

            counter[1]++;
            violations += counter[0] == counter[1] ? 0 : 1;
            exit();
            done++;
        }

        return ZeroIpcTally.Print(done == count, done, violations);
    };

    private static int Readers(SharedMemory memory, PeerArguments arguments, string name)
    {
        SharedReaderWriterLock rw = SharedReaderWriterLock.Open(memory, name);
        SharedArray<ulong> counter = Counter(memory, arguments);
        long count = arguments.Number("count"), done = 0, violations = 0;
        ulong last = 0;
        while (done < count && rw.TryReadLock(ZeroIpcLoopVerbs.Patience, out ReaderLock held))
        {
            ulong first = counter[0];
            if (done % 16 == 0)
            {
                Thread.Yield();
            }

            violations += first != counter[1] || first < last ? 1 : 0;
            last = first;
            held.Dispose();
            done++;
        }

        return ZeroIpcTally.Print(done == count, done, violations);
    }

    private static int MonitorPuts(SharedMemory memory, PeerArguments arguments, string name)
    {
        SharedMonitor monitor = SharedMonitor.Open(memory, name);
        SharedArray<ulong> counter = Counter(memory, arguments);
        long count = arguments.Number("count"), done = 0;
        while (done < count && monitor.TryEnter(ZeroIpcLoopVerbs.Patience, out MutexLock held))
        {
            counter[0]++;
            monitor.Notify();
            held.Dispose();
            done++;
        }

        return ZeroIpcTally.Print(done == count, done, 0);
    }

    private static int MonitorTakes(SharedMemory memory, PeerArguments arguments, string name)
    {
        SharedMonitor monitor = SharedMonitor.Open(memory, name);
        SharedArray<ulong> counter = Counter(memory, arguments);
        long count = arguments.Number("count"), done = 0;
        while (done < count && monitor.TryEnter(ZeroIpcLoopVerbs.Patience, out MutexLock held))
        {
            bool there = monitor.Wait(held, () => counter[0] > 0, ZeroIpcLoopVerbs.Patience);
            counter[0] -= there ? 1UL : 0;
            held.Dispose();
            if (!there)
            {
                break;
            }

            done++;
        }

        return ZeroIpcTally.Print(done == count, done, 0);
    }

    private static int Barrier(SharedMemory memory, PeerArguments arguments, string name)
    {
        using SharedBarrier barrier = SharedBarrier.Open(memory, name);
        SharedArray<ulong> counter = Counter(memory, arguments);
        long count = arguments.Number("count"), done = 0, violations = 0, index = arguments.Number("index", 0);
        for (; done < count; done++)
        {
            ulong round = (ulong)done + 1;
            counter.WriteRelease(index, round);
            if (!barrier.SignalAndWait(ZeroIpcLoopVerbs.Patience))
            {
                break;
            }

            for (int other = 0; other < barrier.ParticipantCount; other++)
            {
                violations += counter.ReadAcquire(other) - round <= 1 ? 0 : 1;
            }
        }

        return ZeroIpcTally.Print(done == count, done, violations);
    }

    private static int Once(SharedMemory memory, PeerArguments arguments, string name)
    {
        SharedArray<ulong> counter = Counter(memory, arguments);
        OnceOutcome outcome =
            SharedOnce.Open(memory, name).Call(() => counter[0]++, ZeroIpcLoopVerbs.Patience);
        return ZeroIpcTally.Print(outcome != OnceOutcome.TimedOut && counter[0] == 1, 1, 0);
    }

    private static int Signals(SharedEvent signalled, PeerArguments arguments)
    {
        long count = arguments.Number("count"), done = 0;
        for (; done < count && signalled.Signal(); done++)
        {
        }

        return ZeroIpcTally.Print(done == count, done, 0);
    }

    private static int Waits(SharedEvent signalled, PeerArguments arguments)
    {
        long count = arguments.Number("count"), done = 0;
        for (; done < count && signalled.Wait(ZeroIpcLoopVerbs.Patience); done++)
        {
        }

        return ZeroIpcTally.Print(done == count, done, 0);
    }

    private static SharedArray<ulong> Counter(SharedMemory memory, PeerArguments arguments) =>
        SharedArray<ulong>.Open(memory, arguments.Text("counter"));
}
