using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A turn that one of our processes' threads has at a time, at a site: its holder is stated in the wait
/// table.</summary>
/// <remarks>
/// No bytes of the segment are used, so peers do not take part. A holder that died is seen by its word and its turn
/// ended by <see cref="EndDead"/>. Not first come, first served: who comes while it is free takes it. Thread-safe.
/// </remarks>
internal sealed class SiteTurn
{
    // A record outside the shared table cannot name its process.
    private const ulong Unnamed = uint.MaxValue;

    private readonly SharedUInt64 _holder;

    internal SiteTurn(WaitSite site)
    {
        Site = site;
        _holder = site.Holder;
    }

    /// <summary>Where those sleep who wait for it.</summary>
    internal WaitSite Site { get; }

    internal bool IsFree => _holder.ReadAcquire() == 0;

    private ulong Self
    {
        get
        {
            OwnerTable owners = Site.Table.Owners;
            OwnerRecord record = StepRecord.For(owners);
            return record.Table == owners ? record.Holder : Unnamed;
        }
    }

    internal bool TryEnter()
    {
        // CLAIM the turn.
        bool entered = _holder.ReadAcquire() == 0 && _holder.CompareExchange(Self, 0) == 0;
        if (entered)
        {
            StepHook.At("turn-taken");
        }

        return entered;
    }

    internal void Exit()
    {
        // Full fence: what the holder stored is visible to the next one, and the look for sleepers comes after it.
        StepHook.At("turn-done");
        _ = _holder.Exchange(0);
        StepHook.At("turn-given");
        Site.WakeOne();
    }

    /// <summary>Whether the holder is dead.</summary>
    internal bool IsAbandoned(out ulong holder)
    {
        holder = _holder.ReadAcquire();
        return holder != 0 && Site.Table.Owners.IsDeadHolder(holder);
    }

    /// <summary>Ends the turn of a dead holder.</summary>
    internal void EndDead(ulong holder)
    {
        if (_holder.CompareExchange(0, holder) == holder)
        {
            Site.WakeOne();
        }
    }
}
