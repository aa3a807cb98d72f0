using Plenum.ZeroIpc;

namespace Plenum.TestPeer;

/// <summary>Does one operation of a future, lazy value, channel, stream or broadcast 'x' of i32, to be killed at a
/// named step of it (<c>zeroipc-step</c>).</summary>
internal static class ZeroIpcCodataSteps
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(50);

    internal static void Run(SharedMemory memory, string action)
    {
        switch (action)
        {
            case "future-set":
                _ = SharedFuture<int>.Open(memory, "x").TrySet(100);
                break;
            case "lazy-force":
                _ = SharedLazy<int>.Open(memory, "x").Force();
                break;
            case "channel-send":
                _ = SharedChannel<int>.Open(memory, "x").Send(100, s_long);
                break;
            case "channel-receive":
                _ = SharedChannel<int>.Open(memory, "x").Receive(out _, s_long);
                break;
            case "channel-close":
                _ = SharedChannel<int>.Open(memory, "x").Close();
                break;
            default:
                Streams(memory, action);
                break;
        }
    }

    private static void Streams(SharedMemory memory, string action)
    {
        switch (action)
        {
            case "stream-emit":
                _ = SharedStream<int>.Open(memory, "x").Emit(100, s_long);
                break;
            case "stream-take":
                _ = SharedStream<int>.Open(memory, "x").Next(out _, s_long);
                break;
            case "stream-close":
                SharedStream<int>.Open(memory, "x").Close();
                break;
            case "broadcast-emit":
                BroadcastPublisher<int> publisher = SharedBroadcast<int>.Open(memory, "x").OpenPublisher();
                _ = publisher.Emit(100);
                publisher.Close();
                break;
            case "broadcast-emit-batch":
                BroadcastPublisher<int> batches = SharedBroadcast<int>.Open(memory, "x").OpenPublisher();
                _ = batches.TryEmit([100, 101, 102, 103]);
                batches.Close();
                break;
            case "broadcast-read":
                BroadcastSubscription<int> reader = SharedBroadcast<int>.Open(memory, "x").Subscribe(
                    new SubscriptionOptions { History = 9 });
                _ = reader.Next(out _, s_long);
                reader.Dispose();
                break;
            default:
                throw new ArgumentException($"no action {action}");
        }
    }
}
