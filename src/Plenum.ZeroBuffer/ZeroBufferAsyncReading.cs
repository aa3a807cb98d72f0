using System.Runtime.CompilerServices;
using Plenum.Platform;
using Plenum.ZeroBuffer.Internal;

namespace Plenum.ZeroBuffer;

/// <summary>Reading without blocking a thread.</summary>
/// <remarks>One operation at a time: the next read starts when the one before it has ended. Frames come as objects
/// that keep their bytes until they are disposed; each allocates two small objects.</remarks>
public static class ZeroBufferAsyncReading
{
    /// <summary>Reads the next frame; waits for it without blocking a thread.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A frame, or why there is none.</returns>
    /// <exception cref="SegmentCorruptedException">The writer broke the protocol.</exception>
    /// <exception cref="InvalidOperationException">Another operation is using the reader.</exception>
    /// <exception cref="ObjectDisposedException">The reader was disposed, also during the wait.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ValueTask<ReadResult> ReadAsync(
        this ZeroBufferReader reader, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return reader.Endpoint.ReadAsync(timeout, cancellationToken);
    }

    /// <summary>Reads the next frame; waits for it without blocking a thread, as long as it takes.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The frame; null when the writer closed and all its frames have been read.</returns>
    /// <exception cref="PeerTerminatedException">The writer died, and all its frames have been read.</exception>
    /// <inheritdoc cref="ReadAsync(ZeroBufferReader, TimeSpan, CancellationToken)" path="/exception"/>
    public static async ValueTask<OwnedFrame?> ReadAsync(
        this ZeroBufferReader reader, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ReadResult result = await reader.Endpoint
            .ReadAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        if (result.Outcome == ReadOutcome.WriterDied)
        {
            reader.Endpoint.ThrowWriterDied();
        }

        return result.Frame;
    }

    /// <summary>All frames until the writer closes. Dispose each frame.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <exception cref="PeerTerminatedException">The writer died, and all its frames have been read.</exception>
    /// <inheritdoc cref="ReadAsync(ZeroBufferReader, TimeSpan, CancellationToken)" path="/exception"/>
    public static async IAsyncEnumerable<OwnedFrame> ReadAllAsync(
        this ZeroBufferReader reader, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } frame)
        {
            yield return frame;
        }
    }
}
