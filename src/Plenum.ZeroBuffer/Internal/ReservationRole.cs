using Plenum.Platform;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>The one reservation or batch that a writer may have open; keeps the mapping when the writer is closed
/// meanwhile.</summary>
internal sealed class ReservationRole(SharedSegment segment)
{
    private readonly RingLease _lease = new();

    internal bool IsFree => _lease.IsFree;

    /// <summary>Opens a reservation; the writer's gate is held and none is open.</summary>
    internal ulong Open() => _lease.Take(0, 0, 0);

    internal bool IsOpenFor(ulong ticket) => _lease.IsOut(ticket);

    /// <summary>Ends the reservation of a ticket, once.</summary>
    internal bool TryEnd(ulong ticket)
    {
        if (!_lease.TryRedeem(ticket))
        {
            return false;
        }

        _lease.EndRedeem();
        return true;
    }

    /// <summary>Ends it without a result, also after the writer was closed.</summary>
    internal void Abort(ulong ticket)
    {
        if (!TryEnd(ticket))
        {
            _lease.ReleaseOrphan(ticket, segment);
        }
    }

    /// <summary>The writer closes.</summary>
    internal void Close() => _lease.Orphanize(segment);
}
