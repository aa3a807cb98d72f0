using System.Globalization;
using System.Text;
using System.Text.Json;
using Plenum.TestSupport;

namespace Plenum.ZeroBuffer.Duplex.Tests;

/// <summary>Foreign duplex ends, composed of the independent Python reader and writer in step mode.</summary>
public sealed class ForeignPeerTests
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ForeignClient_RequestsAndErrors_AnsweredInOrderAsPlainFrames(bool pooled) => Watchdog.Run(() =>
    {
        using var name = new TempSegment("fp");
        using DuplexServer server = DuplexServer.Start(
            name.Name,
            (request, response) =>
            {
                if (request.Data.Length % 3 == 0)
                {
                    throw new InvalidDataException("every third");
                }

                response.Write(request.Data);
            },
            new DuplexServerOptions
            {
                Processing = pooled
            ? DuplexProcessing.ThreadPool : DuplexProcessing.SingleThread
            });
        using PeerProcess requests = PeerProcess.StartPython("zerobuffer", "write", "--name", name.Name + "_request",
            "--steps");
        requests.ExpectLine("ready");
        using PeerProcess responses = PeerProcess.StartPython("zerobuffer", "read", "--name", name.Name + "_response",
            "--steps");
        responses.ExpectLine("ready");

        for (int size = 1; size <= 9; size++)
        {
            requests.WriteLine($"write {size} {size}");
            requests.ExpectLine("{\"event\"");
        }

        for (int size = 1; size <= 9; size++)
        {
            responses.WriteLine("read 10000");
            JsonElement frame = Json(responses.ExpectLine("{\"event\""));
            byte[] expected = size % 3 == 0
                ? Encoding.UTF8.GetBytes("PLENUM-DUPLEX-ERROR InvalidDataException: every third")
                : DuplexCallTests.Pattern(size, size);
            Assert.Equal("frame", frame.GetProperty("event").GetString());
            Assert.Equal(size, frame.GetProperty("sequence").GetInt32());
            Assert.Equal(expected.Length, frame.GetProperty("size").GetInt32());
            Assert.Equal(Fnv(expected), frame.GetProperty("fnv1a").GetString());
            responses.WriteLine("release");
            responses.ExpectLine("{\"event\":\"released\"");
        }

        requests.WriteLine("close");
        requests.ExpectExit();
        responses.WriteLine("close");
        responses.ExpectExit();
        Assert.Equal(3, server.HandlerFailures);
    });

    [Fact]
    public void ForeignServer_OneCallInFlight_LateAnswerNeverGoesToAnotherCall() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("fp");
        using PeerProcess requests = PeerProcess.StartPython("zerobuffer", "read", "--name", name.Name + "_request",
            "--steps");
        requests.ExpectLine("ready");
        using DuplexClient client = DuplexClient.Connect(name.Name, s_wait,
            new DuplexClientOptions { CallTimeout = s_wait });
        using PeerProcess responses = PeerProcess.StartPython("zerobuffer", "write", "--name",
            name.Name + "_response", "--steps");
        responses.ExpectLine("ready");
        Assert.False(client.IsServerCorrelated);

        // The server is slow: it holds the request beyond the call's time.
        Assert.Equal(DuplexOutcome.TimedOut, client.TryCall(DuplexCallTests.Pattern(5), out _,
            TimeSpan.FromMilliseconds(20)));
        Answer(requests, responses, 5, 50);
        byte[]? second = null;
        var caller = new Thread(() =>
        {
            using DuplexAnswer answer = client.Call(DuplexCallTests.Pattern(6));
            second = answer.Data.ToArray();
        });
        caller.Start();
        Answer(requests, responses, 6, 60);
        caller.Join();

        Assert.Equal(DuplexCallTests.Pattern(60, 60), second);
        Assert.Equal(1, client.LateAnswers);

        // The server's handler "fails": it gives the request back without an answer.
        Assert.Equal(DuplexOutcome.TimedOut, client.TryCall(DuplexCallTests.Pattern(7), out _,
            TimeSpan.FromMilliseconds(20)));
        Take(requests, 7);
        caller = new Thread(() =>
        {
            using DuplexAnswer answer = client.Call(DuplexCallTests.Pattern(8));
            second = answer.Data.ToArray();
        });
        caller.Start();
        Answer(requests, responses, 8, 80);
        caller.Join();

        Assert.Equal(DuplexCallTests.Pattern(80, 80), second);
        responses.WriteLine("close");
        responses.ExpectExit();
        requests.WriteLine("close");
        requests.ExpectExit();
    });

    [Fact]
    public void ForeignClient_KilledTwice_NextOneIsServed() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("fp");
        using DuplexServer server = DuplexServer.Start(name.Name, (request, response) => response.Write(request.Data));
        for (int round = 1; round <= 3; round++)
        {
            using PeerProcess requests = PeerProcess.StartPython("zerobuffer", "write", "--name",
                name.Name + "_request", "--steps");
            requests.ExpectLine("ready");
            using PeerProcess responses = PeerProcess.StartPython("zerobuffer", "read", "--name",
                name.Name + "_response", "--steps");
            responses.ExpectLine("ready");
            requests.WriteLine($"write 10 {round}");
            requests.ExpectLine("{\"event\":\"written\"");
            responses.WriteLine("read 10000");
            JsonElement frame = Json(responses.ExpectLine("{\"event\""));

            Assert.Equal(Fnv(DuplexCallTests.Pattern(10, round)), frame.GetProperty("fnv1a").GetString());
            requests.Kill();
            responses.Kill();
        }
    });

    private static void Answer(PeerProcess requests, PeerProcess responses, int size, int answerSize)
    {
        requests.WriteLine("read 10000");
        Assert.Equal(size, Json(requests.ExpectLine("{\"event\"")).GetProperty("size").GetInt32());
        responses.WriteLine(string.Create(CultureInfo.InvariantCulture, $"write {answerSize} {answerSize}"));
        responses.ExpectLine("{\"event\":\"written\"");
        requests.WriteLine("release");
        requests.ExpectLine("{\"event\":\"released\"");
    }

    private static void Take(PeerProcess requests, int size)
    {
        requests.WriteLine("read 10000");
        Assert.Equal(size, Json(requests.ExpectLine("{\"event\"")).GetProperty("size").GetInt32());
        requests.WriteLine("release");
        requests.ExpectLine("{\"event\":\"released\"");
    }

    private static JsonElement Json(string line) => JsonDocument.Parse(line).RootElement;

    private static string Fnv(byte[] data)
    {
        ulong hash = 0xCBF2_9CE4_8422_2325;
        foreach (byte b in data)
        {
            hash = unchecked((hash ^ b) * 0x100_0000_01B3);
        }

        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }
}
