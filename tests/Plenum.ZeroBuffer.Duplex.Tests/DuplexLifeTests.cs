using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.ZeroBuffer.Duplex.Tests;

/// <summary>Start, stop, loss and replacement of servers and clients; calls that are given up; many callers.</summary>
public sealed class DuplexLifeTests
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(20);
    private static readonly DuplexServerOptions s_small = new()
    {
        Buffer = new ZeroBufferOptions { MetadataSizeBytes = 256, PayloadSizeBytes = 4096, SweepStaleBuffers = false },
    };

    private static readonly DuplexClientOptions s_smallClient = new()
    {
        Buffer = new ZeroBufferOptions { MetadataSizeBytes = 256, PayloadSizeBytes = 4096, SweepStaleBuffers = false },
        CallTimeout = s_wait,
    };

    [Fact]
    public void StartUp_InEitherOrder_EveryCallIsAnswered() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("dl");
        int rounds = Campaign.Count(100, 1000);
        for (int i = 0; i < rounds; i++)
        {
            DuplexServer? server = null;
            byte value = (byte)(i + 1);
            var starter = new Thread(() => server = DuplexServer.Start(name.Name, Echo, s_small));
            if (i % 2 == 0)
            {
                starter.Start();
            }

            var caller = new Thread(() =>
            {
                using DuplexClient client = DuplexClient.Connect(name.Name, s_wait, s_smallClient);
                var answer = new byte[1];
                Assert.Equal(1, client.Call([value], answer));
                Assert.Equal(value, answer[0]);
            });
            caller.Start();
            if (i % 2 != 0)
            {
                starter.Start();
            }

            caller.Join();
            starter.Join();
            Assert.True(server!.Stop());
        }
    });

    [Fact]
    public void StartStop_ManyTimes_LeavesNoNameAndNoThread() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("dl");
        int rounds = Campaign.Count(100, 1000);
        var answer = new byte[1];
        for (int i = 0; i < rounds; i++)
        {
            using DuplexServer server = DuplexServer.Start(name.Name, Echo, s_small);
            using DuplexClient client = DuplexClient.Connect(name.Name, s_wait, s_smallClient);
            Assert.Equal(1, client.Call([1], answer));
            (i % 2 == 0 ? (IDisposable)server : client).Dispose();
            server.Dispose();
            client.Dispose();

            // Another process' sweep of stale locks may take, and so create, a lock file of any name for a moment.
            SpinWait.SpinUntil(() => TempSegment.Leftovers(name.Name).Count == 0, s_wait);
            Assert.Empty(TempSegment.Leftovers(name.Name));
        }

        Assert.DoesNotContain("duplex " + name.Name, Watchdog.Threads(), StringComparison.Ordinal);
    });

    [Fact]
    public void Call_ConcurrentCallers_EachGetsItsOwnAnswer() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("dl");
        using DuplexServer server = DuplexServer.Start(
            name.Name, Echo, new DuplexServerOptions { Processing = DuplexProcessing.ThreadPool, MaxConcurrency = 4 });
        using DuplexClient client = DuplexClient.Connect(name.Name, s_wait,
            new DuplexClientOptions { CallTimeout = s_wait });
        int wrong = 0;
        Thread[] callers = [.. Enumerable.Range(0, 5).Select(t => new Thread(() =>
        {
            var answer = new byte[200];
            for (int i = 0; i < 500; i++)
            {
                byte[] sent = DuplexCallTests.Pattern(1 + (i % 150), (t * 31) + i);
                int size = client.Call(sent, answer);
                if (!answer.AsSpan(0, size).SequenceEqual(sent))
                {
                    Interlocked.Increment(ref wrong);
                }
            }
        }))];

        Array.ForEach(callers, c => c.Start());
        Array.ForEach(callers, c => c.Join());

        Assert.Equal(0, wrong);
        Assert.Equal(2500, server.RequestsHandled);
    });

    [Fact]
    public void TryCall_TimedOutAndCancelled_LaterCallsKeepTheirAnswers() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("dl");
        using var release = new SemaphoreSlim(0);
        using DuplexServer server = DuplexServer.Start(name.Name, (request, response) =>
        {
            if (request.Data[0] == 0)
            {
                release.Wait();
            }

            response.Write(request.Data);
        });
        using DuplexClient client = DuplexClient.Connect(name.Name, s_wait,
            new DuplexClientOptions { CallTimeout = s_wait });
        Assert.Equal(DuplexOutcome.TimedOut, client.TryCall([0, 1], out _, TimeSpan.FromMilliseconds(20)));
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        Assert.Throws<OperationCanceledException>(() => client.Call([0, 2], cancelled.Token).Dispose());

        release.Release(2);
        var answer = new byte[2];
        for (byte i = 1; i < 10; i++)
        {
            Assert.Equal(2, client.Call([i, 3], answer));
            Assert.Equal([i, 3], answer);
        }

        Assert.Equal(2, client.LateAnswers);
    });

    [Fact]
    public void Server_Restarted_NextCallConnectsAgain() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("dl");
        DuplexServer first = DuplexServer.Start(name.Name, Echo, s_small);
        using DuplexClient client = DuplexClient.Connect(name.Name, s_wait, s_smallClient);
        var answer = new byte[1];
        client.Call([1], answer);

        first.Dispose();
        Assert.False(client.IsServerConnected);
        using DuplexServer second = DuplexServer.Start(name.Name, Echo, s_small);

        Assert.Equal(1, client.Call([2], answer));
        Assert.Equal(2, answer[0]);
    });

    [Fact]
    public void Server_StoppedDuringCall_CallEndsAsClosed() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("dl");
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        using DuplexServer server = DuplexServer.Start(
            name.Name,
            (request, response) =>
            {
                entered.Set();
                release.Wait();
                response.Write(request.Data);
            },
            s_small);
        using DuplexClient client = DuplexClient.Connect(name.Name, s_wait, s_smallClient with { Reconnect = false });
        DuplexOutcome outcome = DuplexOutcome.Answered;
        var caller = new Thread(() => outcome = client.TryCall([1], out _, s_wait));
        caller.Start();
        entered.Wait();

        Assert.False(server.Stop(TimeSpan.FromMilliseconds(20)));
        Assert.Empty(TempSegment.Leftovers(name.Name + "_request"));
        caller.Join();
        release.Set();

        Assert.Equal(DuplexOutcome.ServerClosed, outcome);
    });

    [Fact]
    public void Connect_SecondClient_IsRefusedAndServedAfterTheFirst() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("dl");
        var greetings = new List<string>();
        using DuplexServer server = DuplexServer.Start(name.Name, Echo, s_small with
        {
            OnClient = metadata =>
            {
                lock (greetings)
                {
                    greetings.Add(System.Text.Encoding.UTF8.GetString(metadata));
                }
            },
        });
        var answer = new byte[1];
        using (DuplexClient first = DuplexClient.Connect(name.Name, s_wait,
            s_smallClient with { Metadata = "first"u8.ToArray() }))
        {
            first.Call([1], answer);
            Assert.Throws<SegmentBusyException>(() => DuplexClient.Connect(name.Name, s_wait, s_smallClient));
            first.Call([2], answer);
        }

        using DuplexClient second = DuplexClient.Connect(name.Name, s_wait,
            s_smallClient with { Metadata = "second"u8.ToArray() });
        Assert.Equal(1, second.Call([3], answer));
        lock (greetings)
        {
            Assert.Equal(["first", "second"], greetings);
        }
    });

    [Fact]
    public void Dispose_DuringCalls_EndsThemAndFreesTheName() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("dl");
        using var release = new ManualResetEventSlim();
        int entered = 0;
        using DuplexServer server = DuplexServer.Start(
            name.Name,
            (request, response) =>
            {
                Interlocked.Increment(ref entered);
                release.Wait();
                response.Write(request.Data);
            },
            s_small with { Processing = DuplexProcessing.ThreadPool, MaxConcurrency = 2 });
        DuplexClient client = DuplexClient.Connect(name.Name, s_wait, s_smallClient);
        int disposed = 0;
        Thread[] callers = [.. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            try
            {
                client.Call([1]).Dispose();
            }
            catch (ObjectDisposedException)
            {
                Interlocked.Increment(ref disposed);
            }
        }))];
        Array.ForEach(callers, c => c.Start());
        SpinWait.SpinUntil(() => Volatile.Read(ref entered) == 2);

        client.Dispose();
        Array.ForEach(callers, c => c.Join());
        release.Set();

        Assert.Equal(2, disposed);
        Assert.Empty(TempSegment.Leftovers(name.Name + "_response"));
        using DuplexClient next = DuplexClient.Connect(name.Name, s_wait, s_smallClient);
        Assert.Equal(1, next.Call([5], new byte[1]));
    });

    private static void Echo(DuplexRequest request, DuplexResponse response) => response.Write(request.Data);
}
