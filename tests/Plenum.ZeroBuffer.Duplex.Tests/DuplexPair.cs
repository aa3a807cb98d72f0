using Plenum.TestSupport;

namespace Plenum.ZeroBuffer.Duplex.Tests;

/// <summary>A server and its client.</summary>
internal sealed class DuplexPair : IDisposable
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(20);

    private readonly TempSegment _name = new("pair");

    public DuplexPair(DuplexHandler handler, bool reconnect = true, long responseBytes = 1 << 20)
    {
        Server = DuplexServer.Start(Name, handler);
        Client = DuplexClient.Connect(Name, s_wait, new DuplexClientOptions
        {
            Buffer = new ZeroBufferOptions { PayloadSizeBytes = responseBytes },
            CallTimeout = s_wait,
            Reconnect = reconnect,
        });
    }

    public string Name => _name.Name;

    public DuplexServer Server { get; }

    public DuplexClient Client { get; }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
        _name.Dispose();
    }
}
