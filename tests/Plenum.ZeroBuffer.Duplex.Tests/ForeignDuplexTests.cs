using Plenum.TestSupport;
using Plenum.ZeroBuffer.InPlace;

namespace Plenum.ZeroBuffer.Duplex.Tests;

/// <summary>Duplex ends of other languages at the other end of a channel, both ways.</summary>
public sealed class ForeignDuplexTests
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(30);

    public static TheoryData<bool, string, bool> Ends()
    {
        var data = new TheoryData<bool, string, bool>();
        foreach (bool cpp in new[] { false, true })
        {
            data.Add(cpp, "echo", false);
            data.Add(cpp, "reverse", true);
            data.Add(cpp, "xor", false);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public void ForeignClient_OurServer_EveryAnswerIsRightAndInOrder(bool cpp, string mode, bool pooled) =>
        Watchdog.Run(() =>
    {
        Assert.SkipWhen(cpp && CppPeers.Missing is not null, CppPeers.Missing ?? string.Empty);
        using var name = new TempSegment("fd");
        using DuplexServer server = DuplexServer.StartEditing(name.Name, data =>
            Transform(data, mode), new DuplexServerOptions
            {
                Processing = pooled ? DuplexProcessing.ThreadPool : DuplexProcessing.SingleThread,
                MaxConcurrency = 4,
            });
        for (int round = 0; round < 2; round++)
        {
            using PeerProcess client = Foreign(
                cpp, "call", name.Name, "--mode", mode, "--requests", "200", "--sizes", "3000", "--in-flight", "5");
            Assert.Equal(
                "{\"event\":\"called\",\"answered\":200,\"errorAnswers\":0,\"wrong\":0,\"end\":\"count\"}",
                client.ExpectLine("{\"event\""));
            client.ExpectExit();
        }

        Assert.Equal(400, server.RequestsHandled);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ForeignClient_HandlerThrowsEveryThird_StaysInStep(bool cpp) => Watchdog.Run(() =>
    {
        Assert.SkipWhen(cpp && CppPeers.Missing is not null, CppPeers.Missing ?? string.Empty);
        using var name = new TempSegment("fd");
        int handled = 0;
        using DuplexServer server = DuplexServer.StartEditing(name.Name, data =>
            Interlocked.Increment(ref handled) % 3 == 0 ? throw new InvalidDataException("third") : data.Length);
        using PeerProcess client = Foreign(cpp, "call", name.Name, "--requests", "99", "--sizes", "200",
            "--in-flight", "3");

        Assert.Equal(
            "{\"event\":\"called\",\"answered\":99,\"errorAnswers\":33,\"wrong\":0,\"end\":\"count\"}",
            client.ExpectLine("{\"event\""));
        client.ExpectExit();
    });

    [Theory]
    [MemberData(nameof(Ends))]
    public void ForeignServer_OurClient_EveryAnswerIsRight(bool cpp, string mode, bool asynchronous) =>
        Watchdog.Run(() =>
    {
        Assert.SkipWhen(cpp && CppPeers.Missing is not null, CppPeers.Missing ?? string.Empty);
        using var name = new TempSegment("fd");
        using PeerProcess server = Foreign(cpp, "serve", name.Name, "--mode", mode);
        using (DuplexClient client = DuplexClient.Connect(
            name.Name, s_wait, new DuplexClientOptions { CallTimeout = s_wait }))
        {
            Assert.False(client.IsServerCorrelated);
            for (int i = 0; i < 100; i++)
            {
                byte[] sent = DuplexCallTests.Pattern(1 + (i * 29), i);
                byte[] expected = [.. sent];
                Transform(expected, mode);
                var answer = new byte[4000];
                int size = asynchronous
                    ? client.CallAsync(sent, answer).AsTask().GetAwaiter().GetResult()
                    : client.Call(sent, answer);
                Assert.True(answer.AsSpan(0, size).SequenceEqual(expected));
            }
        }

        Assert.StartsWith(
            "{\"event\":\"served\",\"handled\":100,\"failed\":0", server.ExpectLine("{\"event\""),
            StringComparison.Ordinal);
        server.ExpectExit();
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ForeignServer_AnswersNothingToEveryThird_OnlyThoseCallsTimeOut(bool cpp) => Watchdog.Run(() =>
    {
        Assert.SkipWhen(cpp && CppPeers.Missing is not null, CppPeers.Missing ?? string.Empty);
        using var name = new TempSegment("fd");
        using PeerProcess server = Foreign(cpp, "serve", name.Name, "--fail-every", "3");
        using (DuplexClient client = DuplexClient.Connect(name.Name, s_wait))
        {
            for (int i = 1; i <= 9; i++)
            {
                byte[] sent = DuplexCallTests.Pattern(100, i);
                TimeSpan patience = i % 3 == 0 ? TimeSpan.FromMilliseconds(50) : s_wait;
                DuplexOutcome outcome = client.TryCall(sent, out DuplexAnswer answer, patience);
                using (answer)
                {
                    Assert.Equal(i % 3 == 0 ? DuplexOutcome.TimedOut : DuplexOutcome.Answered, outcome);
                    Assert.True(i % 3 == 0 || answer.Data.SequenceEqual(sent));
                }
            }
        }

        server.ExpectExit();
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void InPlaceChannel_ForeignDuplexEnds_RefuseIt(bool cpp) => Watchdog.Run(() =>
    {
        Assert.SkipWhen(cpp && CppPeers.Missing is not null, CppPeers.Missing ?? string.Empty);
        using var name = new TempSegment("fd");
        using InPlaceServer server = InPlaceServer.Start(name.Name + "_request", static (data, size) => size);

        using PeerProcess client = Foreign(cpp, "call", name.Name, "--timeout-ms", "300");
        Assert.Equal(1, client.WaitForExit());
        Assert.Contains("\"code\":\"malformed\"", client.Transcript, StringComparison.Ordinal);
        using PeerProcess owner = Foreign(cpp, "serve", name.Name, "--timeout-ms", "300");
        Assert.Equal(1, owner.WaitForExit());
        Assert.True(server.IsRunning);
        server.Dispose();
        Assert.Empty(TempSegment.Leftovers(name.Name));
    });

    private static PeerProcess Foreign(bool cpp, string verb, string channel, params string[] flags) => cpp
        ? PeerProcess.Start(CppPeers.Duplex, [verb, "--name", channel, .. flags])
        : PeerProcess.StartPython(["zerobuffer", "duplex-" + verb, "--name", channel, .. flags]);

    private static int Transform(Span<byte> data, string mode)
    {
        if (mode == "reverse")
        {
            data.Reverse();
        }

        for (int i = 0; i < data.Length && mode == "xor"; i++)
        {
            data[i] ^= 0xFF;
        }

        return data.Length;
    }
}
