using Plenum.ZeroBuffer.Internal;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>A frame that was read and not given back, as a value that may pass from thread to thread. A default value
/// is no frame.</summary>
/// <param name="Reader">The endpoint that read it.</param>
/// <param name="Lease">Its lease.</param>
/// <param name="Ticket">The ticket of the lease.</param>
/// <param name="Sequence">The writer's number.</param>
internal readonly record struct HeldFrame(ReaderEndpoint? Reader, RingLease? Lease, ulong Ticket, ulong Sequence)
{
    internal bool IsValid => Lease is not null && Lease.IsOut(Ticket);

    /// <summary>The data; only before <see cref="Release"/>.</summary>
    internal ReadOnlySpan<byte> Data => IsValid ? Reader!.DataOf(Lease!.Batch[0]) : default;

    /// <summary>The data for somebody who edits it; only before <see cref="Release"/>.</summary>
    internal Span<byte> MutableData => IsValid ? Reader!.MutableDataOf(Lease!.Batch[0]) : default;

    /// <summary>Moves the frame into an object.</summary>
    /// <exception cref="ObjectDisposedException">The frame was released, or its reader was disposed.</exception>
    internal OwnedFrame ToOwned()
    {
        ulong ticket = Lease?.TryTransfer(Ticket) ?? 0;
        ObjectDisposedException.ThrowIf(ticket == 0, typeof(Frame));
        return Reader!.Own(Lease!, ticket, Sequence);
    }

    /// <summary>Gives the bytes back. Does nothing when that happened before.</summary>
    internal void Release() => Reader?.Release(Lease!, Ticket);
}
