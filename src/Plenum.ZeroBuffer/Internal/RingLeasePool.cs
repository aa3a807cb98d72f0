using Plenum.Platform;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>The leases of one reader in the order of reading; gives their bytes back in that order.</summary>
/// <remarks>
/// <para>The free bytes are a sum without a place: the writer takes the bytes from its position on, so a later frame's
/// bytes that come back before an earlier frame's would be taken out of the earlier frame. A piece redeemed out of
/// order is therefore only marked, and given back together with the piece before it. (The peers' readers credit at
/// once and overwrite held frames.)</para>
/// <para>While the reader works through a backlog, small pieces are given back in groups (<see cref="Defer"/>): the free
/// bytes and the semaphore then change once for 31 frames, and their cache lines stay with the writer. What is held
/// back that way is at most an eighth of the ring, and nothing once the backlog was read.</para>
/// <para>Leases are taken by the endpoint's thread only, redeemed on any. One interlocked instruction decides in the
/// usual case, in which the oldest piece is redeemed.</para>
/// </remarks>
internal sealed class RingLeasePool
{
    /// <summary>The most pieces given back together.</summary>
    private const int MaxDeferred = 32;

    private RingLease[] _leases = [new RingLease(), new RingLease()];

    // The order of the oldest piece not given back, and of the next to be read.
    private long _oldest;
    private long _next;
    private bool _deferring;

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
        if (MayDefer(lease, order, ring))
        {
            if (!lease.TryMarkDone(ticket))
            {
                return false;
            }

            // FENCE the exchange to Done, then the look at the backlog; pairs with the fence in Settle.
            if (!MayDefer(lease, order, ring))
            {
                GiveBackOldest(ring, health);
            }

            return true;
        }

        if (Volatile.Read(ref _oldest) == order)
        {
            if (!lease.TryRedeem(ticket))
            {
                return false;
            }

            GiveBackFrom(lease, order, ring, health);
            return true;
        }

        // FENCE the exchange to Done, then the load of _oldest; pairs with the one in GiveBackFrom. One of the two sees
        //   the other.
        if (!lease.TryMarkDone(ticket))
        {
            return false;
        }

        GiveBackOldest(ring, health);
        return true;
    }

    /// <summary>Whether a long backlog lies before the reader, so that what is redeemed may be given back in
    /// groups.</summary>
    /// <remarks>Set by the endpoint's thread; <see cref="Settle"/> ends it.</remarks>
    internal void Defer() => Volatile.Write(ref _deferring, true);

    /// <summary>The backlog was taken: gives back what was deferred, and defers no more. The endpoint's thread
    /// only.</summary>
    internal void Settle(RingReader ring, HealthMonitor health)
    {
        if (_deferring)
        {
            // FENCE the flag, then the look at the oldest piece; a thread that redeems marks its piece, then looks at
            //   the flag. Weaker: a piece redeemed at this moment stays with the reader while the writer waits for it.
            Interlocked.Exchange(ref _deferring, false);
            GiveBackOldest(ring, health);
        }
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

    // Small pieces only, and only so many of them: at most an eighth of the ring stays with the reader, and only while the
    // reader has more frames before it than that. Racy reads: a wrong answer gives back earlier or one piece later.
    private bool MayDefer(RingLease lease, long order, RingReader ring) =>
        Volatile.Read(ref _deferring) && order - Volatile.Read(ref _oldest) < MaxDeferred - 1
        && lease.Bytes * (MaxDeferred * 8) <= (ulong)ring.SizeBytes;

    private void GiveBackOldest(RingReader ring, HealthMonitor health)
    {
        long order = Volatile.Read(ref _oldest);
        RingLease lease = At(Volatile.Read(ref _leases), order);
        if (lease.TryRedeemDone(order))
        {
            GiveBackFrom(lease, order, ring, health);
        }
    }

    private static RingLease At(RingLease[] leases, long order) => leases[(int)(order & (leases.Length - 1))];

    private void GiveBackFrom(RingLease lease, long order, RingReader ring, HealthMonitor health)
    {
        do
        {
            long first = order;
            ulong bytes = 0;
            int frames = 0;
            do
            {
                bytes += lease.Bytes;
                frames += lease.Frames;
                order++;
                lease = At(Volatile.Read(ref _leases), order);
            }
            while (lease.IsDone(order));

            Volatile.Write(ref _oldest, order);

            // FENCE the store of _oldest, then (by the interlocked addition in GiveBack) the look at the next piece;
            //   pairs with the exchange in TryRedeem. Weaker: a piece marked done at this moment is never given back.
            ulong free = ring.GiveBack(bytes, frames);
            health.Observe(free);
            RingLease[] leases = Volatile.Read(ref _leases);

            // The first is the one that keeps the mapping, hence the last to end.
            for (long other = order - 1; other > first; other--)
            {
                At(leases, other).EndDone();
            }

            At(leases, first).EndRedeem();
            lease = At(leases, order);
        }
        while (lease.TryRedeemDone(order));
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
