using Plenum.ZeroBuffer.Internal;

namespace Plenum.ZeroBuffer;

/// <summary>Room for one frame in the ring, to be filled in place and committed.</summary>
/// <remarks>
/// Dispose without <see cref="Commit"/> aborts: no byte is charged, no number is used, no marker is written, as if the reservation
/// had never been made. While a reservation is open the writer refuses other writes. Copies of this struct count as one.
/// Belongs to one thread.
/// </remarks>
public readonly ref struct FrameReservation
{
    private readonly WriterEndpoint? _writer;
    private readonly ulong _ticket;
    private readonly Span<byte> _span;

    internal FrameReservation(WriterEndpoint writer, ulong ticket, Span<byte> span, ulong sequence)
    {
        _writer = writer;
        _ticket = ticket;
        _span = span;
        Sequence = sequence;
    }

    /// <summary>The number the frame will have.</summary>
    public ulong Sequence { get; }

    internal ulong Ticket => _ticket;

    /// <summary>False for a default value, and after the reservation was committed or aborted.</summary>
    public bool IsValid => _writer is not null && _writer.Reservation.IsOpenFor(_ticket);

    /// <summary>The room, in shared memory; its content is undefined at first.</summary>
    /// <exception cref="ObjectDisposedException">The reservation was committed or aborted, or is a default value.</exception>
    public Span<byte> Span => IsValid ? _span : throw new ObjectDisposedException(nameof(FrameReservation));

    /// <summary>Moves the reservation into an object that may be kept; this struct stays a copy of it.</summary>
    /// <exception cref="ObjectDisposedException">The reservation was committed or aborted, or is a default value.</exception>
    public OwnedReservation ToOwned() => IsValid
        ? new OwnedReservation(_writer!, _ticket, Sequence)
        : throw new ObjectDisposedException(nameof(FrameReservation));

    /// <summary>Publishes the frame. Never blocks.</summary>
    /// <exception cref="ObjectDisposedException">It was committed or aborted before, or the writer was disposed.</exception>
    /// <exception cref="PeerClosedException">The reader closed.</exception>
    public void Commit()
    {
        ObjectDisposedException.ThrowIf(_writer is null, typeof(FrameReservation));
        _writer.Commit(_ticket);
    }

    /// <summary>Aborts unless committed. Never blocks and never throws.</summary>
    public void Dispose() => _writer?.Reservation.Abort(_ticket);
}
