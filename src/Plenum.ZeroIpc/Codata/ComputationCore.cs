using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The state word of a future or lazy value: who computes is stated in the wait table, so that its death is
/// noticed.</summary>
/// <remarks>
/// A computing process that dies leaves the state "computing". Whoever waits, or wants to compute, looks for its
/// record: then the state goes back to "pending" and another one may compute. A peer keeps no record; its death is not
/// visible. Thread-safe.
/// </remarks>
internal sealed class ComputationCore : IWaitWatch
{
    private readonly SharedUInt32 _state;
    private readonly StepClaims _claims;

    internal ComputationCore(SharedSegment segment, WaitTable table, long offset)
    {
        _state = segment.UInt32(offset);
        Offset = offset;
        Site = table.Site(offset);
        _claims = new StepClaims(ClaimKind.Setter, offset);
        Completion = new Completed(this);
        Idleness = new Idle(this);
    }

    internal long Offset { get; }

    /// <summary>Where those sleep who wait for the end of the computation.</summary>
    internal WaitSite Site { get; }

    /// <summary>Its end as a condition that any number of waits share.</summary>
    internal IWaitCondition Completion { get; }

    /// <summary>That nobody computes, likewise.</summary>
    internal IWaitCondition Idleness { get; }

    internal OwnerTable Owners => Site.Table.Owners;

    internal FutureState State
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]

        // OBSERVE [future] Pairs with Publish: value, text and time are visible when the state says so.
        get => (FutureState)_state.ReadAcquire();
    }

    internal bool IsCompleted => State is FutureState.Ready or FutureState.Failed;

    /// <summary>Becomes the one that computes.</summary>
    /// <param name="record">Says so until <see cref="Publish"/> or <see cref="GiveBack"/>; says nothing when this
    /// returns false.</param>
    internal bool TryClaim(OwnerRecord record)
    {
        record.Aux = 0;
        record.Say(ClaimKind.Setter, ClaimState.Doubt, Offset);
        StepHook.At("computation-stated");

        // CLAIM the computation.
        if (_state.CompareExchange((uint)FutureState.Computing, (uint)FutureState.Pending) == (uint)FutureState.Pending)
        {
            StepHook.At("computation-claimed");
            _claims.Hold(record);
            StepHook.At("computation-held");
            return true;
        }

        record.Say(default);
        return false;
    }

    /// <summary>Ends the computation; value, text and time are stored.</summary>
    internal void Publish(OwnerRecord record, FutureState state)
    {
        StepHook.At("computation-stored");

        // PUBLISH [future] Value, text and time are visible before the state says so.
        //   Weaker: a reader sees "ready" and reads the value of zeros.
        _ = _state.Exchange((uint)state);
        StepHook.At("computation-published");
        record.Say(default);
        StepHook.At("computation-cleared");
        Site.WakeAll();
    }

    /// <summary>Gives the computation up; another one may begin.</summary>
    internal void GiveBack(OwnerRecord record) => Publish(record, FutureState.Pending);

    /// <summary>From one state to another, whoever comes first.</summary>
    internal bool TryChange(FutureState from, FutureState to)
    {
        bool changed = _state.CompareExchange((uint)to, (uint)from) == (uint)from;
        if (changed)
        {
            Site.WakeAll();
        }

        return changed;
    }

    /// <summary>Takes a computation back whose process died.</summary>
    /// <returns>True when the state is "pending" again because of this call.</returns>
    internal bool TryRecover()
    {
        DeathRecovery recovery = Site.Table.Recovery;
        if (!recovery.HasDead(ClaimKind.Setter, Offset) || !recovery.TryBegin())
        {
            return false;
        }

        bool back = false;
        try
        {
            List<OwnerClaim> claims = recovery.Claims(ClaimKind.Setter, Offset);
            List<OwnerClaim> dead = claims.FindAll(static claim => claim.IsDead);
            bool live = claims.Exists(static claim => !claim.IsDead && claim.Word.State == ClaimState.Held);
            bool unclear = claims.Exists(static claim => !claim.IsDead && claim.Word.State == ClaimState.Doubt);
            bool proven = dead.Exists(static claim => claim.Word.State == ClaimState.Held) || !Site.Table.ForeignPeers;
            if (State == FutureState.Computing && !live && !unclear && proven)
            {
                back = _state.CompareExchange((uint)FutureState.Pending, (uint)FutureState.Computing)
                    == (uint)FutureState.Computing;
            }

            // While a living one is in doubt (a few instructions) nothing is decided: it may have claimed after a
            // reset.
            if (back || live || State != FutureState.Computing)
            {
                dead.ForEach(claim => recovery.Clear(claim));
            }
        }
        finally
        {
            recovery.End();
        }

        if (back)
        {
            Site.WakeAll();
        }

        return back;
    }

    /// <inheritdoc/>
    public bool ReadsRecordsOnly => true;

    /// <inheritdoc/>
    public void Look()
    {
        _ = Site.Table.Recovery.SettleSite(Site);
        _ = TryRecover();
    }

    /// <summary>The wait until nobody computes.</summary>
    internal readonly struct Idle(ComputationCore core) : IWaitCondition
    {
        public bool IsMet() => core.State != FutureState.Computing;
    }

    /// <summary>The wait for the end of a computation.</summary>
    internal readonly struct Completed(ComputationCore core) : IWaitCondition
    {
        public bool IsMet() => core.IsCompleted;
    }
}
