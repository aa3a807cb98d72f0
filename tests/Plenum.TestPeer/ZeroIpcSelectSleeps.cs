using Plenum.Platform;
using Plenum.ZeroIpc;
using static Plenum.TestPeer.PeerOutput;

namespace Plenum.TestPeer;

/// <summary>What selects that sleep allocate, in a process that does nothing else.</summary>
internal static class ZeroIpcSelectSleeps
{
    private const int WarmUp = 500;

    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(30);

    /// <summary>--segment --count [--async] [--ours]: selects over the channel 'c', the stream 's', the broadcast 'b',
    /// the future 'f' and a time, each of which sleeps until another thread gives it a value; says 'allocated BYTES
    /// taken COUNT' of the whole process, after a warm-up.</summary>
    [Verb("zeroipc-select-sleeps")]
    public static int Run(PeerArguments arguments)
    {
        using SharedMemory memory = SharedMemory.Open(arguments.Text("segment"));
        memory.HasForeignPeers = !arguments.Flag("ours");

        // Nothing spins: every select goes to sleep.
        memory.WaitStrategy = WaitStrategy.PowerSaving;
        int count = (int)arguments.Number("count") + WarmUp;
        bool asynchronous = arguments.Flag("async");
        using BroadcastSubscription<long> subscription = SharedBroadcast<long>.Open(memory, "b").Subscribe();
        SelectCase<long>[] values =
        [
            SharedChannel<long>.Open(memory, "c").Receiving(), SharedStream<long>.Open(memory, "s").Receiving(),
            subscription.Receiving(), SharedFuture<long>.Open(memory, "f").Completing(),
        ];
        SelectCase[] cases = [.. values, SelectCase.After(s_long)];
        using var turn = new SemaphoreSlim(0);
        var giver = new Thread(() => Give(memory, turn, count));
        giver.Start();
        long before = 0;
        long sum = 0;
        for (int i = 0; i < count; i++)
        {
            before = i == WarmUp ? GC.GetTotalAllocatedBytes(precise: true) : before;
            _ = turn.Release();
            int chosen = asynchronous
                ? Finished(SharedSelect.WaitAsync(cases, s_long))
                : SharedSelect.Wait(cases, s_long);
            sum += chosen == i % 3 && values[chosen].Value == i ? 1 : 0;
        }

        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        giver.Join();
        Line($"allocated {allocated} taken {sum - WarmUp}");
        return 0;
    }

    // Waits a moment longer than a select needs to fall asleep; that it did is not what is checked.
    private static void Give(SharedMemory memory, SemaphoreSlim turn, int count)
    {
        var channel = SharedChannel<long>.Open(memory, "c");
        var stream = SharedStream<long>.Open(memory, "s");
        using BroadcastPublisher<long> publisher = SharedBroadcast<long>.Open(memory, "b").OpenPublisher();
        for (int i = 0; i < count; i++)
        {
            turn.Wait();
            Thread.Sleep(1);
            switch (i % 3)
            {
                case 0:
                    _ = channel.TrySend(i);
                    break;
                case 1:
                    _ = stream.TryEmit(i);
                    break;
                default:
                    _ = publisher.TryEmit(i);
                    break;
            }
        }
    }

    // Without a task of its own: this thread looks until the select has ended.
    private static int Finished(ValueTask<int> select)
    {
        while (!select.IsCompleted)
        {
            Thread.Sleep(0);
        }

        return select.GetAwaiter().GetResult();
    }
}
