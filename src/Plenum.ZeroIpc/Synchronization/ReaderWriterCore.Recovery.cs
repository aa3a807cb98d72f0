namespace Plenum.ZeroIpc;

/// <content>Readers that died.</content>
internal sealed partial class ReaderWriterCore
{
    private void SettleReaders()
    {
        List<OwnerClaim> claims = Recovery.Claims(ClaimKind.Reader, _offset);
        bool lowered = false;
        foreach (OwnerClaim claim in claims)
        {
            if (claim.IsDead && claim.Word.State == ClaimState.Held)
            {
                Recovery.Say(claim, ClaimState.Doubt);
                lowered |= DeathRecovery.TryLower(_readers);
                Recovery.Clear(claim);
            }
        }

        if (lowered || SettleDoubts())
        {
            _readersSite.WakeAll();
        }
    }

    // Among our own processes every reader has a record: a count without one is that of a dead reader in doubt.
    private bool SettleDoubts()
    {
        if (Table.ForeignPeers)
        {
            return false;
        }

        int before = _readers.ReadAcquire();
        List<OwnerClaim> claims = Recovery.Claims(ClaimKind.Reader, _offset);
        bool steady = before == _readers.ReadAcquire() && !claims.Exists(c =>
            !c.IsDead && c.Word.State == ClaimState.Doubt);
        if (!steady)
        {
            return false;
        }

        int excess = before - claims.FindAll(static c => c.Word.State == ClaimState.Held).Count;
        bool lowered = false;
        foreach (OwnerClaim claim in claims)
        {
            if (claim.IsDead && claim.Word.State == ClaimState.Doubt)
            {
                lowered |= excess-- > 0 && DeathRecovery.TryLower(_readers);
                Recovery.Clear(claim);
            }
        }

        return lowered;
    }
}
