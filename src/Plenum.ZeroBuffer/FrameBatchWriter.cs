using Plenum.Platform;
using Plenum.ZeroBuffer.Internal;

namespace Plenum.ZeroBuffer;

/// <summary>Collects frames in the ring and publishes them together: one change of each shared field for all of
/// them.</summary>
/// <remarks>
/// The reader sees nothing before <see cref="Publish"/>. Dispose without it aborts: nothing of the unpublished frames
/// remains. While a batch is open the writer refuses other writes. Copies of this struct count as one. Belongs to one
/// thread.
/// <example>
/// <code>
/// using FrameBatchWriter batch = writer.StartBatch();
/// while (queue.TryPeek(out byte[]? item) &amp;&amp; batch.TryAdd(item))
/// {
///     queue.Dequeue();
/// }
///
/// batch.Publish();
/// </code>
/// </example>
/// </remarks>
public readonly ref struct FrameBatchWriter
{
    private readonly WriterEndpoint? _writer;
    private readonly ulong _ticket;

    internal FrameBatchWriter(WriterEndpoint writer, ulong ticket)
    {
        _writer = writer;
        _ticket = ticket;
    }

    /// <summary>Frames added and not published yet.</summary>
    public int Count => _writer?.StagedFrames(_ticket) ?? 0;

    /// <summary>Adds a frame if there is space. Never blocks.</summary>
    /// <param name="data">The data, at least 1 byte.</param>
    /// <returns>False when the buffer is full: publish what is there, and wait with another call.</returns>
    /// <exception cref="FrameSizeException">A frame of this size can not be written; the error says which
    /// could.</exception>
    /// <exception cref="SegmentCorruptedException">The reader broke the protocol.</exception>
    /// <exception cref="ObjectDisposedException">The batch or its writer was disposed.</exception>
    public bool TryAdd(ReadOnlySpan<byte> data)
    {
        if (!TryReserve(data.Length, out Span<byte> room))
        {
            return false;
        }

        data.CopyTo(room);
        return true;
    }

    /// <summary>Adds a frame to be filled in place if there is space. Never blocks.</summary>
    /// <param name="sizeBytes">Size of the data, at least 1 byte.</param>
    /// <param name="room">The room, in shared memory; fill it before <see cref="Publish"/>.</param>
    /// <returns>False when the buffer is full.</returns>
    /// <inheritdoc cref="TryAdd" path="/exception"/>
    public bool TryReserve(int sizeBytes, out Span<byte> room)
    {
        ObjectDisposedException.ThrowIf(_writer is null, typeof(FrameBatchWriter));
        return _writer.TryStage(_ticket, sizeBytes, out room);
    }

    /// <summary>Publishes the frames added so far; more may be added and published afterwards. Never blocks.</summary>
    /// <exception cref="PeerClosedException">The reader closed.</exception>
    /// <exception cref="SegmentCorruptedException">The reader broke the protocol.</exception>
    /// <exception cref="ObjectDisposedException">The batch or its writer was disposed.</exception>
    public void Publish()
    {
        ObjectDisposedException.ThrowIf(_writer is null, typeof(FrameBatchWriter));
        _writer.PublishBatch(_ticket);
    }

    /// <summary>Ends the batch; what was not published is forgotten. Never blocks and never throws.</summary>
    public void Dispose() => _writer?.EndBatch(_ticket);
}
