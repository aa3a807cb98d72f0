using Plenum.Platform;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>One piece of the ring in user code's hands: a frame being read, or room reserved for a frame.</summary>
/// <remarks>
/// <para>The structs in user code hold the lease and the ticket they got. However often they are copied and disposed, the ticket
/// is redeemed once: odd = out, even = free, + 1 at each step.</para>
/// <para>Leases are reused by their endpoint. Redeeming may happen on any thread.</para>
/// </remarks>
internal sealed class RingLease
{
    /// <summary>The most frames of one batch.</summary>
    internal const int MaxBatch = 1024;

    // The endpoint was closed while the lease was out; the lease then holds the mapping.
    private const ulong Orphan = 1UL << 63;

    // A thread is giving the bytes back; it still touches the mapping.
    private const ulong Redeeming = 1UL << 62;

    private ulong _word;

    /// <summary>The frames the lease stands for; the first <see cref="Frames"/> are valid.</summary>
    internal RingFrame[] Batch { get; private set; } = new RingFrame[1];

    /// <summary>Bytes of the ring to give back: headers and data.</summary>
    internal ulong Bytes { get; set; }

    /// <summary>Number of frames, hence of tokens to post.</summary>
    internal int Frames { get; set; }

    internal bool IsFree => (Volatile.Read(ref _word) & 1) == 0;

    internal bool IsRedeeming => (Volatile.Read(ref _word) & Redeeming) != 0;

    /// <summary>Takes a free lease; only the endpoint's own thread does.</summary>
    internal ulong Take(ulong bytes, int frames)
    {
        Bytes = bytes;
        Frames = frames;

        // PLAIN only the owner's thread takes a free lease, and nobody redeems a free one.
        ulong ticket = _word + 1;
        Volatile.Write(ref _word, ticket);
        return ticket;
    }

    /// <summary>The frames as an array of at least a size, bounded by <see cref="MaxBatch"/>. Allocates when it grows.</summary>
    internal RingFrame[] BatchOf(int frames)
    {
        frames = Math.Min(frames, MaxBatch);
        if (Batch.Length < frames)
        {
            Batch = new RingFrame[frames];
        }

        return Batch;
    }

    /// <summary>Makes every copy of the old ticket invalid and returns a new one; 0 when it was redeemed before.</summary>
    internal ulong TryTransfer(ulong ticket) =>
        Interlocked.CompareExchange(ref _word, ticket + 2, ticket) == ticket ? ticket + 2 : 0;

    /// <summary>True while the ticket was not redeemed; also after its endpoint was closed.</summary>
    internal bool IsOut(ulong ticket) => (Volatile.Read(ref _word) & ~Orphan) == ticket;

    /// <summary>Redeems the ticket if that did not happen yet; <see cref="EndRedeem"/> must follow.</summary>
    /// <returns>True for the one caller that redeems it while its endpoint is open.</returns>
    internal bool TryRedeem(ulong ticket) =>
        // CLAIM [lease] Exactly one of all copies of a frame gives its bytes back.
        Interlocked.CompareExchange(ref _word, ticket | Redeeming, ticket) == ticket;

    /// <summary>The bytes were given back: the lease may be taken again.</summary>
    internal void EndRedeem(ulong ticket) => Volatile.Write(ref _word, ticket + 1);

    /// <summary>Redeems a ticket whose endpoint was closed meanwhile: nothing is given back but the mapping.</summary>
    internal void ReleaseOrphan(ulong ticket, SharedSegment segment)
    {
        ulong orphan = ticket | Orphan;
        if (Interlocked.CompareExchange(ref _word, ticket + 1, orphan) == orphan)
        {
            segment.ReleaseReference();
        }
    }

    /// <summary>Lets a lease that is out keep the mapping until it is redeemed; waits for a redemption in progress.</summary>
    internal void Orphanize(SharedSegment segment)
    {
        segment.AddReference();
        var spin = new SpinWait();
        while (true)
        {
            ulong found = Volatile.Read(ref _word);
            bool free = (found & 1) == 0;
            if (!free && (found & Redeeming) != 0)
            {
                spin.SpinOnce();
                continue;
            }

            if (free)
            {
                segment.ReleaseReference();
                return;
            }

            if (Interlocked.CompareExchange(ref _word, found | Orphan, found) == found)
            {
                return;
            }
        }
    }
}
