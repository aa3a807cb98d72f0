using Plenum.Cli.Measurement;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>The sharing part of the demo: both processes work on the same structures, and what is in them at the end
/// must be what the two put in.</summary>
internal static class ZeroIpcShared
{
    internal const string Verb = "zeroipc-share";

    private const int Rounds = 2000;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>Uses queue, map, signal, mutex, semaphore and array together with the peer.</summary>
    /// <returns>Whether everything was as it must be.</returns>
    internal static bool Verify(MeasuringSession session)
    {
        string name = $"plenum-measure-{Environment.ProcessId}-share";
        using SharedMemory memory = SharedMemory.Create(name, 1 << 20);
        try
        {
            memory.HasForeignPeers = false;
            SharedQueue<long> jobs = SharedQueue<long>.Create(memory, "jobs", 64);
            SharedMap<long, long> squares = SharedMap<long, long>.Create(memory, "squares", 4 * Rounds);
            SharedSignal<long> progress = SharedSignal<long>.Create(memory, "progress", 0);
            SharedMutex mutex = SharedMutex.Create(memory, "mutex");
            SharedArray<long> total = SharedArray<long>.Create(memory, "total", 2);
            SharedSemaphore finished = SharedSemaphore.Create(memory, "finished", 0);
            session.Peer.Send($"{Verb} {name}");
            session.Peer.Expect("ready");
            bool right = true;
            for (long job = 1; job <= Rounds; job++)
            {
                right &= jobs.Enqueue(job, s_patience, session.Cancellation);
                Add(mutex, total, job);
            }

            right &= finished.TryAcquire(s_patience, session.Cancellation);
            for (long job = 1; job <= Rounds; job++)
            {
                right &= squares.TryGetValue(job, out long square) && square == job * job;
            }

            long sum = 2L * Rounds * (Rounds + 1) / 2;
            right &= progress.Get() == Rounds && squares.Count == Rounds && total[0] == sum && total[1] == -sum;
            session.Peer.Expect("done");
            return right;
        }
        finally
        {
            _ = SharedMemory.Remove(name);
        }
    }

    /// <summary>The peer's half: takes every job, stores its square, tells how far it is.</summary>
    internal static void Work(PeerLine line, Action ready)
    {
        using SharedMemory memory = SharedMemory.Open(line.Text(1));
        memory.HasForeignPeers = false;
        SharedQueue<long> jobs = SharedQueue<long>.Open(memory, "jobs");
        SharedMap<long, long> squares = SharedMap<long, long>.Open(memory, "squares");
        SharedSignal<long> progress = SharedSignal<long>.Open(memory, "progress");
        SharedMutex mutex = SharedMutex.Open(memory, "mutex");
        SharedArray<long> total = SharedArray<long>.Open(memory, "total");
        SharedSemaphore finished = SharedSemaphore.Open(memory, "finished");
        ready();
        for (int i = 0; i < Rounds && jobs.Dequeue(out long job, s_patience); i++)
        {
            _ = squares.TryAdd(job, job * job);
            Add(mutex, total, job);
            progress.Set(job);
        }

        finished.Release();
    }

    // Two plain stores that belong together: only a lock that works keeps them so.
    private static void Add(SharedMutex mutex, SharedArray<long> total, long value)
    {
        using (mutex.Lock())
        {
            total[0] += value;
            total[1] -= value;
        }
    }
}
