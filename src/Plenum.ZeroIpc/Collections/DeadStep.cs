namespace Plenum.ZeroIpc;

/// <summary>Looks for a step that a process did not finish because it died.</summary>
/// <remarks>
/// A record "claimed" of a dead process proves that the claim took place. One "about to claim" proves it only if nobody else can have
/// made the claim: no other record names it, and no foreign peer, who keeps no records, uses the segment
/// (<see cref="SharedMemory.HasForeignPeers"/>).
/// </remarks>
internal static class DeadStep
{
    /// <summary>Settles a ticket, index or slot if its claimant is dead. One process and thread settles at a time.</summary>
    /// <param name="waits">The segment's wait table.</param>
    /// <param name="claims">The kind of step and its structure.</param>
    /// <param name="item">The ticket, index or slot.</param>
    /// <param name="settle">
    /// Finishes the step, or takes it back; must be repeatable, because its caller may die too. Returns false when the structure shows
    /// that the step was finished.
    /// </param>
    /// <returns>True when it was settled.</returns>
    internal static bool TrySettle(WaitTable waits, in StepClaims claims, uint item, Func<bool> settle)
    {
        DeathRecovery recovery = waits.Recovery;
        if (!recovery.HasDead(claims.Kind, claims.Offset) || !recovery.TryBegin())
        {
            return false;
        }

        try
        {
            List<OwnerClaim> all = recovery.Claims(claims.Kind, claims.Offset);
            OwnerClaim? proof = null;
            bool contested = false;
            foreach (OwnerClaim claim in all)
            {
                if (!Covers(claim, item))
                {
                    continue;
                }

                if (claim.IsDead && claim.Word.State == ClaimState.Held)
                {
                    proof = claim;
                    contested = false;
                    break;
                }

                proof = claim.IsDead ? claim : proof;
                contested |= !claim.IsDead;
            }

            if (proof is not { } found
                || (found.Word.State != ClaimState.Held && (contested || waits.ForeignPeers)))
            {
                return false;
            }

            bool settled = settle();
            Shorten(recovery, found, item);
            return settled;
        }
        finally
        {
            recovery.End();
        }
    }

    private static bool Covers(in OwnerClaim claim, uint item) => item - (uint)claim.Aux <= (uint)(claim.Aux >> 32);

    // A record of several items is kept until its last one was looked at; the earlier ones stay named, which does no harm, because
    // the structure shows that they are finished.
    private static void Shorten(DeathRecovery recovery, in OwnerClaim claim, uint item)
    {
        if (item - (uint)claim.Aux == (uint)(claim.Aux >> 32))
        {
            recovery.Clear(claim);
        }
    }
}
