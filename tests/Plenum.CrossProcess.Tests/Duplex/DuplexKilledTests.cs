using Plenum.Platform;
using Plenum.ZeroBuffer;
using Plenum.ZeroBuffer.Duplex;

namespace Plenum.CrossProcess.Tests.Duplex;

/// <summary>kill -9 of either end of a duplex channel at each named step; the other end, in this process, survives and
/// goes on with a successor.</summary>
public sealed class DuplexKilledTests
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(30);

    public static TheoryData<string> ServerSteps =>
    [
        "connect.claimed", "serve.answers-connected", "read.token", "read.parsed", "read.counted", "serve.taken",
        "serve.handled", "write.staged", "write.charged", "write.position", "write.counted", "write.posted",
        "serve.answered", "release.begin", "release.freed", "release.posted",
    ];

    public static TheoryData<string> ServerEndSteps =>
    [
        "serve.forget-claimed", "serve.forget-emptied", "close-writer.begin", "close-writer.pid", "close-writer.end",
    ];

    public static TheoryData<string> ClientSteps =>
    [
        "connect.locked", "connect.claimed", "call.requests-connected", "create.locked", "create.published",
        "call.answers-created", "metadata.filled", "metadata.written", "call.metadata", "call.armed", "write.staged",
        "write.charged", "write.position", "write.counted", "write.posted", "call.sent", "read.token", "read.parsed",
        "read.counted", "release.begin", "release.posted", "close-writer.begin", "close-writer.pid",
        "call.requests-left", "close-reader.begin", "close-reader.pid", "close-reader.segment", "close-reader.end",
    ];

    [Theory]
    [MemberData(nameof(ServerSteps))]
    public void Serve_ServerKilledAtStep_CallEndsAndNextServerAnswers(string step) => Watchdog.Run(() =>
    {
        using var channel = new TempSegment("dxsk");
        using PeerProcess victim = PeerProcess.StartPeer(
            "duplex-serve", "--name", channel.Name, "--mode", "xor", "--die-at", step);
        victim.ExpectLine("ready");
        using DuplexClient client = Client(channel);
        DuplexOutcome outcome = DuplexOutcome.TimedOut;
        var caller = new Thread(() => outcome = Call(client));
        caller.Start();
        victim.ExpectLine("at " + step);

        victim.Kill();
        caller.Join();

        // From the moment the position is published the frame is read, with or without its token.
        bool published = step is "write.position" or "write.counted" or "write.posted" or "serve.answered"
            or "release.begin" or "release.freed" or "release.posted";
        Assert.Equal(published ? DuplexOutcome.Answered : DuplexOutcome.ServerDied, outcome);
        ServeAfterwards(channel, client);
    });

    [Theory]
    [MemberData(nameof(ServerEndSteps))]
    public void Serve_ServerKilledWhileItChangesClients_NextServerTakesOver(string step) => Watchdog.Run(() =>
    {
        using var channel = new TempSegment("dxek");
        using PeerProcess victim = PeerProcess.StartPeer(
            "duplex-serve", "--name", channel.Name, "--mode", "xor", "--die-at", step);
        victim.ExpectLine("ready");
        using (DuplexClient client = Client(channel, FramePattern.Make(5, 0)))
        {
            Assert.Equal(DuplexOutcome.Answered, Call(client));
        }

        victim.ExpectLine("at " + step);
        victim.Kill();

        ServeAfterwards(channel, null);
    });

    [Theory]
    [MemberData(nameof(ClientSteps))]
    public void Call_ClientKilledAtStep_ServerGoesOnWithTheNextClient(string step) => Watchdog.Run(() =>
    {
        using var channel = new TempSegment("dxck");
        using (DuplexServer server = Server(channel))
        {
            using (PeerProcess victim = PeerProcess.StartPeer(
                "duplex-call", "--name", channel.Name, "--mode", "xor", "--requests", "3", "--metadata", "5",
                "--die-at", step))
            {
                victim.ExpectLine("at " + step);
                victim.Kill();
            }

            using DuplexClient next = Client(channel);
            Assert.Equal(DuplexOutcome.Answered, Call(next));
            Assert.Equal(DuplexOutcome.Answered, Call(next));
            Assert.True(server.IsRunning);
        }

        Assert.Empty(TempSegment.Leftovers(channel.Name));
    });

    private static DuplexServer Server(TempSegment channel) => DuplexServer.StartEditing(
        channel.Name,
        static data =>
        {
            foreach (ref byte b in data)
            {
                b = (byte)~b;
            }

            return data.Length;
        },
        new DuplexServerOptions
        {
            Buffer = new ZeroBufferOptions
            {
                MetadataSizeBytes = 256,
                PayloadSizeBytes = 1 << 16
            }
        });

    private static DuplexClient Client(TempSegment channel, byte[]? metadata = null) =>
        DuplexClient.Connect(channel.Name, s_wait, new DuplexClientOptions
        {
            Buffer = new ZeroBufferOptions { MetadataSizeBytes = 256, PayloadSizeBytes = 1 << 16 },
            CallTimeout = s_wait,
            Metadata = metadata,
        });

    private static void ServeAfterwards(TempSegment channel, DuplexClient? survivor)
    {
        using (DuplexServer next = Server(channel))
        {
            using DuplexClient client = survivor ?? Client(channel);
            DuplexOutcome outcome = Call(client);
            Assert.Equal(DuplexOutcome.Answered, outcome == DuplexOutcome.Answered ? outcome : Call(client));
            Assert.Equal(DuplexOutcome.Answered, Call(client));
        }

        Assert.Empty(TempSegment.Leftovers(channel.Name));
    }

    private static DuplexOutcome Call(DuplexClient client)
    {
        byte[] sent = FramePattern.Make(100, 7);
        DuplexOutcome outcome = client.TryCall(sent, out DuplexAnswer answer, s_wait);
        using (answer)
        {
            if (outcome == DuplexOutcome.Answered)
            {
                Assert.True(answer.Data.SequenceEqual(sent.Select(b => (byte)~b).ToArray()));
            }
        }

        return outcome;
    }
}
