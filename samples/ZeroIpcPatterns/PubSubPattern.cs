using System.Diagnostics;
using Plenum.ZeroIpc;

namespace Plenum.Samples.ZeroIpcPatterns;

/// <summary>One publisher, three subscribers that each see every value; the last one joins late and begins with
/// history.</summary>
internal static class PubSubPattern
{
    private const int Count = 300;

    internal static void Run(SharedMemory memory)
    {
        SharedBroadcast<double> prices = SharedBroadcast<double>.Create(memory, "prices",
            new BroadcastOptions { Capacity = 64 });
        using BroadcastPublisher<double> publisher = prices.OpenPublisher();
        SharedEventStream joined = SharedEventStream.Create(memory, "joined");
        var subscribers = new List<Process> { Program.Start("pub-sub", memory, 0), Program.Start("pub-sub", memory,
            1) };
        _ = joined.Wait(1, Timeout.InfiniteTimeSpan);
        for (int i = 0; i < Count; i++)
        {
            if (i == Count / 2)
            {
                subscribers.Add(Program.Start("pub-sub", memory, 2));
                _ = joined.Wait(2, Timeout.InfiniteTimeSpan);
            }

            _ = publisher.Emit(100 + (i * 0.25));
        }

        publisher.Close();
        subscribers.ForEach(process => process.WaitForExit());
        Console.WriteLine($"publisher: {publisher.Position} prices");
    }

    internal static void Subscribe(SharedMemory memory, int index)
    {
        using BroadcastSubscription<double> mine = SharedBroadcast<double>.Open(memory, "prices")
            .Subscribe(new SubscriptionOptions { History = index == 2 ? 10 : 0 });
        ulong from = mine.Position;
        _ = SharedEventStream.Open(memory, "joined").TryEmit();
        int seen = mine.AsEnumerable().Count();
        Console.WriteLine($"subscriber {index}: from price {from} on, {seen} seen, {mine.LostCount} lost");
    }
}
