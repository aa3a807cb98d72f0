using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ZeroBuffer.DuplexChannel;

/// <summary>Creates servers and clients of duplex channels. Thread-safe.</summary>
public class DuplexChannelFactory : IDuplexChannelFactory
{
    private readonly ILoggerFactory _loggerFactory;

    /// <summary>Creates a factory.</summary>
    /// <param name="loggerFactory">For the loggers of what it creates; null for none.</param>
    public DuplexChannelFactory(ILoggerFactory? loggerFactory = null) =>
        _loggerFactory = loggerFactory ?? NullLoggerFactory.Instance;

    /// <summary>Waits until a channel's request buffer exists.</summary>
    /// <param name="channelName">The channel.</param>
    /// <param name="timeout">How long to wait at most.</param>
    /// <param name="logger">Not needed; kept for the API.</param>
    /// <returns>Whether it exists and has a server.</returns>
    public static bool WaitExists(string channelName, TimeSpan timeout, ILogger? logger = null) =>
        ImmutableDuplexServer.WaitExists(channelName, timeout, logger);

    /// <inheritdoc/>
    public IImmutableDuplexServer CreateImmutableServer(string channelName, BufferConfig config,
        TimeSpan? timeout = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(channelName);
        ArgumentNullException.ThrowIfNull(config);
        return new ImmutableDuplexServer(
            channelName, config, timeout
            ?? TimeSpan.FromSeconds(5), _loggerFactory.CreateLogger<ImmutableDuplexServer>());
    }

    /// <inheritdoc/>
    public IDuplexClient CreateClient(string channelName)
    {
        ArgumentException.ThrowIfNullOrEmpty(channelName);
        return new DuplexClient(channelName);
    }

    bool IDuplexChannelFactory.WaitExists(string channelName, TimeSpan timeout) => WaitExists(channelName, timeout);
}
