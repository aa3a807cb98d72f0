using Plenum.Platform;

namespace Plenum.ZeroBuffer;

/// <summary>Writing without blocking a thread.</summary>
/// <remarks>One operation at a time: the next write starts when the one before it has ended.</remarks>
public static class ZeroBufferAsyncWriting
{
    /// <summary>Writes a frame; waits for space without blocking a thread, up to
    /// <see cref="ZeroBufferOptions.WriteTimeout"/>.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="data">The data, at least 1 byte; must not change before the operation ends.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">The buffer stayed full.</exception>
    /// <exception cref="FrameSizeException">A frame of this size can not be written; the error says which
    /// could.</exception>
    /// <exception cref="PeerClosedException">The reader closed.</exception>
    /// <exception cref="PeerTerminatedException">The reader died.</exception>
    /// <exception cref="SegmentCorruptedException">The reader broke the protocol.</exception>
    /// <exception cref="InvalidOperationException">Another operation is using the writer, or a reservation is
    /// open.</exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed, also during the wait.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async ValueTask WriteAsync(
        this ZeroBufferWriter writer, ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (!await writer.Endpoint.WriteAsync(data, writer.WriteTimeout, cancellationToken).ConfigureAwait(false))
        {
            writer.ThrowFull(data.Length);
        }
    }

    /// <summary>Writes a frame; waits for space without blocking a thread.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="data">The data, at least 1 byte; must not change before the operation ends.</param>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when the buffer stayed full.</returns>
    /// <inheritdoc cref="WriteAsync(ZeroBufferWriter, ReadOnlyMemory{byte}, CancellationToken)" path="/exception"/>
    public static ValueTask<bool> TryWriteAsync(
        this ZeroBufferWriter writer,
        ReadOnlyMemory<byte> data,
        TimeSpan timeout,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(writer);
        return writer.Endpoint.WriteAsync(data, timeout, cancellationToken);
    }
}
