namespace Plenum.ZeroIpc;

/// <summary>Settles what dead processes left in the line and in the ownership of a semaphore or mutex.</summary>
/// <remarks>
/// <para>Runs in one process and thread at a time. A record "held" of a dead process proves that it held the mutex: the
/// state is
/// set after taking and left before giving back. A record in doubt proves nothing while a peer without records may hold
/// it.</para>
/// </remarks>
internal static class LineRecovery
{
    /// <summary>Settles, and takes over the mutex when it was a dead process' and the caller may.</summary>
    /// <returns>True when the mutex is the caller's now.</returns>
    internal static bool Settle(CountLock subject, DeathRecovery recovery, OwnerRecord record, bool mayInherit)
    {
        List<OwnerClaim> claims = recovery.Claims(subject.Kind, subject.Offset);
        foreach (OwnerClaim claim in claims)
        {
            if (claim.IsDead)
            {
                LeaveLine(subject, recovery, claim, claims);
            }
        }

        return subject.Kind == ClaimKind.Mutex && SettleOwner(subject, recovery, record, mayInherit);
    }

    // Every step may be repeated: a survivor that dies in between leaves the same record or the next one.
    private static void LeaveLine(CountLock subject, DeathRecovery recovery, in OwnerClaim claim, List<OwnerClaim> all)
    {
        uint ticket = (uint)claim.Aux;
        switch (claim.Word.State)
        {
            case ClaimState.Queueing when IsTicketOf(subject, claim, all):
            case ClaimState.Queued:
                subject.Line.WithdrawDead(ticket);
                Leave(subject, ticket);
                recovery.Clear(claim);
                break;
            case ClaimState.QueuedDoubt:
                Leave(subject, ticket);
                recovery.Say(claim, ClaimState.Doubt);
                break;
            case ClaimState.HeldServing:
                Leave(subject, ticket);
                recovery.Say(claim, ClaimState.Held);
                break;
            case ClaimState.Queueing:
                recovery.Clear(claim);
                break;
            default:
                break;
        }
    }

    private static void Leave(CountLock subject, uint ticket)
    {
        if (subject.Line.Leave(ticket))
        {
            subject.Line.WakeFront();
        }
    }

    // In doubt about the ticket: it is the dead one's if it was given out and nobody else has it. Whoever else tried
    // for the same
    // number states another one by now, or is still trying.
    private static bool IsTicketOf(CountLock subject, in OwnerClaim claim, List<OwnerClaim> all)
    {
        uint ticket = (uint)claim.Aux;
        uint ahead = ticket - subject.Line.Served;
        if (ahead >= subject.Line.Length)
        {
            return false;
        }

        foreach (OwnerClaim other in all)
        {
            bool same = other.Block == claim.Block && other.Index == claim.Index;
            if (!same && (uint)other.Aux == ticket
                && (other.Word.IsInLine || other.Word.State is ClaimState.HeldServing or ClaimState.Queueing))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SettleOwner(CountLock subject, DeathRecovery recovery, OwnerRecord record, bool mayInherit)
    {
        List<OwnerClaim> claims = recovery.Claims(ClaimKind.Mutex, subject.Offset);
        bool free = subject.Count > 0;
        bool liveHolder = claims.Exists(c => !c.IsDead && c.Word.IsHeld);
        bool liveDoubt = claims.Exists(c => !c.IsDead && c.Word.State is ClaimState.Doubt or ClaimState.QueuedDoubt);
        bool deadHolder = claims.Exists(c => c.IsDead && c.Word.IsHeld);
        bool deadDoubt = claims.Exists(c => c.IsDead && c.Word.State == ClaimState.Doubt);
        if (!free && !liveHolder && !liveDoubt && mayInherit
            && (deadHolder || (deadDoubt && !subject.Table.ForeignPeers)))
        {
            // The caller's record first: its own death from here on leaves an owner that is found dead.
            record.Say(
                ClaimKind.Mutex, record.Word.IsInLine ? ClaimState.HeldServing : ClaimState.Held, subject.Offset);
            ClearDead(recovery, claims);
            return true;
        }

        if (free || liveHolder)
        {
            // The mutex is free or another's: the dead do not hold it.
            ClearDead(recovery, claims);
        }

        return false;
    }

    private static void ClearDead(DeathRecovery recovery, List<OwnerClaim> claims)
    {
        foreach (OwnerClaim claim in claims)
        {
            if (claim.IsDead && (claim.Word.IsHeld || claim.Word.State == ClaimState.Doubt))
            {
                recovery.Clear(claim);
            }
        }
    }
}
