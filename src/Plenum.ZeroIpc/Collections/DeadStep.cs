namespace Plenum.ZeroIpc;

/// <summary>Looks for a step that a process did not finish because it died.</summary>
/// <remarks>
/// A record "claimed" of a dead process proves that the claim took place. One "about to claim" proves it only if nobody
/// else can have made the claim: no other record names it, and no foreign peer, who keeps no records, uses the segment
/// (<see cref="SharedMemory.HasForeignPeers"/>).
/// </remarks>
internal static class DeadStep
{
    private const ulong MaxItems = 1 << 20;

    /// <summary>Settles a ticket, index or slot if its claimant is dead. One process and thread settles at a
    /// time.</summary>
    /// <param name="waits">The segment's wait table.</param>
    /// <param name="claims">The kind of step and its structure.</param>
    /// <param name="item">The ticket, index or slot.</param>
    /// <param name="isUnique">
    /// Whether an item is claimed once only (tickets). An index or slot is claimed again and again, so a dead process'
    /// record may be an old one: it proves nothing while a living process names the same item.
    /// </param>
    /// <param name="settle">
    /// Finishes the step, or takes it back; must be repeatable, because its caller may die too. Returns false when the
    /// structure shows that the step was finished.
    /// </param>
    /// <returns>True when it was settled.</returns>
    internal static bool TrySettle(WaitTable waits, in StepClaims claims, uint item, bool isUnique, Func<bool> settle)
    {
        DeathRecovery recovery = waits.Recovery;
        if (!recovery.HasDead(claims.Kind, claims.Offset) || !recovery.TryBegin())
        {
            return false;
        }

        try
        {
            OwnerClaim? proof = null;
            bool contested = false;
            foreach (OwnerClaim claim in recovery.Claims(claims.Kind, claims.Offset))
            {
                if (Covers(claim, item))
                {
                    contested |= !claim.IsDead;
                    bool better = proof is null || claim.Word.IsClaimed;
                    proof = claim.IsDead && better ? claim : proof;
                }
            }

            if (proof is not { } found)
            {
                return false;
            }

            bool proven = found.Word.IsClaimed && (isUnique || !contested);
            if (!proven && (contested || waits.ForeignPeers))
            {
                return false;
            }

            bool settled = settle();
            if (settled && found.Aux >> 32 == 0)
            {
                recovery.Clear(found);
            }

            return settled;
        }
        finally
        {
            recovery.End();
        }
    }

    /// <summary>Frees the records of the dead whose steps turn out to be finished, or never to have begun.</summary>
    /// <param name="waits">The segment's wait table.</param>
    /// <param name="claims">The kind of step and its structure.</param>
    /// <param name="isPending">Whether the structure shows a ticket, index or slot to be claimed and
    /// unfinished.</param>
    internal static void Sweep(WaitTable waits, in StepClaims claims, Func<uint, bool> isPending)
    {
        DeathRecovery recovery = waits.Recovery;
        if (!recovery.HasDead(claims.Kind, claims.Offset) || !recovery.TryBegin())
        {
            return;
        }

        try
        {
            foreach (OwnerClaim claim in recovery.Claims(claims.Kind, claims.Offset))
            {
                uint more = (uint)Math.Min(claim.Aux >> 32, MaxItems);
                bool pending = false;
                for (uint i = 0; i <= more && !pending; i++)
                {
                    pending = isPending((uint)claim.Aux + i);
                }

                if (claim.IsDead && !pending)
                {
                    recovery.Clear(claim);
                }
            }
        }
        finally
        {
            recovery.End();
        }
    }

    /// <summary>Whether a claim names a ticket, index or slot.</summary>
    internal static bool Covers(in OwnerClaim claim, uint item) => item - (uint)claim.Aux <= (uint)(claim.Aux >> 32);
}
