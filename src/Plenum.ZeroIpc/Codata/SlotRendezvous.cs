using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The rendezvous of the C++ layout: one slot with the flags ready and consumed.</summary>
/// <remarks>
/// The sender stores the value, clears consumed and sets ready. Our receivers claim it by exchanging ready from 1 to 0,
/// copy it, and set consumed; peers copy it, set consumed and clear ready. Between claim and consumed the receiver's
/// record names the slot, so that the sender offers again when the receiver dies there.
/// </remarks>
internal sealed class SlotRendezvous<T> : RendezvousChannel<T>
    where T : unmanaged
{
    private const int ForeignLooks = 200;

    private readonly SharedByte _ready;
    private readonly SharedByte _consumed;
    private readonly SharedColumn<T> _value;
    private readonly WaitSite _offered;
    private readonly WaitSite _taken;
    private readonly StepClaims _taking;

    internal SlotRendezvous(SharedMemory memory, long header, long slot)
        : base(
            memory,
            header + ChannelHeader.ClosedOffset,
            header + ChannelHeader.SendersOffset,
            header + ChannelHeader.ReceiversOffset,
            header + ChannelHeader.TurnKey)
    {
        SharedSegment segment = memory.Segment;
        _ready = segment.Byte(slot + RendezvousSlot.ReadyOffset);
        _consumed = segment.Byte(slot + RendezvousSlot.ConsumedOffset);
        _value = segment.Column<T>(slot + RendezvousSlot.ValueOffset(ShareableType.AlignmentOf<T>()), 1);
        _offered = Waits.Site(slot + RendezvousSlot.ReadyOffset);
        _taken = Waits.Site(slot + RendezvousSlot.ConsumedOffset);
        _taking = new StepClaims(ClaimKind.QueueConsumer, slot);
    }

    /// <inheritdoc/>
    internal override int Count => _ready.ReadAcquire() != 0 ? 1 : 0;

    /// <inheritdoc/>
    internal override WaitSite Items => _offered;

    /// <inheritdoc/>
    internal override bool IsReadable => _ready.ReadAcquire() != 0 || IsClosed;

    protected override bool SpinsFirst => true;

    protected override WaitSite Taken => _taken;

    protected override WaitSite Offerable => _taken;

    protected override bool CanOffer => _ready.ReadAcquire() == 0;

    // OBSERVE [channel-taken] The receiver has copied the value: the place may be used again.
    protected override bool IsTaken => _consumed.ReadAcquire() != 0;

    protected override bool IsSettled => _consumed.ReadAcquire() != 0 || _ready.ReadAcquire() != 0;

    /// <inheritdoc/>
    internal override SelectState TryReceive(out T value)
    {
        value = default;
        bool closed = IsClosed;

        // OBSERVE [channel-offer] The value is complete when ready says so.
        if (_ready.ReadAcquire() == 0)
        {
            return EndOrPending(closed);
        }

        OwnerRecord record = _taking.Begin(Waits.Owners, 0);
        StepHook.At("rendezvous-take-stated");

        // CLAIM the value on offer.
        if (_ready.CompareExchange(0, 1) != 1)
        {
            StepClaims.End(record);
            return EndOrPending(closed);
        }

        StepHook.At("rendezvous-take-claimed");
        _taking.Hold(record);
        StepHook.At("rendezvous-take-held");
        value = _value.Read(0);

        // PUBLISH [channel-taken] The value was copied out before the sender goes on.
        //   Weaker: the next sender overwrites what is being copied.
        _ = _consumed.Exchange(1);
        StepHook.At("rendezvous-take-published");
        StepClaims.End(record);
        StepHook.At("rendezvous-take-cleared");
        _taken.WakeAll();
        GC.KeepAlive(Memory);
        return SelectState.Completed;
    }

    protected override void Offer(T value)
    {
        _value.Write(0, value);
        _consumed.WriteRelease(0);
        StepHook.At("rendezvous-offer-stored");

        // PUBLISH [channel-offer] Value and consumed = 0 are visible before ready says so.
        //   Weaker: a receiver copies the value before.
        _ = _ready.Exchange(1);
        StepHook.At("rendezvous-offer-published");
        _offered.WakeOne();
    }

    protected override bool TryRetract()
    {
        if (_ready.CompareExchange(0, 1) != 1)
        {
            return false;
        }

        // A peer that receives copies first and clears ready last: it may be about to say that it has the value.
        for (int i = 0; i < ForeignLooks && Waits.ForeignPeers && WaitingReceivers > 0; i++)
        {
            if (IsTaken)
            {
                return false;
            }

            SpinWaiter.Pause();
        }

        return true;
    }

    protected override bool TryClear()
    {
        if (_ready.CompareExchange(0, 1) == 1 || IsTaken)
        {
            return true;
        }

        List<OwnerClaim> claims = Waits.Recovery.Claims(_taking.Kind, _taking.Offset);
        if (claims.Exists(static claim => !claim.IsDead))
        {
            return false;
        }

        claims.ForEach(claim => Waits.Recovery.Clear(claim));
        return true;
    }

    protected override void OfferAgain()
    {
        DeathRecovery recovery = Waits.Recovery;
        if (!recovery.HasDead(_taking.Kind, _taking.Offset) || !recovery.TryBegin())
        {
            return;
        }

        bool again = false;
        try
        {
            List<OwnerClaim> claims = recovery.Claims(_taking.Kind, _taking.Offset);
            again = !IsSettled && !claims.Exists(static claim => !claim.IsDead);
            if (again)
            {
                _ = _ready.Exchange(1);
            }

            // While a living receiver is at it the records of the dead may still be needed.
            if (IsSettled)
            {
                claims.FindAll(static claim => claim.IsDead).ForEach(claim => recovery.Clear(claim));
            }
        }
        finally
        {
            recovery.End();
        }

        if (again)
        {
            _offered.WakeOne();
            _taken.WakeAll();
        }
    }
}
