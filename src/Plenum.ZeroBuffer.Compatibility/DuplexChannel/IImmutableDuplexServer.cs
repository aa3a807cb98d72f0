using Microsoft.Extensions.Logging;

namespace ZeroBuffer.DuplexChannel;

/// <summary>A server that reads requests and writes new responses.</summary>
public interface IImmutableDuplexServer : IDuplexServer
{
    /// <summary>Waits until a channel's request buffer exists.</summary>
    /// <param name="channelName">The channel.</param>
    /// <param name="timeout">How long to wait at most.</param>
    /// <param name="logger">Not needed; kept for the API.</param>
    /// <returns>Whether it exists and has a server.</returns>
    public static abstract bool WaitExists(string channelName, TimeSpan timeout, ILogger? logger = null);

    /// <summary>Creates the channel and starts processing on a thread of its own.</summary>
    /// <param name="onFrame">Handles each request.</param>
    /// <param name="onInit">Called once, before the first request is handled, with the client's metadata (empty without
    /// any).</param>
    /// <param name="mode">Single-threaded only.</param>
    /// <exception cref="NotSupportedException"><see cref="ProcessingMode.ThreadPool"/> was asked for; nothing was
    /// created.</exception>
    /// <exception cref="InvalidOperationException">It runs already.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    /// <exception cref="ReaderAlreadyConnectedException">Another server owns the channel.</exception>
    public void Start(
        RequestHandler onFrame, Action<ReadOnlySpan<byte>>? onInit = null,
        ProcessingMode mode = ProcessingMode.SingleThread);
}
