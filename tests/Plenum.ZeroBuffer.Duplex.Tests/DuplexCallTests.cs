using System.Text;
using Plenum.TestSupport;
using Plenum.ZeroBuffer.Duplex;

namespace Plenum.ZeroBuffer.Duplex.Tests;

/// <summary>Calls between a server and a client of this library.</summary>
public sealed class DuplexCallTests
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(20);

    [Fact]
    public void Call_EchoServer_AnswerIsRequest() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("dx");
        using DuplexServer server = DuplexServer.Start(name.Name, (request, response) => response.Write(request.Data));
        using DuplexClient client = DuplexClient.Connect(name.Name, s_wait);

        foreach (int size in new[] { 1, 1024, 102400 })
        {
            byte[] data = Pattern(size);
            using DuplexAnswer answer = client.Call(data);
            Assert.Equal(data, answer.Data.ToArray());
        }

        Assert.True(client.IsServerCorrelated);
    });

    [Fact]
    public void Call_EverythingAllocatedBefore_AllocatesNothing() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("dx");
        using DuplexServer server = DuplexServer.Start(name.Name, (request, response) => response.Write(request.Data));
        using DuplexClient client = DuplexClient.Connect(name.Name, s_wait);
        byte[] data = Pattern(64);
        for (int i = 0; i < 20_000; i++)
        {
            client.Call(data).Dispose();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            client.Call(data).Dispose();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    });

    [Fact]
    public void Call_HandlerThrowsEveryThird_OthersKeepTheirAnswers() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("dx");
        using DuplexServer server = DuplexServer.Start(name.Name, (request, response) =>
        {
            if (request.Data[0] % 3 == 0)
            {
                throw new InvalidDataException("every third");
            }

            response.Write(request.Data);
        });
        using DuplexClient client = DuplexClient.Connect(name.Name, s_wait);

        for (byte i = 1; i <= 30; i++)
        {
            DuplexOutcome outcome = client.TryCall([i, 7], out DuplexAnswer answer, s_wait);
            using (answer)
            {
                Assert.Equal(i % 3 == 0 ? DuplexOutcome.HandlerFailed : DuplexOutcome.Answered, outcome);
                Assert.Equal(i % 3 == 0
                    ? "InvalidDataException: every third"u8.ToArray() : [i, 7], answer.Data.ToArray());
            }
        }

        Assert.Equal(10, server.HandlerFailures);
        DuplexHandlerException error = Assert.Throws<DuplexHandlerException>(() => client.Call([3]));
        Assert.Equal("InvalidDataException: every third", error.HandlerError);
    });

    [Fact]
    public async Task CallAsync_ManyInFlight_EachGetsItsAnswer() => await Watchdog.RunAsync(async () =>
    {
        using var name = new TempSegment("dx");
        using DuplexServer server = DuplexServer.StartAsynchronous(
            name.Name,
            async exchange =>
            {
                byte[] text = exchange.Request.ToArray();
                await Task.Yield();
                exchange.Write(text);
            },
            DuplexServerOptions.Default with { MaxConcurrency = 8 });
        using DuplexClient client = await DuplexClient.ConnectAsync(name.Name, s_wait);

        IEnumerable<Task> calls = Enumerable.Range(0, 200).Select(async i =>
        {
            byte[] data = Encoding.UTF8.GetBytes($"request {i}");
            var room = new byte[100];
            int size = await client.CallAsync(data, room);
            Assert.Equal(data, room[..size]);
        });
        await Task.WhenAll(calls);
    });

    [Fact]
    public void StartEditing_Xor_AnswerIsEditedRequest() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("dx");
        using DuplexServer server = DuplexServer.StartEditing(name.Name, data =>
        {
            foreach (ref byte b in data)
            {
                b ^= 0xFF;
            }

            return data.Length;
        });
        using DuplexClient client = DuplexClient.Connect(name.Name, s_wait);
        byte[] sent = Pattern(10240);

        using DuplexAnswer answer = client.Call(sent);

        Assert.Equal(sent.Select(b => (byte)~b), answer.Data.ToArray());
    });

    internal static byte[] Pattern(int size, int start = 0)
    {
        var data = new byte[size];
        for (int i = 0; i < size; i++)
        {
            data[i] = (byte)(i + start);
        }

        return data;
    }
}
