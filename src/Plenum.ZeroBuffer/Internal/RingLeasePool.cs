using Plenum.Platform;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>The leases of one reader: as many as frames were ever held at the same time.</summary>
/// <remarks>Leases are taken by the endpoint's thread only; they may be redeemed on any thread.</remarks>
internal sealed class RingLeasePool
{
    private RingLease[] _leases = [new RingLease()];
    private int _next;

    /// <summary>A free lease. Allocates only when more frames are held than ever before.</summary>
    internal RingLease Take()
    {
        RingLease[] leases = _leases;
        int index = _next;
        for (int i = 0; i < leases.Length; i++)
        {
            if (index >= leases.Length)
            {
                index = 0;
            }

            RingLease lease = leases[index];
            if (lease.IsFree)
            {
                _next = index;
                return lease;
            }

            index++;
        }

        return Grow();
    }

    /// <summary>Bytes of all leases that are out.</summary>
    internal ulong HeldBytes()
    {
        ulong sum = 0;
        foreach (RingLease lease in _leases)
        {
            sum += lease.IsFree ? 0 : lease.Bytes;
        }

        return sum;
    }

    /// <summary>Whether a lease is being given back at this moment, so that the field and <see cref="HeldBytes"/> may disagree.</summary>
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

    /// <summary>Frames of all leases that are out.</summary>
    internal int HeldFrames()
    {
        int sum = 0;
        foreach (RingLease lease in _leases)
        {
            sum += lease.IsFree ? 0 : lease.Frames;
        }

        return sum;
    }

    /// <summary>The endpoint closes: leases that are out keep the mapping from now on.</summary>
    internal void Orphanize(SharedSegment segment)
    {
        foreach (RingLease lease in _leases)
        {
            lease.Orphanize(segment);
        }
    }

    private RingLease Grow()
    {
        RingLease[] old = _leases;
        var grown = new RingLease[old.Length * 2];
        old.CopyTo(grown, 0);
        for (int i = old.Length; i < grown.Length; i++)
        {
            grown[i] = new RingLease();
        }

        _next = old.Length;
        _leases = grown;
        return grown[old.Length];
    }
}
