using System.Diagnostics;
using Plenum.Platform;
using Plenum.ZeroBuffer;
using Plenum.ZeroBuffer.Duplex;

namespace Plenum.CrossProcess.Tests.Duplex;

/// <summary>The scenarios of feature 13 between two processes of this library; the same in one process:
/// Plenum.ZeroBuffer.Duplex.Tests.</summary>
public sealed class DuplexScenarios
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(30);

    [Fact]
    public void Scenario13_01_BasicRequestResponse() => Watchdog.Run(() =>
    {
        using var channel = new TempSegment("s1301");
        using PeerProcess server = Server(channel, "--mode", "echo");
        using DuplexClient client = Client(channel);
        foreach (int size in new[] { 1, 1024, 102400 })
        {
            byte[] sent = FramePattern.Make(size, (ulong)size);
            using DuplexAnswer answer = client.Call(sent);
            Assert.True(answer.Data.SequenceEqual(sent));
        }

        End(server, 3);
    });

    [Fact]
    public async Task Scenario13_02_OrderPreservation() => await Watchdog.RunAsync(async () =>
    {
        using var channel = new TempSegment("s1302");
        using PeerProcess server = Server(channel, "--mode", "echo");
        using DuplexClient client = Client(channel);
        var order = new List<int>();
        Task[] calls = [.. Enumerable.Range(0, 10).Select(async i =>
        {
            using DuplexReply reply = await client.CallAsync(FramePattern.Make(64, (ulong)i));
            Assert.True(FramePattern.Matches(reply.Memory.Span, (ulong)i));
            lock (order)
            {
                order.Add(i);
            }
        })];
        await Task.WhenAll(calls);

        Assert.Equal(Enumerable.Range(0, 10), order.Order());
        End(server, 10);
    });

    [Fact]
    public void Scenario13_03_ConcurrentClientOperations() => Watchdog.Run(() =>
    {
        using var channel = new TempSegment("s1303");
        using PeerProcess server = Server(channel, "--mode", "xor", "--pool");
        using DuplexClient client = Client(channel);
        int right = 0;
        Thread[] callers = [.. Enumerable.Range(0, 5).Select(t => new Thread(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                byte[] sent = FramePattern.Make(100 + i, (ulong)((t * 50) + i));
                using DuplexAnswer answer = client.Call(sent);
                if (answer.Data.SequenceEqual(sent.Select(b => (byte)~b).ToArray()))
                {
                    Interlocked.Increment(ref right);
                }
            }
        }))];
        Array.ForEach(callers, c => c.Start());
        Array.ForEach(callers, c => c.Join());

        Assert.Equal(100, right);
        End(server, 100);
    });

    [Fact]
    public async Task Scenario13_04_SingleThreadMode() => await Watchdog.RunAsync(async () =>
    {
        using var channel = new TempSegment("s1304");
        using PeerProcess server = Server(channel, "--slow-ms", "100");
        using DuplexClient client = Client(channel);
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(i => client.CallAsync(FramePattern.Make(8, 1)).AsTask()));

        Assert.True(Stopwatch.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(300));
        End(server, 3);
    });

    [Fact]
    public void Scenario13_05_ServerDeathDuringProcessing() => Watchdog.Run(() =>
    {
        using var channel = new TempSegment("s1305");
        using PeerProcess server = Server(channel, "--die-at", "serve.handled");
        using DuplexClient client = Client(channel, reconnect: false);
        Exception? error = null;
        var caller = new Thread(() => error = Record.Exception(() => client.Call([1]).Dispose()));
        caller.Start();
        server.ExpectLine("at serve.handled");

        server.Kill();
        caller.Join();

        Assert.IsType<PeerTerminatedException>(error);
        Assert.False(client.IsServerConnected);
        client.Dispose();
        using DuplexServer next = DuplexServer.Start(channel.Name, (request, response) => response.Write(request.Data));
        using DuplexClient again = Client(channel);
        Assert.Equal(1, again.Call([7], new byte[1]));
    });

    [Fact]
    public async Task Scenario13_06_BufferFullOnResponseChannel() => await Watchdog.RunAsync(async () =>
    {
        using var channel = new TempSegment("s1306");
        using PeerProcess server = Server(channel, "--mode", "echo");
        using DuplexClient client = Client(channel, payload: 20_000);
        byte[] sent = FramePattern.Make(8192, 3);
        using (DuplexReply held = await client.CallAsync(sent))
        {
            // The second answer does not fit beside the first one: the server waits until that is given back.
            Task<DuplexReply> second = client.CallAsync(sent).AsTask();
            Task<DuplexReply> third = client.CallAsync(sent).AsTask();
            server.WriteLine("count");
            server.ExpectLine("handled ");
            Assert.False(second.IsCompleted && third.IsCompleted);
            held.Dispose();
            (await second).Dispose();
            (await third).Dispose();
        }

        End(server, 3);
    });

    [Fact]
    public void Scenario13_07_ZeroCopyClient() => Watchdog.Run(() =>
    {
        using var channel = new TempSegment("s1307");
        using PeerProcess server = Server(channel, "--mode", "echo");
        using DuplexClient client = Client(channel);
        for (int i = 0; i < 2000; i++)
        {
            CallFilled(client, (byte)i);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 200; i++)
        {
            CallFilled(client, (byte)i);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        End(server, 2200);
    });

    [Fact]
    public void Scenario13_08_ImmutableServerHandlerTypes() => Watchdog.Run(() =>
    {
        using var channel = new TempSegment("s1308");
        using PeerProcess server = Server(channel, "--mode", "xor");
        using DuplexClient client = Client(channel);
        byte[] sent = FramePattern.Make(10240, 0);
        using DuplexAnswer answer = client.Call(sent);

        Assert.True(answer.Data.SequenceEqual(sent.Select(b => (byte)(b ^ 0xFF)).ToArray()));
        End(server, 1);
    });

    [Fact]
    public void Scenario13_09_ClientDeathDuringResponseWait() => Watchdog.Run(() =>
    {
        using var channel = new TempSegment("s1309");
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        using DuplexServer server = DuplexServer.Start(channel.Name, (request, response) =>
        {
            entered.Set();
            release.Wait();
            response.Write(request.Data);
        });
        using (PeerProcess victim = PeerProcess.StartPeer("duplex-call", "--name", channel.Name))
        {
            entered.Wait();
            victim.Kill();
        }

        release.Set();
        using DuplexClient next = Client(channel);
        Assert.Equal(1, next.Call([9], new byte[1]));
        Assert.True(server.IsRunning);
    });

    [Fact]
    public async Task Scenario13_10_ChannelCleanupOnDispose() => await Watchdog.RunAsync(async () =>
    {
        using var channel = new TempSegment("s1310");
        using (PeerProcess server = Server(channel, "--gate", "4"))
        {
            using DuplexClient client = Client(channel, reconnect: false);
            Task<DuplexReply>[] calls = [.. Enumerable.Range(0, 5).Select(i =>
                client.CallAsync(new byte[] { 1 }).AsTask())];
            server.ExpectLine("at gate");
            client.Dispose();
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
            Assert.Empty(TempSegment.Leftovers(channel.Name + "_response"));
            server.WriteLine("go");
            using DuplexClient next = Client(channel);
            Assert.Equal(1, next.Call([5], new byte[1]));
            server.WriteLine("close");
            server.ExpectExit();
        }

        Assert.Empty(TempSegment.Leftovers(channel.Name + "_request"));
        using DuplexServer reused = DuplexServer.Start(channel.Name, (request, response) =>
            response.Write(request.Data));
        Assert.True(reused.IsRunning);
    });

    [Fact]
    public async Task Call_RequestsOfTheClientBeforeAreStillThere_AnswersAreTheNewClientsOwn() =>
        await Watchdog.RunAsync(async () =>
        {
            using var channel = new TempSegment("handover");
            using PeerProcess server = Server(channel, "--gate", "4");
            using (DuplexClient client = Client(channel, reconnect: false))
            {
                Task<DuplexReply>[] calls = [.. Enumerable.Range(0, 8).Select(i =>
                    client.CallAsync(new byte[] { 99 }).AsTask())];
                server.ExpectLine("at gate");
                client.Dispose();
                await Task.WhenAll(calls).ContinueWith(_ => { }, TaskScheduler.Default);
            }

            // Its response buffer exists while the server still goes through the requests of the one before.
            using DuplexClient next = Client(channel, reconnect: false);
            Task<DuplexReply>[] mine = [.. Enumerable.Range(1, 8).Select(i =>
                next.CallAsync(new byte[] { (byte)i }).AsTask())];
            server.WriteLine("go");
            for (int i = 0; i < mine.Length; i++)
            {
                using DuplexReply reply = await mine[i];
                Assert.Equal(i + 1, Assert.Single(reply.Memory.ToArray()));
            }

            server.WriteLine("close");
            server.ExpectExit();
        });

    [Fact]
    public void Handler_ThrowsEveryThird_OnlyThoseCallsFail() => Watchdog.Run(() =>
    {
        using var channel = new TempSegment("every3");
        using PeerProcess server = Server(channel, "--mode", "reverse", "--fail-every", "3");
        using DuplexClient client = Client(channel);
        for (int i = 1; i <= 99; i++)
        {
            byte[] sent = FramePattern.Make(50, (ulong)i);
            DuplexOutcome outcome = client.TryCall(sent, out DuplexAnswer answer, s_wait);
            using (answer)
            {
                Assert.Equal(i % 3 == 0 ? DuplexOutcome.HandlerFailed : DuplexOutcome.Answered, outcome);
                Assert.Equal(
                    i % 3 == 0 ? System.Text.Encoding.UTF8.GetBytes(
                    $"InvalidDataException: request {i}") : sent.Reverse(),
                    answer.Data.ToArray());
            }
        }

        End(server, 99, errors: 33);
    });

    [Fact]
    public void StartUp_InEitherOrderAcrossProcesses_EveryCallIsAnswered() => Watchdog.Run(() =>
    {
        // Both processes are started at once; who is first changes from round to round.
        for (int i = 0; i < Campaign.Count(3, 50); i++)
        {
            using var channel = new TempSegment("order");
            string[] serve = ["duplex-serve", "--name", channel.Name];
            string[] call = ["duplex-call", "--name", channel.Name, "--requests", "10"];
            using PeerProcess first = PeerProcess.StartPeer(i % 2 == 0 ? call : serve);
            using PeerProcess second = PeerProcess.StartPeer(i % 2 == 0 ? serve : call);
            PeerProcess client = i % 2 == 0 ? first : second;
            PeerProcess server = i % 2 == 0 ? second : first;
            client.ExpectLine("called 10 failed 0 wrong 0");
            client.ExpectExit();
            End(server, 10);
        }
    });

    private static void CallFilled(DuplexClient client, byte value)
    {
        using DuplexAnswer answer = client.Call(4096, value, static (room, v) => room.Fill(v));
        Assert.True(answer.Data.Length == 4096 && !answer.Data.ContainsAnyExcept(value));
    }

    private static PeerProcess Server(TempSegment channel, params string[] flags)
    {
        PeerProcess server = PeerProcess.StartPeer(["duplex-serve", "--name", channel.Name, .. flags]);
        server.ExpectLine("ready");
        return server;
    }

    private static DuplexClient Client(TempSegment channel, bool reconnect = true, long payload = 1 << 20) =>
        DuplexClient.Connect(channel.Name, s_wait, new DuplexClientOptions
        {
            Buffer = new ZeroBufferOptions { PayloadSizeBytes = payload },
            CallTimeout = s_wait,
            Reconnect = reconnect,
        });

    private static void End(PeerProcess server, int handled, int errors = 0)
    {
        server.WriteLine("close");
        Assert.Equal($"served {handled} errors {errors}", server.ExpectLine("served"));
        server.ExpectExit();
    }
}
