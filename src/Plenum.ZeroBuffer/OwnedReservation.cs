using Plenum.ZeroBuffer.Internal;

namespace Plenum.ZeroBuffer;

/// <summary>Room for one frame in the ring as an object, for code that can not keep a <see cref="FrameReservation"/>.</summary>
/// <remarks>Commit and abort as there, each counting once for all copies. One thread at a time.</remarks>
public sealed class OwnedReservation : IDisposable
{
    private readonly WriterEndpoint _writer;
    private readonly ulong _ticket;

    internal OwnedReservation(WriterEndpoint writer, ulong ticket, ulong sequence)
    {
        _writer = writer;
        _ticket = ticket;
        Sequence = sequence;
    }

    /// <summary>The number the frame will have.</summary>
    public ulong Sequence { get; }

    /// <summary>False after the reservation was committed or aborted.</summary>
    public bool IsValid => _writer.Reservation.IsOpenFor(_ticket);

    /// <summary>The room, in shared memory; its content is undefined at first.</summary>
    /// <exception cref="ObjectDisposedException">The reservation was committed or aborted, or the writer was disposed.</exception>
    public Span<byte> Span => _writer.Reserved(_ticket);

    /// <summary>Publishes the frame. Never blocks.</summary>
    /// <exception cref="ObjectDisposedException">It was committed or aborted before, or the writer was disposed.</exception>
    /// <exception cref="PeerClosedException">The reader closed.</exception>
    public void Commit() => _writer.Commit(_ticket);

    /// <summary>Aborts unless committed. Never blocks and never throws.</summary>
    public void Dispose() => _writer.Reservation.Abort(_ticket);
}
