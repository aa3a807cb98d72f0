using Plenum.Platform;
using Plenum.ZeroBuffer.Internal;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>The server's way to one client: the writer of its response buffer.</summary>
/// <remarks>In-place answers (<see cref="Begin"/> to <see cref="Complete"/>) belong to the server's thread;
/// <see cref="Send"/> and <see cref="SendError"/> may be called by any thread, one at a time (the session's
/// lock).</remarks>
internal sealed class AnswerLink : AnswerTarget
{
    private readonly ZeroBufferWriter _writer;
    private readonly WriterEndpoint _endpoint;
    private readonly CancellationToken _stopping;
    private readonly bool _errorsToForeign;
    private readonly int _prefixBytes;
    private ulong _request;
    private ulong _ticket;

    internal AnswerLink(ZeroBufferWriter writer, bool errorsToForeign, CancellationToken stopping)
    {
        _writer = writer;
        _endpoint = writer.Endpoint;
        _errorsToForeign = errorsToForeign;
        _stopping = stopping;
        IsCorrelated = _endpoint.Connection.Announcement == DuplexWire.Announcement;
        _prefixBytes = IsCorrelated ? DuplexWire.PrefixBytes : 0;
    }

    /// <summary>Whether the client is one of this library, which gets the number and the status of each
    /// answer.</summary>
    internal bool IsCorrelated { get; }

    /// <summary>True after the client was found gone.</summary>
    internal bool IsGone { get; private set; }

    /// <summary>Whether this still is the buffer that the name leads to, and its reader lives.</summary>
    internal bool IsCurrent() => !IsGone && _endpoint.Connection.Segment.IsNamed() && _writer.IsReaderConnected;

    /// <summary>Starts the in-place answer to a request.</summary>
    internal void Begin(ulong request)
    {
        _request = request;
        _ticket = 0;
    }

    internal override Span<byte> Reserve(int sizeBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeBytes);
        if (_ticket != 0)
        {
            ThrowAnswered();
        }

        FrameReservation room = Room(sizeBytes + _prefixBytes, Timeout.InfiniteTimeSpan);
        _ticket = room.Ticket;
        return Data(room.Span, _request, DuplexWire.StatusAnswered);
    }

    /// <summary>Sends the in-place answer.</summary>
    internal void Complete()
    {
        if (_ticket == 0)
        {
            Reserve(0);
        }

        Commit(_ticket);
        _ticket = 0;
    }

    /// <summary>Drops the in-place answer that was begun and sends an error instead.</summary>
    internal void Fail(Exception error)
    {
        if (_ticket != 0)
        {
            _endpoint.Reservation.Abort(_ticket);
            _ticket = 0;
        }

        SendError(_request, error);
    }

    /// <summary>Sends an answer that was built elsewhere.</summary>
    internal void Send(ulong request, ReadOnlySpan<byte> data)
    {
        FrameReservation room = Room(data.Length + _prefixBytes, Timeout.InfiniteTimeSpan);
        data.CopyTo(Data(room.Span, request, DuplexWire.StatusAnswered));
        Commit(room.Ticket);
    }

    /// <summary>Sends an error: to a client of this library as such, to a foreign one as a text, so that it stays in
    /// step.</summary>
    internal void SendError(ulong request, Exception error)
    {
        if (IsGone || (!IsCorrelated && !_errorsToForeign))
        {
            return;
        }

        byte[] text = DuplexWire.ErrorText(error);
        ReadOnlySpan<byte> lead = IsCorrelated ? default : DuplexWire.ForeignErrorPrefix;
        int size = _prefixBytes + lead.Length + text.Length;

        // A server that is being stopped does not wait for a client that does not read.
        FrameReservation room = Room(size, _stopping.IsCancellationRequested
            ? TimeSpan.Zero : Timeout.InfiniteTimeSpan);
        if (!room.IsValid)
        {
            return;
        }

        Span<byte> data = Data(room.Span, request, DuplexWire.StatusFailed);
        lead.CopyTo(data);
        text.CopyTo(data[lead.Length..]);
        Commit(room.Ticket);
    }

    internal void Close() => _writer.Dispose();

    private Span<byte> Data(Span<byte> frame, ulong request, uint status)
    {
        if (IsCorrelated)
        {
            DuplexWire.EncodePrefix(frame, request, status);
        }

        return frame[_prefixBytes..];
    }

    private FrameReservation Room(int sizeBytes, TimeSpan timeout)
    {
        try
        {
            CancellationToken token = timeout == TimeSpan.Zero ? CancellationToken.None : _stopping;
            _endpoint.TryReserve(sizeBytes, out FrameReservation room, timeout, token);
            return room;
        }
        catch (SharedMemoryException e) when (IsLoss(e))
        {
            IsGone = true;
            throw;
        }
    }

    private void Commit(ulong ticket)
    {
        try
        {
            _endpoint.Commit(ticket);
        }
        catch (SharedMemoryException e) when (IsLoss(e))
        {
            IsGone = true;
            throw;
        }
    }

    private static bool IsLoss(SharedMemoryException e) =>
        e is PeerClosedException or PeerTerminatedException or SegmentCorruptedException;
}
