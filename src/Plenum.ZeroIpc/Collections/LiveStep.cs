namespace Plenum.ZeroIpc;

/// <summary>Looks for a living process of ours that can still finish the step that stands in the way.</summary>
/// <remarks>
/// A bounded wait that ends while its slot's owner was only kept from running (two processors, twenty busy threads)
/// does harm: a stack whose top was moved on meanwhile hides an element for ever, and a map passes over a key that is
/// there. So such a wait ends only when nobody alive can be the reason. Peers that keep no records are waited for up to
/// the bound, as they do themselves.
/// </remarks>
internal static class LiveStep
{
    /// <summary>Whether a record of a living process names a ticket, index or slot.</summary>
    /// <param name="waits">The segment's wait table.</param>
    /// <param name="claims">The kind of step and its structure.</param>
    /// <param name="item">The ticket, index or slot.</param>
    /// <param name="evenWaiting">Whether those count that wait for it themselves.</param>
    internal static bool IsAt(WaitTable waits, in StepClaims claims, uint item, bool evenWaiting)
    {
        foreach (OwnerClaim claim in waits.Recovery.Claims(claims.Kind, claims.Offset))
        {
            if (!claim.IsDead && (evenWaiting || claim.Word.State != ClaimState.Queued) && DeadStep.Covers(claim, item))
            {
                return true;
            }
        }

        return false;
    }
}
