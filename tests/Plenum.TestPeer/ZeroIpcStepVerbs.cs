using Plenum.ZeroIpc;
using static Plenum.TestPeer.PeerOutput;

namespace Plenum.TestPeer;

/// <summary>Does one operation of a ZeroIPC structure, to be killed at a named step of it.</summary>
internal static class ZeroIpcStepVerbs
{
    /// <summary>--action --segment [--ours] --die-at STEP [--hit N]: the structure is 'x'. Says <c>at STEP</c> and
    /// waits to be killed, or <c>not reached</c>.</summary>
    [Verb("zeroipc-step")]
    public static int Step(PeerArguments arguments)
    {
        StepStop.Install(arguments);
        using SharedMemory memory = SharedMemory.Open(arguments.Text("segment"));
        memory.HasForeignPeers = !arguments.Flag("ours");
        Collections(memory, arguments.Text("action"));
        Line("not reached");
        return 0;
    }

    private static void Collections(SharedMemory memory, string action)
    {
        switch (action)
        {
            case "queue-add":
                _ = SharedQueue<int>.Open(memory, "x").TryEnqueue(100);
                break;
            case "queue-take":
                _ = SharedQueue<int>.Open(memory, "x").TryDequeue(out _);
                break;
            case "queue-batch-add":
                _ = SharedQueue<int>.Open(memory, "x").TryEnqueue([100, 101, 102]);
                break;
            case "queue-batch-take":
                _ = SharedQueue<int>.Open(memory, "x").TryDequeue(stackalloc int[2]);
                break;
            case "stack-push":
                _ = SharedStack<int>.Open(memory, "x").TryPush(100);
                break;
            case "stack-pop":
                _ = SharedStack<int>.Open(memory, "x").TryPop(out _);
                break;
            case "stack-peek":
                _ = SharedStack<int>.Open(memory, "x").TryPeek(out _);
                break;
            case "map-insert":
                _ = SharedMap<int, int>.Open(memory, "x").TrySet(7, 70);
                break;
            case "map-update":
                _ = SharedMap<int, int>.Open(memory, "x").TrySet(1, 11);
                break;
            case "map-remove":
                _ = SharedMap<int, int>.Open(memory, "x").TryRemove(1);
                break;
            case "set-insert":
                _ = SharedSet<int>.Open(memory, "x").TryAdd(7);
                break;
            case "set-remove":
                _ = SharedSet<int>.Open(memory, "x").TryRemove(1);
                break;
            default:
                PoolsRingsAndTable(memory, action);
                break;
        }
    }

    private static void PoolsRingsAndTable(SharedMemory memory, string action)
    {
        switch (action)
        {
            case "pool-allocate":
                _ = SharedPool<int>.Open(memory, "x").TryAllocate(out _);
                break;
            case "pool-free":
                SharedPool<int>.Open(memory, "x").Free(0);
                break;
            case "ring-write":
                _ = SharedRing<int>.Open(memory, "x").TryWrite(100);
                break;
            case "ring-read":
                _ = SharedRing<int>.Open(memory, "x").TryRead(out _);
                break;
            case "table-create":
                _ = SharedMutex.Create(memory, "new");
                break;
            case "table-composite":
                _ = SharedReaderWriterLock.Create(memory, "new");
                break;
            default:
                Synchronization(memory, action);
                break;
        }
    }

    private static void Synchronization(SharedMemory memory, string action)
    {
        switch (action)
        {
            case "mutex":
                SharedMutex.Open(memory, "x").Lock().Dispose();
                break;
            case "semaphore-acquire":
                SharedSemaphore.Open(memory, "x").Acquire();
                break;
            case "semaphore-release":
                SharedSemaphore.Open(memory, "x").Release();
                break;
            case "rwlock-read":
                SharedReaderWriterLock.Open(memory, "x").ReadLock().Dispose();
                break;
            case "rwlock-write":
                SharedReaderWriterLock.Open(memory, "x").WriteLock().Dispose();
                break;
            case "monitor-wait":
                SharedMonitor monitor = SharedMonitor.Open(memory, "x");
                using (MutexLock held = monitor.Enter())
                {
                    _ = monitor.Wait(held, TimeSpan.FromSeconds(50));
                }

                break;
            case "barrier":
                _ = SharedBarrier.Open(memory, "x").SignalAndWait(TimeSpan.FromSeconds(50));
                break;
            case "latch":
                _ = SharedLatch.Open(memory, "x").CountDown();
                break;
            case "once":
                _ = SharedOnce.Open(memory, "x").Call(() => { });
                break;
            case "event-signal":
                _ = SharedEvent.Open(memory, "x").Signal();
                break;
            case "event-wait":
                _ = SharedEvent.Open(memory, "x").Wait(TimeSpan.FromSeconds(50));
                break;
            case "signal":
                SharedSignal<long>.Open(memory, "x").Set(9);
                break;
            default:
                ZeroIpcCodataSteps.Run(memory, action);
                break;
        }
    }
}
