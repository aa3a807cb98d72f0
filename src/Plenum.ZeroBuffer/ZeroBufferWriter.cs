using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Plenum.Platform;
using Plenum.ZeroBuffer.Internal;

namespace Plenum.ZeroBuffer;

/// <summary>The writing end of a buffer that a reader created.</summary>
/// <remarks>
/// <para>An endpoint serves one thread at a time; using it from two threads at once, or disposing it during a blocked
/// call, ends in an exception and never in a crash. A blocked write notices within 100 ms that its reader closed or
/// was killed.</para>
/// <example>
/// <code>
/// using ZeroBufferWriter writer = ZeroBufferWriter.Connect("camera", TimeSpan.FromSeconds(5));
/// writer.Write("hello"u8);
/// using FrameReservation frame = writer.Reserve(640 * 480);
/// Render(frame.Span);
/// frame.Commit();
/// </code>
/// </example>
/// </remarks>
public sealed class ZeroBufferWriter : IDisposable
{
    private readonly ZeroBufferOptions _options;

    internal ZeroBufferWriter(WriterConnection connection, ZeroBufferOptions options)
    {
        _options = options;
        Name = connection.Segment.Name.Value;
        Endpoint = new WriterEndpoint(this, connection, options);
        Metadata = new MetadataWriter(Endpoint, new MetadataArea(connection.Segment, connection.Layout));
        BufferMetrics.Add(this);
    }

    /// <summary>Raised after an operation of this end saw the health change, on the thread of that operation.</summary>
    /// <remarks>The buffer is not locked during the call. A handler that throws makes the operation throw.</remarks>
    public event EventHandler<BufferHealthChange>? HealthChanged;

    /// <summary>The buffer's name without a leading slash.</summary>
    public string Name { get; }

    /// <summary>Size of the payload ring in bytes.</summary>
    public long PayloadSizeBytes => Endpoint.Connection.Layout.PayloadSizeBytes;

    /// <summary>Size of the metadata block in bytes.</summary>
    public long MetadataSizeBytes => Endpoint.Connection.Layout.MetadataSizeBytes;

    /// <summary>The protocol version of the buffer; a newer minor version is accepted.</summary>
    public ProtocolVersion ProtocolVersion => Endpoint.Connection.Layout.Version;

    /// <summary>The metadata, to be written once.</summary>
    public MetadataWriter Metadata { get; }

    /// <summary>What the writer is doing. Any thread.</summary>
    public WriterState State => Endpoint.State;

    /// <summary>Frames, bytes, waits and wraps so far. Any thread.</summary>
    public BufferStatistics Statistics => Endpoint.Statistics;

    /// <summary>How full the ring was when this end looked last. Any thread.</summary>
    public BufferHealth Health => Endpoint.Health.Health;

    /// <summary>The part of the ring in use now, 0 to 1; after Dispose as seen last. Any thread.</summary>
    public double Utilisation => Endpoint.Peer.TryReadFree(out ulong free)
        ? Endpoint.Health.UtilisationOf(free)
        : Endpoint.Health.Utilisation;

    /// <summary>Whether the reader lives now; one or two system calls. Any thread.</summary>
    public bool IsReaderConnected => Endpoint.Peer.IsPeerPresent();

    /// <summary>The longest a write without a timeout of its own waits for space.</summary>
    public TimeSpan WriteTimeout => _options.WriteTimeout;

    internal WriterEndpoint Endpoint { get; }

    /// <summary>Connects to a buffer that exists.</summary>
    /// <param name="name">The name, with or without a leading slash.</param>
    /// <param name="options">Waiting and writing; null for the defaults.</param>
    /// <exception cref="SegmentNotFoundException">No such buffer.</exception>
    /// <exception cref="PeerTerminatedException">Its reader is gone.</exception>
    /// <exception cref="SegmentBusyException">Another writer is connected; nothing was changed.</exception>
    /// <exception cref="SegmentFormatException">Not a buffer of this version, or not finished yet.</exception>
    /// <exception cref="SegmentCorruptedException">The header contradicts itself.</exception>
    /// <exception cref="SharedMemoryException">The system refused.</exception>
    public static ZeroBufferWriter Connect(string name, ZeroBufferOptions? options = null) =>
        BufferConnector.Connect(name, options);

    /// <summary>Connects to a buffer; waits until it exists.</summary>
    /// <param name="name">The name, with or without a leading slash.</param>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="options">Waiting and writing; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">No buffer with a live reader appeared in time.</exception>
    /// <exception cref="SegmentBusyException">Another writer is connected; nothing was changed.</exception>
    /// <exception cref="SegmentFormatException">Not a buffer of this version.</exception>
    /// <exception cref="SegmentCorruptedException">The header contradicts itself.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ZeroBufferWriter Connect(
        string name,
        TimeSpan timeout,
        ZeroBufferOptions? options = null,
        CancellationToken cancellationToken = default) =>
        BufferConnector.Connect(name, timeout, options, cancellationToken);

    /// <summary>Connects to a buffer; waits until it exists without blocking a thread.</summary>
    /// <inheritdoc cref="Connect(string, TimeSpan, ZeroBufferOptions?, CancellationToken)"/>
    public static Task<ZeroBufferWriter> ConnectAsync(
        string name,
        TimeSpan timeout,
        ZeroBufferOptions? options = null,
        CancellationToken cancellationToken = default) =>
        BufferConnector.ConnectAsync(name, timeout, options, cancellationToken);

    /// <summary>Connects to a buffer if it is there and its reader lives.</summary>
    /// <param name="name">The name, with or without a leading slash.</param>
    /// <param name="writer">The writer.</param>
    /// <param name="options">Waiting and writing; null for the defaults.</param>
    /// <returns>False when there is no such buffer yet, or its reader is gone.</returns>
    /// <exception cref="SegmentBusyException">Another writer is connected; nothing was changed.</exception>
    /// <exception cref="SegmentFormatException">Not a buffer of this version.</exception>
    /// <exception cref="SegmentCorruptedException">The header contradicts itself.</exception>
    public static bool TryConnect(
        string name, [NotNullWhen(true)] out ZeroBufferWriter? writer, ZeroBufferOptions? options = null) =>
        BufferConnector.TryConnect(name, out writer, options);

    /// <summary>Writes a frame; waits for space up to <see cref="ZeroBufferOptions.WriteTimeout"/>.</summary>
    /// <param name="data">The data, at least 1 byte.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">The buffer stayed full.</exception>
    /// <exception cref="FrameSizeException">A frame of this size can not be written; the error says which
    /// could.</exception>
    /// <exception cref="PeerClosedException">The reader closed.</exception>
    /// <exception cref="PeerTerminatedException">The reader died.</exception>
    /// <exception cref="SegmentCorruptedException">The reader broke the protocol.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using the writer, or a reservation is
    /// open.</exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed, also during the wait.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Write(ReadOnlySpan<byte> data, CancellationToken cancellationToken = default)
    {
        if (!TryWrite(data, _options.WriteTimeout, cancellationToken))
        {
            ThrowFull(data.Length);
        }
    }

    /// <summary>Writes a frame if there is space now. Never blocks.</summary>
    /// <param name="data">The data, at least 1 byte.</param>
    /// <returns>False when the buffer is full.</returns>
    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, CancellationToken)" path="/exception"/>
    public bool TryWrite(ReadOnlySpan<byte> data) => TryWrite(data, TimeSpan.Zero);

    /// <summary>Writes a frame; waits for space.</summary>
    /// <param name="data">The data, at least 1 byte.</param>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when the buffer stayed full.</returns>
    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, CancellationToken)" path="/exception"/>
    public bool TryWrite(ReadOnlySpan<byte> data, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Endpoint.TryWrite(data, default, timeout, cancellationToken);

    /// <summary>Writes several pieces as one frame, without joining them first; waits for space.</summary>
    /// <param name="data">The pieces, together at least 1 byte.</param>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when the buffer stayed full.</returns>
    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, CancellationToken)" path="/exception"/>
    public bool TryWrite(
        in ReadOnlySequence<byte> data, TimeSpan timeout = default, CancellationToken cancellationToken = default) =>
        Endpoint.TryWrite(data, timeout, cancellationToken);

    /// <summary>Writes two pieces as one frame, for example a header of the application and its body; waits for
    /// space.</summary>
    /// <param name="first">The first piece; may be empty.</param>
    /// <param name="second">The second piece; may be empty, but not both.</param>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when the buffer stayed full.</returns>
    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, CancellationToken)" path="/exception"/>
    public bool TryWrite(
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second,
        TimeSpan timeout = default,
        CancellationToken cancellationToken = default) =>
        Endpoint.TryWrite(first, second, timeout, cancellationToken);

    /// <summary>Writes as many of several frames as there is space for, published together; waits for space for the
    /// first.</summary>
    /// <param name="frames">The frames, each at least 1 byte.</param>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many of them were written, from the first on; 0 when the buffer stayed full.</returns>
    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, CancellationToken)" path="/exception"/>
    public int WriteBatch(
        ReadOnlySpan<ReadOnlyMemory<byte>> frames,
        TimeSpan timeout = default,
        CancellationToken cancellationToken = default) =>
        Endpoint.WriteBatch(frames, timeout, cancellationToken);

    /// <summary>Reserves room for one frame, to be filled in place; waits for space.</summary>
    /// <param name="sizeBytes">Size of the data, at least 1 byte.</param>
    /// <param name="reservation">The room; commit or dispose it.</param>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when the buffer stayed full.</returns>
    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, CancellationToken)" path="/exception"/>
    public bool TryReserve(
        int sizeBytes,
        out FrameReservation reservation,
        TimeSpan timeout = default,
        CancellationToken cancellationToken = default) =>
        Endpoint.TryReserve(sizeBytes, out reservation, timeout, cancellationToken);

    /// <summary>
    /// Reserves room for one frame, to be filled in place; waits for space up to
    /// <see cref="ZeroBufferOptions.WriteTimeout"/>.
    /// </summary>
    /// <param name="sizeBytes">Size of the data, at least 1 byte.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, CancellationToken)" path="/exception"/>
    public FrameReservation Reserve(int sizeBytes, CancellationToken cancellationToken = default)
    {
        if (!TryReserve(sizeBytes, out FrameReservation reservation, _options.WriteTimeout, cancellationToken))
        {
            ThrowFull(sizeBytes);
        }

        return reservation;
    }

    /// <summary>Starts a batch: frames that are published together.</summary>
    /// <exception cref="InvalidOperationException">Another thread is using the writer, or a reservation or batch is
    /// open.</exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed.</exception>
    public FrameBatchWriter StartBatch() => new(Endpoint, Endpoint.StartBatch());

    /// <summary>Leaves the buffer; what was written stays readable. Idempotent. A call blocked in another thread ends
    /// with <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        BufferMetrics.Remove(this);
        Endpoint.Close();
    }

    internal void RaiseHealthChanged()
    {
        if (Endpoint.Health.TryTakeChange(out BufferHealthChange change))
        {
            HealthChanged?.Invoke(this, change);
        }
    }

    [DoesNotReturn]
    internal void ThrowFull(long sizeBytes) => throw new TimeoutException(
        $"Could not write a frame of {sizeBytes} bytes to '{Name}': the buffer stayed full for "
        + $"{_options.WriteTimeout}. The reader is "
        + "too slow or holds its frames; enlarge the payload, or raise WriteTimeout.");
}
