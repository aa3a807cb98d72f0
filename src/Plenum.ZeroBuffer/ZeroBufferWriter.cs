using System.Diagnostics.CodeAnalysis;
using Plenum.Platform;
using Plenum.ZeroBuffer.Internal;

namespace Plenum.ZeroBuffer;

/// <summary>The writing end of a buffer that a reader created.</summary>
/// <remarks>
/// <para>An endpoint serves one thread at a time; using it from two threads at once, or disposing it during a blocked call, ends in an
/// exception and never in a crash. A blocked write notices within 100 ms that its reader closed or was killed.</para>
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
    private readonly WriterConnection _connection;
    private readonly ZeroBufferOptions _options;
    private readonly RingWriter _ring;
    private readonly SpaceWait _space;
    private readonly UseGate _gate = new();
    private readonly RingLease _reservation = new();
    private RingPlacement _reserved;
    private SegmentCorruptedException? _fault;

    internal ZeroBufferWriter(WriterConnection connection, ZeroBufferOptions options)
    {
        Name = connection.Segment.Name.Value;
        _connection = connection;
        _options = options;
        _ring = new RingWriter(
            connection.Segment, connection.Segment, connection.Layout, connection.DataAvailable, options, connection.Found);
        _space = new SpaceWait(connection, _ring, options, _gate);
    }

    /// <summary>The buffer's name without a leading slash.</summary>
    public string Name { get; }

    /// <summary>Size of the payload ring in bytes.</summary>
    public long PayloadSizeBytes => _connection.Layout.PayloadSizeBytes;

    /// <summary>Size of the metadata block in bytes.</summary>
    public long MetadataSizeBytes => _connection.Layout.MetadataSizeBytes;

    /// <summary>The protocol version of the buffer; a newer minor version is accepted.</summary>
    public ProtocolVersion ProtocolVersion => _connection.Layout.Version;

    /// <summary>Frames written so far.</summary>
    public long FramesWritten { get; private set; }

    /// <summary>Bytes of data written so far, without headers.</summary>
    public long BytesWritten { get; private set; }

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
        string name, TimeSpan timeout, ZeroBufferOptions? options = null, CancellationToken cancellationToken = default) =>
        BufferConnector.Connect(name, timeout, options, cancellationToken);

    /// <summary>Connects to a buffer; waits until it exists without blocking a thread.</summary>
    /// <inheritdoc cref="Connect(string, TimeSpan, ZeroBufferOptions?, CancellationToken)"/>
    public static Task<ZeroBufferWriter> ConnectAsync(
        string name, TimeSpan timeout, ZeroBufferOptions? options = null, CancellationToken cancellationToken = default) =>
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
    /// <exception cref="FrameSizeException">A frame of this size can not be written; the error says which could.</exception>
    /// <exception cref="PeerClosedException">The reader closed.</exception>
    /// <exception cref="PeerTerminatedException">The reader died.</exception>
    /// <exception cref="SegmentCorruptedException">The reader broke the protocol.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using the writer, or a reservation is open.</exception>
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
    public bool TryWrite(ReadOnlySpan<byte> data, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        _gate.Enter(this);
        try
        {
            if (!TryRoom(data.Length, timeout, out RingPlacement placement, cancellationToken))
            {
                return false;
            }

            data.CopyTo(_ring.Data(placement));
            _ring.Stage(placement);
            Publish(data.Length);
            return true;
        }
        finally
        {
            _gate.Exit();
        }
    }

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
        CancellationToken cancellationToken = default)
    {
        _gate.Enter(this);
        try
        {
            if (!TryRoom(sizeBytes, timeout, out RingPlacement placement, cancellationToken))
            {
                reservation = default;
                return false;
            }

            _reserved = placement;
            ulong ticket = _reservation.Take(0, 0);
            reservation = new FrameReservation(this, ticket, _ring.Data(placement), _ring.NextSequence);
            return true;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>
    /// Reserves room for one frame, to be filled in place; waits for space up to <see cref="ZeroBufferOptions.WriteTimeout"/>.
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

    /// <summary>Leaves the buffer; what was written stays readable. Idempotent. A call blocked in another thread ends with
    /// <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        if (_gate.TryClose())
        {
            _reservation.Orphanize(_connection.Segment);
            _connection.Dispose();
        }
    }

    internal bool IsReserved(ulong ticket) => _reservation.IsOut(ticket);

    internal void Commit(ulong ticket)
    {
        _gate.Enter(this);
        try
        {
            ObjectDisposedException.ThrowIf(!_reservation.TryRedeem(ticket), typeof(FrameReservation));
            _ring.Stage(_reserved);
            _reservation.EndRedeem(ticket);
            Publish((int)_reserved.TotalBytes - Layout.FrameHeader.SizeBytes);
        }
        finally
        {
            _gate.Exit();
        }
    }

    internal void Abort(ulong ticket)
    {
        if (_reservation.TryRedeem(ticket))
        {
            _reservation.EndRedeem(ticket);
        }
        else
        {
            _reservation.ReleaseOrphan(ticket, _connection.Segment);
        }
    }

    private bool TryRoom(long sizeBytes, TimeSpan timeout, out RingPlacement placement, CancellationToken cancellationToken)
    {
        RequireUsable();
        placement = _ring.Place(sizeBytes);
        if (_ring.HasRoom(placement))
        {
            return true;
        }

        long deadline = timeout == TimeSpan.Zero ? -1 : MonotonicClock.Deadline(timeout);
        return _space.Wait(placement, deadline, cancellationToken);
    }

    private void RequireUsable()
    {
        if (_fault is not null)
        {
            ThrowFault(_fault);
        }

        if (!_reservation.IsFree)
        {
            ThrowReserved();
        }
    }

    private void Publish(int sizeBytes)
    {
        bool received;
        try
        {
            received = _ring.Publish();
        }
        catch (SegmentCorruptedException e)
        {
            _fault = e;
            throw;
        }

        if (!received)
        {
            _space.RequireReader(quick: true);
        }

        FramesWritten++;
        BytesWritten += sizeBytes;
    }

    [DoesNotReturn]
    private void ThrowFull(int sizeBytes) => throw new TimeoutException(
        $"Could not write a frame of {sizeBytes} bytes to '{Name}': the buffer stayed full for {_options.WriteTimeout}. The reader is "
        + "too slow or holds its frames; enlarge the payload, or raise WriteTimeout.");

    [DoesNotReturn]
    private static void ThrowFault(SegmentCorruptedException fault) => throw new SegmentCorruptedException(
        fault.Message, fault.Operation, fault.Name, fault.Field, fault.Value);

    [DoesNotReturn]
    private static void ThrowReserved() => throw new InvalidOperationException(
        "A reservation is open: commit or dispose it before the next write.");
}
