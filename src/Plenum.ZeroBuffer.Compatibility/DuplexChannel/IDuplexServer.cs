namespace ZeroBuffer.DuplexChannel;

/// <summary>A duplex server.</summary>
public interface IDuplexServer : IDisposable
{
    /// <summary>Raised, on the server's thread, for every exception of the handler and for the loss of the
    /// client.</summary>
    public event EventHandler<ErrorEventArgs> OnError;

    /// <summary>Whether requests are being processed.</summary>
    public bool IsRunning { get; }

    /// <summary>Stops processing and removes the channel. Never throws.</summary>
    public void Stop();
}
