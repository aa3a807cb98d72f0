using Plenum.TestSupport;
using Plenum.ZeroBuffer.InPlace;

namespace Plenum.ZeroBuffer.Duplex.Tests;

/// <summary>Start-up and end of in-place channels, many times.</summary>
public sealed class InPlaceLifeTests
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(20);
    private static readonly InPlaceServerOptions s_small = new() { MetadataSizeBytes = 0, PayloadSizeBytes = 4096 };

    [Fact]
    public void StartUp_InEitherOrder_EveryCallIsAnswered() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("il");
        int rounds = Campaign.Count(50, 1000);
        int right = 0;
        for (int i = 0; i < rounds; i++)
        {
            InPlaceServer? server = null;
            byte value = (byte)(i + 1);
            var starter = new Thread(() => server = InPlaceServer.Start(name.Name, static (data, size) =>
                size, s_small));
            var caller = new Thread(() =>
            {
                using InPlaceClient client = InPlaceClient.Connect(
                    name.Name, s_wait, new InPlaceClientOptions { CallTimeout = s_wait });
                var answer = new byte[1];
                right += client.Call([value], answer) == 1 && answer[0] == value ? 1 : 0;
            });
            Thread[] order = i % 2 == 0 ? [starter, caller] : [caller, starter];
            Array.ForEach(order, thread => thread.Start());
            Array.ForEach(order, thread => thread.Join());
            Assert.True(server!.Stop());
        }

        Assert.Equal(rounds, right);
        Assert.Empty(TempSegment.Leftovers(name.Name));
    });

    [Fact]
    public void StartStop_ManyTimes_LeavesNoNameAndNoThread() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("il");
        int rounds = Campaign.Count(50, 1000);
        for (int i = 0; i < rounds; i++)
        {
            using InPlaceServer server = InPlaceServer.Start(name.Name, static (data, size) => size, s_small);
            using InPlaceClient client = InPlaceClient.Connect(name.Name, s_wait);
            Assert.Equal(1, client.Call([1], new byte[1]));
            (i % 2 == 0 ? (IDisposable)server : client).Dispose();
            server.Dispose();
            client.Dispose();

            // A creator in another process sweeps: it takes both locks of a name it has seen for a moment.
            SpinWait.SpinUntil(() => TempSegment.Leftovers(name.Name).Count == 0, s_wait);
            Assert.Empty(TempSegment.Leftovers(name.Name));
        }

        Assert.DoesNotContain("in-place " + name.Name, Watchdog.Threads(), StringComparison.Ordinal);
    });
}
