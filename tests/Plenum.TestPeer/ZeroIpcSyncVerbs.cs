using Plenum.ZeroIpc;
using static Plenum.TestPeer.PeerOutput;

namespace Plenum.TestPeer;

/// <summary>Verbs that hold or wait for ZeroIPC synchronisation structures until they are killed.</summary>
internal static class ZeroIpcSyncVerbs
{
    /// <summary>--segment --kind --name [--ours]: holds it, says 'held', waits to be killed.</summary>
    [Verb("zeroipc-hold")]
    public static int Hold(PeerArguments arguments)
    {
        using SharedMemory memory = Open(arguments);
        string name = arguments.Text("name");
        switch (arguments.Text("kind"))
        {
            case "mutex":
                _ = SharedMutex.Open(memory, name).Lock();
                WaitToBeKilled("held");
                break;
            case "read":
                _ = SharedReaderWriterLock.Open(memory, name).ReadLock();
                WaitToBeKilled("held");
                break;
            case "write":
                _ = SharedReaderWriterLock.Open(memory, name).WriteLock();
                WaitToBeKilled("held");
                break;
            case "once":
                _ = SharedOnce.Open(memory, name).Call(() => WaitToBeKilled("held"));
                break;
            case "signal":
                _ = SharedSignal<long>.Open(memory, name).Update(value =>
                {
                    WaitToBeKilled("held");
                    return value;
                });
                break;
            case "latch":
                _ = SharedLatch.Open(memory, name).Join();
                WaitToBeKilled("held");
                break;
            default:
                return 2;
        }

        return 0;
    }

    /// <summary>--segment --kind --name [--ours]: says 'waiting', waits for it, says 'done'.</summary>
    [Verb("zeroipc-wait")]
    public static int Wait(PeerArguments arguments)
    {
        using SharedMemory memory = Open(arguments);
        string name = arguments.Text("name");
        Line("waiting");
        switch (arguments.Text("kind"))
        {
            case "mutex":
                SharedMutex.Open(memory, name).Lock().Dispose();
                break;
            case "semaphore":
                SharedSemaphore.Open(memory, name).Acquire();
                break;
            case "event":
                SharedEvent.Open(memory, name).Wait();
                break;
            case "barrier":
                SharedBarrier.Open(memory, name).SignalAndWait();
                break;
            default:
                return 2;
        }

        Line("done");
        return 0;
    }

    /// <summary>--segment --rounds: passes tokens from semaphore 'a' to semaphore 'b', adds under mutex 'm' to the u64
    /// at 4096.</summary>
    [Verb("zeroipc-tokens")]
    public static int Tokens(PeerArguments arguments)
    {
        using SharedMemory memory = Open(arguments);
        SharedSemaphore a = SharedSemaphore.Open(memory, "a");
        SharedSemaphore b = SharedSemaphore.Open(memory, "b");
        SharedMutex mutex = SharedMutex.Open(memory, "m");
        SharedSignal<long> total = SharedSignal<long>.Open(memory, "total");
        long rounds = arguments.Number("rounds");
        Line("ready");
        for (long i = 0; i < rounds; i++)
        {
            a.Acquire();
            b.Release();
            using (mutex.Lock())
            {
                total.Set(total.Get() + 1);
            }
        }

        Line("done");
        return 0;
    }

    private static SharedMemory Open(PeerArguments arguments)
    {
        SharedMemory memory = SharedMemory.Open(arguments.Text("segment"));
        memory.HasForeignPeers = !arguments.Flag("ours");
        return memory;
    }
}
