using Plenum.Platform;
using Plenum.ZeroBuffer;
using Plenum.ZeroBuffer.Duplex;
using Plenum.ZeroBuffer.InPlace;

namespace Plenum.CrossProcess.Tests.Duplex;

/// <summary>kill -9 of either end of an in-place channel at each named step; the other end, in this process, survives and
/// goes on with a successor.</summary>
public sealed class InPlaceKilledTests
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(30);

    public static TheoryData<string> CreationSteps =>
    [
        "in-place-create.swept", "in-place-create.locked", "in-place-create.cleared", "in-place-create.data-semaphore",
        "in-place-create.space-semaphore", "in-place-create.payload", "in-place-create.published",
    ];

    public static TheoryData<string> ServingSteps =>
    [
        "in-place-take.token", "in-place-take.entry", "in-place-take.counted", "in-place-take.claimed",
        "in-place-answer.handled", "in-place-answer.size", "in-place-answer.counted", "in-place-answer.state",
    ];

    public static TheoryData<string> RetiringSteps =>
    [
        "in-place-replace.begin", "in-place-retire.begin", "in-place-retire.pid", "in-place-retire.segment",
        "in-place-retire.data-semaphore", "in-place-retire.space-semaphore", "in-place-retire.end",
        "in-place-replace.retired",
    ];

    public static TheoryData<string> CallingSteps =>
    [
        "in-place-connect.opened", "in-place-connect.locked", "in-place-connect.claimed", "in-place-connect.writer",
        "metadata.filled", "metadata.prefix", "metadata.free", "metadata.written", "in-place-reserve.free",
        "in-place-send.header", "in-place-send.state", "in-place-send.entry", "in-place-send.counted",
        "in-place-send.posted", "in-place-wait.answered", "in-place-release.free", "in-place-release.counted",
        "in-place-leave.begin", "in-place-leave.writer", "in-place-leave.client", "in-place-leave.end",
    ];

    [Theory]
    [MemberData(nameof(CreationSteps))]
    public void Create_ServerKilledAtStep_NextServerTakesOver(string step) => Watchdog.Run(() =>
    {
        using var channel = new TempSegment("ipck");
        using (PeerProcess victim = Server(channel, "--die-at", step))
        {
            victim.ExpectLine("at " + step);
            victim.Kill();
        }

        ServeAfterwards(channel, null);
    });

    [Theory]
    [MemberData(nameof(ServingSteps))]
    public void Serve_ServerKilledAtStep_CallEndsAndNextServerAnswers(string step) => Watchdog.Run(() =>
    {
        using var channel = new TempSegment("ipsk");
        using PeerProcess victim = Server(channel, "--die-at", step, "--hit", "2");
        victim.ExpectLine("ready");
        using InPlaceClient client = Client(channel);
        Assert.Equal(Outcomes(DuplexOutcome.Answered), [Call(client)]);
        DuplexOutcome outcome = DuplexOutcome.TimedOut;
        var caller = new Thread(() => outcome = Call(client));
        caller.Start();
        victim.ExpectLine("at " + step);

        victim.Kill();
        caller.Join();

        Assert.Equal(step == "in-place-answer.state" ? DuplexOutcome.Answered : DuplexOutcome.ServerDied, outcome);
        ServeAfterwards(channel, client);
    });

    [Theory]
    [MemberData(nameof(RetiringSteps))]
    public void Replace_ServerKilledAtStep_NextServerTakesOver(string step) => Watchdog.Run(() =>
    {
        using var channel = new TempSegment("iprk");
        using PeerProcess victim = Server(channel, "--die-at", step);
        victim.ExpectLine("ready");
        using (InPlaceClient client = Client(channel))
        {
            Assert.Equal(DuplexOutcome.Answered, Call(client));
        }

        victim.ExpectLine("at " + step);
        victim.Kill();

        ServeAfterwards(channel, null);
    });

    [Theory]
    [MemberData(nameof(CallingSteps))]
    public void Call_ClientKilledAtStep_ServerGoesOnWithTheNextClient(string step) => Watchdog.Run(() =>
    {
        using var channel = new TempSegment("ipkc");
        var errors = new List<Exception>();
        using (InPlaceServer server = InPlaceServer.Start(channel.Name, Invert, Options()))
        {
            server.Error += (_, e) => errors.Add(e.Exception);
            using (PeerProcess victim = PeerProcess.StartPeer(
                "duplex-call", "--in-place", "--name", channel.Name, "--mode", "xor", "--requests", "3", "--metadata",
                "5", "--die-at", step))
            {
                victim.ExpectLine("at " + step);
                victim.Kill();
            }

            using InPlaceClient next = Client(channel);
            Assert.Equal(DuplexOutcome.Answered, Call(next));
            Assert.Equal(DuplexOutcome.Answered, Call(next));
        }

        Assert.Empty(errors);
        Assert.Empty(TempSegment.Leftovers(channel.Name));
    });

    [Theory]
    [InlineData("in-place-withdraw.state")]
    [InlineData("in-place-wait.announced")]
    public void Wait_ClientKilledAtStep_RequestIsPassedOrHandledAndTheNextClientServed(string step) => Watchdog.Run(() =>
    {
        using var channel = new TempSegment("ipkw");
        using var release = new ManualResetEventSlim();
        using (InPlaceServer server = InPlaceServer.Start(
            channel.Name,
            (data, size) =>
            {
                release.Wait();
                return Invert(data, size);
            },
            Options()))
        {
            // The first call keeps the server's thread; the second is withdrawn, or waited for, before it is taken.
            using (PeerProcess victim = PeerProcess.StartPeer(
                "duplex-call", "--in-place", "--name", channel.Name, "--mode", "xor", "--requests", "2", "--timeout-ms",
                step == "in-place-withdraw.state" ? "200" : "30000", "--die-at", step))
            {
                victim.ExpectLine("at " + step);
                victim.Kill();
            }

            release.Set();
            using InPlaceClient next = Client(channel);
            Assert.Equal(DuplexOutcome.Answered, Call(next));
        }

        Assert.Empty(TempSegment.Leftovers(channel.Name));
    });

    [Theory]
    [InlineData("in-place-pass.counted")]
    [InlineData("in-place-pass.state")]
    public void Pass_ServerKilledAtStep_ClientIsToldAndNextServerAnswers(string step) => Watchdog.Run(() =>
    {
        using var channel = new TempSegment("ippk");
        using PeerProcess victim = Server(channel, "--gate", "1", "--die-at", step);
        victim.ExpectLine("ready");
        using InPlaceClient client = Client(channel);
        DuplexOutcome first = DuplexOutcome.TimedOut;
        var caller = new Thread(() => first = Call(client));
        caller.Start();
        victim.ExpectLine("at gate");
        using (InPlaceExchange frame = client.Reserve(10))
        {
            Assert.Equal(DuplexOutcome.TimedOut, frame.TryCall(10, out _, TimeSpan.FromMilliseconds(20)));
        }

        victim.WriteLine("go");
        victim.ExpectLine("at " + step);
        victim.Kill();
        caller.Join();

        Assert.Equal(DuplexOutcome.Answered, first);
        ServeAfterwards(channel, client);
    });

    private static DuplexOutcome[] Outcomes(params DuplexOutcome[] outcomes) => outcomes;

    private static PeerProcess Server(TempSegment channel, params string[] flags) => PeerProcess.StartPeer(
        ["duplex-serve", "--in-place", "--own-segment", "--name", channel.Name, "--mode", "xor", .. flags]);

    private static InPlaceClient Client(TempSegment channel) =>
        InPlaceClient.Connect(channel.Name, s_wait, new InPlaceClientOptions { CallTimeout = s_wait });

    private static InPlaceServerOptions Options() => new()
    {
        MetadataSizeBytes = 256,
        PayloadSizeBytes = 1 << 20,
        QueueSize = 8,
    };

    // A server takes the name over; the survivor, or a new client, is answered rightly; nothing is left behind.
    private static void ServeAfterwards(TempSegment channel, InPlaceClient? survivor)
    {
        using (InPlaceServer next = InPlaceServer.Start(channel.Name, Invert, Options()))
        {
            using InPlaceClient client = survivor ?? Client(channel);
            Assert.Equal(DuplexOutcome.Answered, CallUntilReconnected(client));
            Assert.Equal(DuplexOutcome.Answered, Call(client));
        }

        Assert.Empty(TempSegment.Leftovers(channel.Name));
    }

    // A server that died after its answer is found gone by the next call only.
    private static DuplexOutcome CallUntilReconnected(InPlaceClient client)
    {
        DuplexOutcome outcome = Call(client);
        return outcome == DuplexOutcome.Answered ? outcome : Call(client);
    }

    private static DuplexOutcome Call(InPlaceClient client)
    {
        using InPlaceExchange frame = client.Reserve(100);
        FramePattern.Fill(frame.Data, 7);
        DuplexOutcome outcome = frame.TryCall(100, out Span<byte> answer, s_wait);
        if (outcome == DuplexOutcome.Answered)
        {
            Assert.True(answer.SequenceEqual(FramePattern.Make(100, 7).Select(b => (byte)~b).ToArray()));
        }

        return outcome;
    }

    private static int Invert(Span<byte> data, int size)
    {
        foreach (ref byte b in data[..size])
        {
            b = (byte)~b;
        }

        return size;
    }
}
