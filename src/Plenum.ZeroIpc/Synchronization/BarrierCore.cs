using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The 16 bytes of a barrier, and the records of its parties in the wait table.</summary>
/// <remarks>
/// <para>arrived and generation are the two halves of one aligned word. Peers change them one by one; here the last
/// arrival and every
/// retreat change both at once, so that a retreat can never take an arrival of the next generation.</para>
/// <para>A party's record says "held" with the generation it arrived in, and "away" with the generation it is expected
/// in.</para>
/// </remarks>
internal sealed class BarrierCore : IWaitWatch
{
    private readonly SharedSegment _segment;
    private readonly long _offset;
    private readonly int _participants;
    private readonly SharedInt32 _arrived;
    private readonly SharedUInt64 _state;
    private readonly Lock _lock = new();
    private readonly Stack<OwnerRecord> _away = new();

    internal BarrierCore(SharedSegment segment, WaitTable table, long offset, int participants)
    {
        _segment = segment;
        _offset = offset;
        _participants = participants;
        _arrived = segment.Int32(offset);
        _state = segment.UInt64(offset);
        Site = table.Site(offset + 4);
    }

    internal WaitSite Site { get; }

    internal int Arrived => _arrived.ReadAcquire();

    internal uint Generation => (uint)(_state.ReadAcquire() >> 32);

    private DeathRecovery Recovery => Site.Table.Recovery;

    /// <summary>Counts one arrival; the last one releases the others.</summary>
    internal BarrierArrival Arrive()
    {
        OwnerRecord record = TakeAway();
        uint generation = Generation;
        record.Aux = generation;
        record.Say(ClaimKind.Barrier, ClaimState.Doubt, _offset);
        StepHook.At("barrier-stated");

        // PUBLISH [barrier] What this party stored is visible to the others after the last arrival (full fence).
        int arrived = _arrived.Increment();
        StepHook.At("barrier-counted");
        if (arrived == _participants)
        {
            Release(generation);
        }

        record.Say(ClaimKind.Barrier, ClaimState.Held, _offset);
        StepHook.At("barrier-held");
        return new BarrierArrival(_state, generation, record);
    }

    /// <summary>Ends an arrival: takes it back unless all had met.</summary>
    /// <returns>Whether all had met.</returns>
    internal bool Leave(in BarrierArrival arrival, bool met)
    {
        met = met || !TryTakeBack(arrival.Generation);
        OwnerRecord record = arrival.Record;
        record.Aux = met ? arrival.Generation + 1 : arrival.Generation;
        record.Say(ClaimKind.Barrier, ClaimState.Away, _offset);
        lock (_lock)
        {
            _away.Push(record);
        }

        GC.KeepAlive(_segment);
        return met;
    }

    internal PartyTicket Join() =>
        new(Site.Table.Owners.Claim(ClaimKind.Barrier, _offset, Generation, ClaimState.Away));

    internal List<MissingParty> Missing()
    {
        Look();
        uint generation = Generation;
        List<OwnerClaim> claims = Recovery.Claims(ClaimKind.Barrier, _offset);
        _ = claims.RemoveAll(c => c.Word.State != ClaimState.Away || (c.IsDead && (uint)c.Aux != generation));
        return claims.ConvertAll(static c => new MissingParty(c.Owner, c.IsDead, 1));
    }

    /// <summary>This process' parties are not expected any more.</summary>
    internal void Forget()
    {
        lock (_lock)
        {
            while (_away.TryPop(out OwnerRecord? record))
            {
                record.Release();
            }
        }
    }

    /// <inheritdoc/>
    public bool ReadsRecordsOnly => true;

    /// <summary>Takes back the arrivals of the dead, and finishes a release that a dead party had begun.</summary>
    public void Look()
    {
        _ = Recovery.SettleSite(Site);
        if (!Recovery.HasDead(ClaimKind.Barrier, _offset) || !Recovery.TryBegin())
        {
            return;
        }

        try
        {
            foreach (OwnerClaim claim in Recovery.Claims(ClaimKind.Barrier, _offset))
            {
                if (claim.IsDead)
                {
                    Settle(claim);
                }
            }
        }
        finally
        {
            Recovery.End();
        }
    }

    private static ulong Pack(int arrived, uint generation) => ((ulong)generation << 32) | (uint)arrived;

    private void Settle(in OwnerClaim claim)
    {
        uint generation = Generation;
        if ((uint)claim.Aux != generation)
        {
            // All met without it since: somebody took its place.
            Recovery.Clear(claim);
            return;
        }

        if (claim.Word.State == ClaimState.Held)
        {
            // Away first: a survivor that dies in between leaves an arrival too many, never one too few.
            Recovery.Say(claim, ClaimState.Away);
            _ = TryTakeBack(generation);
        }
        else if (claim.Word.State == ClaimState.Doubt && Arrived == _participants)
        {
            // It died as the last one, between counting itself and releasing the others.
            Release(generation);
        }
    }

    private void Release(uint generation)
    {
        ulong seen = _state.ReadAcquire();
        while ((uint)(seen >> 32) == generation)
        {
            // PUBLISH [barrier] A new generation, and nobody arrived in it yet, in one exchange.
            ulong found = _state.CompareExchange(Pack(0, generation + 1), seen);
            if (found == seen)
            {
                StepHook.At("barrier-released");
                Site.WakeAll();
                return;
            }

            seen = found;
        }
    }

    // False when all have met meanwhile: then there is nothing to take back.
    private bool TryTakeBack(uint generation)
    {
        SpinWaiter spin = Site.Table.Spin(long.MaxValue);
        var patience = default(SlotWait);
        while (true)
        {
            ulong seen = _state.ReadAcquire();
            if ((uint)(seen >> 32) != generation)
            {
                return false;
            }

            int arrived = (int)(uint)seen;
            if (arrived <= 0 || arrived >= _participants)
            {
                // The last party is between its arrival and the release. Ours releases in one exchange, which anybody
                // may do for it, for instance when it was kept from running; a peer does it in two steps: wait for it,
                // as long as for a slot, however short the strategy's spins are.
                if (arrived == _participants && !Site.Table.ForeignPeers)
                {
                    Release(generation);
                    return false;
                }

                if (spin.SpinOnce() || patience.Next())
                {
                    continue;
                }

                return true;
            }

            if (_state.CompareExchange(Pack(arrived - 1, generation), seen) == seen)
            {
                return true;
            }
        }
    }

    private OwnerRecord TakeAway()
    {
        lock (_lock)
        {
            return _away.TryPop(out OwnerRecord? record) ? record : Site.Table.Owners.Take();
        }
    }
}
