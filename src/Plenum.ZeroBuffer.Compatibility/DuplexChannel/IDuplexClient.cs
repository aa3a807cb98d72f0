namespace ZeroBuffer.DuplexChannel;

/// <summary>A duplex client: requests are sent and responses received independently, in the same order.</summary>
/// <remarks>One thread may send while another receives.</remarks>
public interface IDuplexClient : IDisposable
{
    /// <summary>Whether the server is there and lives.</summary>
    public bool IsServerConnected { get; }

    /// <summary>Sends a request.</summary>
    /// <param name="data">The request.</param>
    /// <returns>Its number.</returns>
    public ulong SendRequest(byte[] data);

    /// <summary>Room for a request, filled in place; <see cref="CommitRequest"/> sends it.</summary>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="buffer">The room.</param>
    /// <returns>Its number.</returns>
    public ulong AcquireRequestBuffer(int size, out Span<byte> buffer);

    /// <summary>Sends the request whose room was acquired.</summary>
    public void CommitRequest();

    /// <summary>Receives the next response.</summary>
    /// <param name="timeout">How long to wait at most.</param>
    /// <returns>The response; an invalid frame when the time is over.</returns>
    /// <exception cref="WriterDeadException">The time is over and the server is not connected.</exception>
    public Frame ReceiveResponse(TimeSpan timeout);

    /// <summary>Tells the server something before the first request.</summary>
    /// <param name="metadata">The bytes.</param>
    public void SetMetadata(ReadOnlySpan<byte> metadata);
}
