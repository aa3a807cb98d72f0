using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A counter of waiting processes that peers read: raised and lowered with a record, so that a dead waiter's
/// count is taken
/// back.</summary>
internal sealed class WaitingCounter(WaitSite site, SharedInt32 counter, long offset) : IWaitWatch
{
    /// <summary>The count now, never negative.</summary>
    internal int Value => Math.Max(0, counter.ReadAcquire());

    /// <summary>Raises it.</summary>
    /// <returns>The record, for <see cref="Lower"/>.</returns>
    internal OwnerRecord Raise()
    {
        OwnerRecord record = site.Table.Owners.Take();
        record.Say(ClaimKind.Counter, ClaimState.Doubt, offset);
        StepHook.At("counter-raise-stated");
        _ = counter.Increment();
        StepHook.At("counter-raised");
        record.Say(ClaimKind.Counter, ClaimState.Held, offset);
        StepHook.At("counter-held");
        return record;
    }

    /// <summary>Lowers it again, and wakes who waits for nobody to wait.</summary>
    internal void Lower(OwnerRecord record)
    {
        record.Say(ClaimKind.Counter, ClaimState.Doubt, offset);
        _ = counter.Decrement();
        StepHook.At("counter-lowered");
        record.Release();
        site.WakeAll();
        GC.KeepAlive(site.Table);
    }

    /// <inheritdoc/>
    public bool ReadsRecordsOnly => true;

    /// <summary>Takes back what the dead had raised.</summary>
    public void Look()
    {
        _ = site.Table.Recovery.SettleSite(site);
        if (site.Table.Recovery.SettleCounter(offset, counter) > 0)
        {
            site.WakeAll();
        }
    }
}
