using Plenum.Platform;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>The leases of one reader in the order of reading; gives their bytes back in that order.</summary>
/// <remarks>
/// <para>The free bytes are a sum without a place: the writer takes the bytes from its position on, so a later frame's
/// bytes that come back before an earlier frame's would be taken out of the earlier frame. A piece redeemed out of
/// order is therefore only marked, and given back together with the piece before it. (The peers' readers credit at
/// once and overwrite held frames.)</para>
/// <para>Leases are taken by the endpoint's thread only, redeemed on any. One interlocked instruction decides in the
/// usual case, in which the oldest piece is redeemed.</para>
/// </remarks>
internal sealed class RingLeasePool
{
    private RingLease[] _leases = [new RingLease(), new RingLease()];

    // The order of the oldest piece not given back, and of the next to be read.
    private long _oldest;
    private long _next;

    /// <summary>True when every piece that was read has been given back.</summary>
    internal bool IsEmpty => Volatile.Read(ref _oldest) == _next;

    /// <summary>A free lease for the piece that is read next. Allocates only when more pieces are held than ever
    /// before.</summary>
    internal RingLease Rent()
    {
        RingLease lease = At(_leases, _next);
        return lease.IsFree ? lease : Grow();
    }

    /// <summary>Hands out the rented lease.</summary>
    internal ulong Take(RingLease lease, ulong bytes, int frames) => lease.Take(bytes, frames, _next++);

    /// <summary>Redeems a ticket, and gives back what is due: nothing while an earlier piece is out.</summary>
    /// <returns>False when the ticket was redeemed before, or the endpoint was closed.</returns>
    internal bool TryRedeem(RingLease lease, ulong ticket, RingReader ring, HealthMonitor health)
    {
        if (!lease.IsOut(ticket))
        {
            return false;
        }

        long order = lease.Order;
        if (Volatile.Read(ref _oldest) == order)
        {
            if (!lease.TryRedeem(ticket))
            {
                return false;
            }
        }
        else if (!lease.TryMarkDone(ticket))
        {
            return false;
        }
        else if (Volatile.Read(ref _oldest) != order || !lease.TryRedeemDone(order))
        {
            // FENCE the exchange to Done, then the load of _oldest; pairs with the one in GiveBackFrom. One of the two
            // sees the other.
            return true;
        }

        GiveBackFrom(lease, order, ring, health);
        return true;
    }

    /// <summary>Bytes of all pieces not given back.</summary>
    internal ulong HeldBytes()
    {
        ulong sum = 0;
        foreach (RingLease lease in _leases)
        {
            sum += lease.IsFree ? 0 : lease.Bytes;
        }

        return sum;
    }

    /// <summary>Whether a piece is being given back at this moment, so that the field and <see cref="HeldBytes"/> may
    /// disagree.</summary>
    internal bool IsChanging()
    {
        foreach (RingLease lease in _leases)
        {
            if (lease.IsRedeeming)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether user code holds a piece.</summary>
    internal bool IsAnyOut()
    {
        foreach (RingLease lease in Volatile.Read(ref _leases))
        {
            if (lease.IsOutNow)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The endpoint closes: leases that are out keep the mapping from now on.</summary>
    internal void Orphanize(SharedSegment segment)
    {
        foreach (RingLease lease in _leases)
        {
            lease.Orphanize(segment);
        }
    }

    private static RingLease At(RingLease[] leases, long order) => leases[(int)(order & (leases.Length - 1))];

    private void GiveBackFrom(RingLease lease, long order, RingReader ring, HealthMonitor health)
    {
        while (true)
        {
            ulong bytes = lease.Bytes;
            int frames = lease.Frames;
            Volatile.Write(ref _oldest, order + 1);

            // FENCE the store of _oldest, then (by the interlocked addition in GiveBack) the look at the next piece;
            //   pairs with the exchange in TryRedeem. Weaker: a piece marked done at this moment is never given back.
            ulong free = ring.GiveBack(bytes, frames);
            health.Observe(free);
            lease.EndRedeem();
            order++;
            lease = At(Volatile.Read(ref _leases), order);
            if (!lease.TryRedeemDone(order))
            {
                return;
            }
        }
    }

    private RingLease Grow()
    {
        RingLease[] old = _leases;
        var grown = new RingLease[old.Length * 2];
        for (long order = _next - old.Length; order < _next; order++)
        {
            grown[(int)(order & (grown.Length - 1))] = At(old, order);
        }

        for (int i = 0; i < grown.Length; i++)
        {
            grown[i] ??= new RingLease();
        }

        Volatile.Write(ref _leases, grown);
        return At(grown, _next);
    }
}
