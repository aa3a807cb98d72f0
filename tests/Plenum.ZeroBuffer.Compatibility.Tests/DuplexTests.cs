using System.Text;
using Plenum.TestSupport;
using ZeroBuffer;
using ZeroBuffer.DuplexChannel;

namespace Compatibility.Tests;

/// <summary>The duplex part of the replaced API in use.</summary>
public sealed class DuplexTests
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(30);

    [Fact]
    public void RequestsAndResponses_InOrder_WithMetadataAndZeroCopySend() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("cd");
        IDuplexChannelFactory factory = new DuplexChannelFactory();
        using IImmutableDuplexServer server = factory.CreateImmutableServer(name.Name, new BufferConfig(4096,
            1024 * 1024));
        string? greeting = null;
        server.Start(
            (request, responses) =>
            {
                Span<byte> room = responses.GetFrameBuffer(request.Size, out _);
                request.Span.CopyTo(room);
                room.Reverse();
                responses.CommitFrame();
            },
            metadata => greeting = Encoding.UTF8.GetString(metadata));
        Assert.True(factory.WaitExists(name.Name, s_wait));
        Assert.True(DuplexChannelFactory.WaitExists(name.Name, s_wait));
        using IDuplexClient client = factory.CreateClient(name.Name);
        client.SetMetadata("hello"u8);
        Assert.True(client.IsServerConnected);

        for (byte i = 1; i <= 10; i++)
        {
            Assert.Equal(i, i % 2 == 0 ? client.SendRequest([i, 100]) : Send(client, i));
        }

        for (byte i = 1; i <= 10; i++)
        {
            using Frame response = client.ReceiveResponse(s_wait);
            Assert.Equal([100, i], response.ToArray());
            Assert.Equal(i, response.Sequence);
        }

        Assert.Equal("hello", greeting);
        Assert.True(server.IsRunning);
    });

    [Fact]
    public void HandlerOutlivesStop_ServerStartedAgainStillRunsWhenItEnds() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("cd");
        using IImmutableDuplexServer server = new DuplexChannelFactory().CreateImmutableServer(name.Name,
            new BufferConfig());
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        Thread? handling = null;
        server.Start((_, _) =>
        {
            handling = Thread.CurrentThread;
            entered.Set();
            leave.Wait();
        });
        using (IDuplexClient client = new DuplexChannelFactory().CreateClient(name.Name))
        {
            client.SendRequest([1]);
            entered.Wait();
            server.Stop();
        }

        server.Start((_, _) => { });
        leave.Set();
        handling!.Join();

        Assert.True(server.IsRunning);
    });

    [Fact]
    public void HandlerThrows_OnErrorIsRaisedAndServerGoesOn() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("cd");
        using IImmutableDuplexServer server = new DuplexChannelFactory().CreateImmutableServer(name.Name,
            new BufferConfig());
        using var raised = new ManualResetEventSlim();
        Exception? error = null;
        server.OnError += (_, e) =>
        {
            error = e.Exception;
            raised.Set();
        };
        server.Start((request, responses) =>
        {
            if (request.Span[0] == 0)
            {
                throw new FormatException("zero");
            }

            responses.WriteFrame(request.Span);
        });
        using IDuplexClient client = new DuplexChannelFactory().CreateClient(name.Name);

        client.SendRequest([0]);
        raised.Wait();
        client.SendRequest([1]);
        using Frame response = client.ReceiveResponse(s_wait);

        Assert.IsType<FormatException>(error);
        Assert.Equal([1], response.ToArray());
    });

    [Fact]
    public void Start_Misused_HasTheOldExceptionTypes() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("cd");
        var factory = new DuplexChannelFactory();
        IImmutableDuplexServer server = factory.CreateImmutableServer(name.Name, new BufferConfig(64, 4096));
        Assert.Throws<NotSupportedException>(() => server.Start((_, _) => { }, null, ProcessingMode.ThreadPool));
        Assert.False(File.Exists(name.FilePath + "_request"));
        Assert.Throws<ArgumentNullException>(() => server.Start(null!));
        server.Start((_, _) => { });
        Assert.Throws<InvalidOperationException>(() => server.Start((_, _) => { }));
        Assert.Throws<BufferNotFoundException>(() => factory.CreateClient(name.Name + "-b"));
        Assert.Throws<ArgumentException>(() => factory.CreateClient(""));
        Assert.Throws<ArgumentNullException>(() => factory.CreateImmutableServer("x", null!));
        server.Dispose();
        Assert.Throws<ObjectDisposedException>(() => server.Start((_, _) => { }));
    });

    private static ulong Send(IDuplexClient client, byte value)
    {
        ulong sequence = client.AcquireRequestBuffer(2, out Span<byte> room);
        room[0] = value;
        room[1] = 100;
        client.CommitRequest();
        return sequence;
    }
}
