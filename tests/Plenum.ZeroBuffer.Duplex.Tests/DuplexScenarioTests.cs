using System.Diagnostics;
using Plenum.TestSupport;

namespace Plenum.ZeroBuffer.Duplex.Tests;

/// <summary>The scenarios of feature 13 in one process; the same between two processes:
/// Plenum.CrossProcess.Tests.</summary>
public sealed class DuplexScenarioTests
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(20);

    [Fact]
    public void Scenario13_01_BasicRequestResponse() => Watchdog.Run(() =>
    {
        using var pair = new DuplexPair(static (request, response) => response.Write(request.Data));
        foreach (int size in new[] { 1, 1024, 102400 })
        {
            byte[] sent = DuplexCallTests.Pattern(size, size);
            using DuplexAnswer answer = pair.Client.Call(sent);
            Assert.True(answer.Data.SequenceEqual(sent));
        }
    });

    [Fact]
    public async Task Scenario13_02_OrderPreservation() => await Watchdog.RunAsync(async () =>
    {
        var handled = new List<byte>();
        using var pair = new DuplexPair((request, response) =>
        {
            handled.Add(request.Data[0]);
            response.Write(request.Data);
        });
        Task<DuplexReply>[] calls = new Task<DuplexReply>[10];
        for (byte i = 0; i < 10; i++)
        {
            calls[i] = pair.Client.CallAsync(new[] { i }).AsTask();
        }

        for (byte i = 0; i < 10; i++)
        {
            using DuplexReply reply = await calls[i];
            Assert.Equal(i, reply.Memory.Span[0]);
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(i => (byte)i), handled.Order());
    });

    [Fact]
    public async Task Scenario13_03_ConcurrentClientOperations() => await Watchdog.RunAsync(async () =>
    {
        using var pair = new DuplexPair(static (request, response) => response.Write(request.Data));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            byte[] sent = DuplexCallTests.Pattern(50 + i, i);
            var answer = new byte[200];
            int size = await pair.Client.CallAsync(sent, answer);
            Assert.Equal(sent, answer[..size]);
        }));
        Assert.Equal(20, pair.Server.RequestsHandled);
    });

    [Fact]
    public async Task Scenario13_04_SingleThreadMode() => await Watchdog.RunAsync(async () =>
    {
        int inside = 0;
        int most = 0;
        using var pair = new DuplexPair((request, response) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            Thread.Sleep(100);
            Interlocked.Decrement(ref inside);
            response.Write(request.Data);
        });
        long start = Stopwatch.GetTimestamp();
        Task<DuplexReply>[] calls =
            [.. Enumerable.Range(1, 3).Select(i => pair.Client.CallAsync(new[] { (byte)i }).AsTask())];
        for (int i = 0; i < 3; i++)
        {
            using DuplexReply reply = await calls[i];
            Assert.Equal(i + 1, reply.Memory.Span[0]);
        }

        Assert.True(Stopwatch.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(300));
        Assert.Equal(1, most);
    });

    [Fact]
    public void Scenario13_05_ServerGoneDuringProcessing() => Watchdog.Run(() =>
    {
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        using var pair = new DuplexPair(
            (request, response) =>
            {
                entered.Set();
                release.Wait();
                response.Write(request.Data);
            },
            reconnect: false);
        Exception? error = null;
        var caller = new Thread(() => error = Record.Exception(() => pair.Client.Call([1]).Dispose()));
        caller.Start();
        entered.Wait();
        Assert.False(pair.Server.Stop(TimeSpan.Zero));
        caller.Join();
        release.Set();

        Assert.IsType<PeerClosedException>(error);
    });

    [Fact]
    public async Task Scenario13_06_BufferFullOnResponseChannel() => await Watchdog.RunAsync(async () =>
    {
        using var pair = new DuplexPair(static (request, response) =>
            response.Write(request.Data), responseBytes: 20_000);
        byte[] sent = DuplexCallTests.Pattern(8192);
        DuplexReply held = await pair.Client.CallAsync(sent);
        Task<DuplexReply> second = pair.Client.CallAsync(sent).AsTask();
        Task<DuplexReply> third = pair.Client.CallAsync(sent).AsTask();

        // Two answers do not fit beside the held one: one call at least stays open while it is held.
        Assert.False(second.IsCompleted && third.IsCompleted);
        held.Dispose();
        (await second).Dispose();
        (await third).Dispose();
        Assert.Equal(3, pair.Server.RequestsHandled);
    });

    [Fact]
    public void Scenario13_07_ZeroCopyClient() => Watchdog.Run(() =>
    {
        using var pair = new DuplexPair(static (request, response) => response.Write(request.Data));
        for (int i = 0; i < 2000; i++)
        {
            CallFilled(pair.Client, (byte)i);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 200; i++)
        {
            CallFilled(pair.Client, (byte)i);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    });

    [Fact]
    public void Scenario13_07_FillFunctionThrows_NothingIsSentAndTheNextCallIsAnswered() => Watchdog.Run(() =>
    {
        using var pair = new DuplexPair(static (request, response) => response.Write(request.Data));
        Assert.Throws<InvalidDataException>(() =>
            pair.Client.Call(100, 0, static (_, _) => throw new InvalidDataException("no")).Dispose());
        CallFilled(pair.Client, 3);
        Assert.Equal(1, pair.Server.RequestsHandled);
    });

    [Fact]
    public void Scenario13_08_ImmutableServerHandlerTypes() => Watchdog.Run(() =>
    {
        using var pair = new DuplexPair(static (request, response) =>
        {
            Span<byte> answer = response.Reserve(request.Data.Length);
            for (int i = 0; i < answer.Length; i++)
            {
                answer[i] = (byte)(request.Data[i] ^ 0xFF);
            }
        });
        byte[] sent = DuplexCallTests.Pattern(10240);
        using DuplexAnswer answer = pair.Client.Call(sent);

        Assert.True(answer.Data.SequenceEqual(sent.Select(b => (byte)(b ^ 0xFF)).ToArray()));
    });

    [Fact]
    public void Scenario13_09_ClientGoneDuringResponseWait() => Watchdog.Run(() =>
    {
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        using var pair = new DuplexPair((request, response) =>
        {
            entered.Set();
            release.Wait();
            response.Write(request.Data);
        });
        var caller = new Thread(() => Record.Exception(() => pair.Client.Call([1]).Dispose()));
        caller.Start();
        entered.Wait();
        pair.Client.Dispose();
        caller.Join();
        release.Set();

        using DuplexClient next = DuplexClient.Connect(pair.Name, s_wait);
        Assert.Equal(1, next.Call([2], new byte[1]));
        Assert.True(pair.Server.IsRunning);
    });

    [Fact]
    public async Task Scenario13_10_ChannelCleanupOnDispose() => await Watchdog.RunAsync(async () =>
    {
        using var entered = new CountdownEvent(4);
        using var release = new ManualResetEventSlim();
        using var pair = new DuplexPair((request, response) =>
        {
            if (entered.CurrentCount > 0 && entered.Signal())
            {
                release.Wait();
            }

            response.Write(request.Data);
        });
        Task<DuplexReply>[] calls =
            [.. Enumerable.Range(0, 5).Select(_ => pair.Client.CallAsync(new byte[] { 1 }).AsTask())];
        entered.Wait();
        pair.Client.Dispose();
        int gone = 0;
        foreach (Task<DuplexReply> call in calls)
        {
            try
            {
                (await call).Dispose();
            }
            catch (ObjectDisposedException)
            {
                gone++;
            }
        }

        Assert.InRange(gone, 2, 5);
        Assert.Empty(TempSegment.Leftovers(pair.Name + "_response"));
        release.Set();
        pair.Server.Dispose();
        Assert.Empty(TempSegment.Leftovers(pair.Name));
        using DuplexServer again = DuplexServer.Start(pair.Name, static (request, response) =>
            response.Write(request.Data));
        using DuplexClient client = DuplexClient.Connect(pair.Name, s_wait);
        Assert.Equal(1, client.Call([1], new byte[1]));
    });

    private static void CallFilled(DuplexClient client, byte value)
    {
        using DuplexAnswer answer = client.Call(4096, value, static (room, v) => room.Fill(v));
        Assert.True(answer.Data.Length == 4096 && !answer.Data.ContainsAnyExcept(value));
    }
}
