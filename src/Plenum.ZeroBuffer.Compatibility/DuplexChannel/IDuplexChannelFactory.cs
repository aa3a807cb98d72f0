namespace ZeroBuffer.DuplexChannel;

/// <summary>Creates servers and clients of duplex channels.</summary>
public interface IDuplexChannelFactory
{
    /// <summary>Creates a server; <see cref="IImmutableDuplexServer.Start"/> starts it.</summary>
    /// <param name="channelName">The channel.</param>
    /// <param name="config">The sizes of the request buffer.</param>
    /// <param name="timeout">How long it waits for its client's response buffer; 5 seconds by default.</param>
    public IImmutableDuplexServer CreateImmutableServer(string channelName, BufferConfig config,
        TimeSpan? timeout = null);

    /// <summary>Waits until a channel's request buffer exists.</summary>
    /// <param name="channelName">The channel.</param>
    /// <param name="timeout">How long to wait at most.</param>
    /// <returns>Whether it exists and has a server.</returns>
    public bool WaitExists(string channelName, TimeSpan timeout);

    /// <summary>Connects to a channel's server.</summary>
    /// <param name="channelName">The channel.</param>
    /// <exception cref="BufferNotFoundException">There is no such channel.</exception>
    /// <exception cref="WriterAlreadyConnectedException">Another client is connected.</exception>
    public IDuplexClient CreateClient(string channelName);
}
