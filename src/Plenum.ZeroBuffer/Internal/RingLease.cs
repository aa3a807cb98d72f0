using Plenum.Platform;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>One piece of the ring in user code's hands: frames being read, or room reserved for frames.</summary>
/// <remarks>
/// <para>The structs in user code hold the lease and the ticket they got. However often they are copied and disposed,
/// the ticket is redeemed once.</para>
/// <para>The word: state in the low two bits, a generation above, <see cref="Orphan"/> on top. Leases are reused; a
/// ticket is a word with the state <see cref="Out"/>, so an old ticket never fits again. Redeeming may happen on any
/// thread.</para>
/// </remarks>
internal sealed class RingLease
{
    /// <summary>The most frames of one batch.</summary>
    internal const int MaxBatch = 1024;

    private const ulong StateMask = 3;
    private const ulong Free = 0;
    private const ulong Out = 1;

    // Redeemed, but a piece read earlier is still out: the bytes go back after it.
    private const ulong Done = 2;

    // A thread is giving the bytes back; it still touches the mapping.
    private const ulong Redeeming = 3;
    private const ulong OneGeneration = 4;

    // The endpoint was closed while the lease was out; the lease then holds the mapping.
    private const ulong Orphan = 1UL << 63;

    private ulong _word;

    /// <summary>The frames the lease stands for; the first <see cref="Frames"/> are valid.</summary>
    internal RingFrame[] Batch { get; private set; } = new RingFrame[1];

    /// <summary>Bytes of the ring to give back: headers, data, skipped ends.</summary>
    internal ulong Bytes { get; private set; }

    /// <summary>Number of frames, hence of tokens to post.</summary>
    internal int Frames { get; private set; }

    /// <summary>The lease's place in the order of reading.</summary>
    internal long Order { get; private set; }

    internal bool IsFree => (Volatile.Read(ref _word) & StateMask) == Free;

    internal bool IsOutNow => (Volatile.Read(ref _word) & StateMask) == Out;

    internal bool IsRedeeming => (Volatile.Read(ref _word) & StateMask) == Redeeming;

    /// <summary>Takes a free lease; only the endpoint's own thread does.</summary>
    internal ulong Take(ulong bytes, int frames, long order)
    {
        Bytes = bytes;
        Frames = frames;
        Order = order;

        // PLAIN only the owner's thread takes a free lease, and nobody redeems a free one.
        ulong ticket = (_word & ~(Orphan | StateMask)) + OneGeneration + Out;
        Volatile.Write(ref _word, ticket);
        return ticket;
    }

    /// <summary>The frames as an array of at least a size, bounded by <see cref="MaxBatch"/>. Allocates when it
    /// grows.</summary>
    internal RingFrame[] BatchOf(int frames)
    {
        frames = Math.Min(frames, MaxBatch);
        if (Batch.Length < frames)
        {
            Batch = new RingFrame[frames];
        }

        return Batch;
    }

    /// <summary>Makes every copy of the old ticket invalid and returns a new one; 0 when it was redeemed
    /// before.</summary>
    internal ulong TryTransfer(ulong ticket) =>
        Interlocked.CompareExchange(ref _word, ticket + OneGeneration, ticket) == ticket ? ticket + OneGeneration : 0;

    /// <summary>True while the ticket was not redeemed; also after its endpoint was closed.</summary>
    internal bool IsOut(ulong ticket) => (Volatile.Read(ref _word) & ~Orphan) == ticket;

    /// <summary>Redeems the ticket if that did not happen yet; <see cref="EndRedeem"/> must follow.</summary>
    /// <returns>True for the one caller that redeems it while its endpoint is open.</returns>
    internal bool TryRedeem(ulong ticket) =>
        // CLAIM [lease] Exactly one of all copies of a frame gives its bytes back.
        Interlocked.CompareExchange(ref _word, ticket - Out + Redeeming, ticket) == ticket;

    /// <summary>Redeems the ticket, but leaves giving back to whoever redeems the piece before it.</summary>
    internal bool TryMarkDone(ulong ticket) =>
        Interlocked.CompareExchange(ref _word, ticket - Out + Done, ticket) == ticket;

    /// <summary>Whether the piece with a place in the order was redeemed and left. Stays so while an earlier one is being
    /// given back, except that closing frees it.</summary>
    internal bool IsDone(long order) => (Volatile.Read(ref _word) & StateMask) == Done && Order == order;

    /// <summary>A piece that was left done was given back together with an earlier one.</summary>
    internal void EndDone() => Volatile.Write(ref _word, (_word & ~StateMask) + Free);

    /// <summary>Takes over a lease that was left done.</summary>
    internal bool TryRedeemDone(long order)
    {
        ulong found = Volatile.Read(ref _word);
        return (found & StateMask) == Done && Order == order
            && Interlocked.CompareExchange(ref _word, found - Done + Redeeming, found) == found;
    }

    /// <summary>The bytes were given back: the lease may be taken again.</summary>
    internal void EndRedeem() => Volatile.Write(ref _word, _word - Redeeming + Free);

    /// <summary>Redeems a ticket whose endpoint was closed meanwhile: nothing is given back but the mapping.</summary>
    internal void ReleaseOrphan(ulong ticket, SharedSegment segment)
    {
        ulong orphan = ticket | Orphan;
        if (Interlocked.CompareExchange(ref _word, ticket - Out + Free, orphan) == orphan)
        {
            segment.ReleaseReference();
        }
    }

    /// <summary>Lets a lease that is out keep the mapping until it is redeemed; waits for a redemption in
    /// progress.</summary>
    internal void Orphanize(SharedSegment segment)
    {
        segment.AddReference();
        var spin = new SpinWait();
        while (true)
        {
            ulong found = Volatile.Read(ref _word);
            ulong state = found & StateMask;
            if (state == Redeeming)
            {
                spin.SpinOnce();
                continue;
            }

            if (state == Done)
            {
                // Nobody gives it back any more, and nobody may take it over after this.
                Interlocked.CompareExchange(ref _word, found - Done + Free, found);
                continue;
            }

            if (state != Out)
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
