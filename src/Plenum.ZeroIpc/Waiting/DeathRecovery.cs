using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Finds the records of dead processes and lets one survivor at a time settle them.</summary>
/// <remarks>
/// <para>A survivor goes on as the dead process would have: it moves the record through the same states, so that its
/// own death in the
/// middle leaves a record that the next survivor understands. The kernel lock that makes it the only one dies with
/// it.</para>
/// <para>Thread-safe.</para>
/// </remarks>
internal sealed class DeathRecovery
{
    private readonly WaitTable _table;
    private readonly SharedSegment _file;
    private readonly SharedUInt64 _lookedAt;
    private readonly SharedUInt64 _deadLow;
    private readonly SharedUInt64 _deadHigh;
    private readonly Lock _lock = new();

    internal DeathRecovery(WaitTable table, SharedSegment file)
    {
        _table = table;
        _file = file;
        _lookedAt = file.UInt64(0x48);
        _deadLow = file.UInt64(0x50);
        _deadHigh = file.UInt64(0x58);
    }

    private OwnerTable Owners => _table.Owners;

    /// <summary>Whether a look for the dead can find anything: whether any process had died with records when one of
    /// all processes last asked, at most 50 ms ago. Asks when that is longer ago. Takes no lock; allocates
    /// nothing.</summary>
    /// <remarks>A look visits every record in use and asks the kernel about every process that names the field. Worth:
    /// 64 processes that share a mutex all wait for each of their turns; when each wait looked for itself a turn cost
    /// 90 µs, most of it in the kernel's list of locks (docs/performance.md, "Scaling").</remarks>
    internal bool MayHaveDead() => DeadBlocks() != UInt128.Zero;

    /// <summary>Which blocks (modulo 128) had records and a dead owner when one of all processes last asked, at most
    /// 50 ms ago.</summary>
    internal UInt128 DeadBlocks()
    {
        long now = MonotonicClock.Nanoseconds;
        ulong last = _lookedAt.ReadAcquire();

        // A time in the future, from a time namespace of its own, counts as long ago. CLAIM the look of this period.
        if ((ulong)now - last >= SleepPlan.WatchNanoseconds
            && _lookedAt.CompareExchange((ulong)now, last) == last)
        {
            UInt128 dead = FindDeadBlocks();
            _deadLow.WriteRelease((ulong)dead);
            _deadHigh.WriteRelease((ulong)(dead >> 64));
            return dead;
        }

        return new UInt128(_deadHigh.ReadAcquire(), _deadLow.ReadAcquire());
    }

    /// <summary>Whether a dead process left a record about a field. Takes no lock; allocates nothing.</summary>
    internal bool HasDead(ClaimKind kind, long offset)
    {
        uint used = Owners.BlocksUsed;
        for (uint block = 0; block < used; block++)
        {
            if (NamesField(block, kind, offset) && Owners.IsDead(block))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>All records about a field, with the life of their processes. For decisions hold a scope.</summary>
    internal List<OwnerClaim> Claims(ClaimKind kind, long offset)
    {
        var claims = new List<OwnerClaim>();
        uint used = Owners.BlocksUsed;
        for (uint block = 0; block < used; block++)
        {
            bool? dead = null;
            for (int i = 0; i < OwnerBlockLayout.RecordCount; i++)
            {
                (SharedUInt64 claim, SharedUInt64 aux) = Owners.Cells(block, i);
                var word = new ClaimWord(claim.ReadAcquire());
                if (word.Names(kind, offset))
                {
                    dead ??= Owners.IsDead(block);
                    claims.Add(new OwnerClaim(block, i, word, aux.ReadAcquire(), dead.Value, Owners.Owner(block)));
                }
            }
        }

        GC.KeepAlive(_table);
        return claims;
    }

    /// <summary>Becomes the one process, and thread, that settles; false when another one is at it.</summary>
    internal bool TryBegin()
    {
        if (_table.IsDisposed || !_lock.TryEnter())
        {
            return false;
        }

        bool locked = false;
        try
        {
            locked = _file.TryLockRole(WaitTableFile.RecoveryRole);
            return locked;
        }
        catch (Exception e) when (e is SharedMemoryException or ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            if (!locked)
            {
                _lock.Exit();
            }
        }
    }

    /// <summary>Lets the next one settle.</summary>
    internal void End()
    {
        _file.UnlockRole(WaitTableFile.RecoveryRole);
        _lock.Exit();
    }

    /// <summary>Moves a dead process' record to another state. Between <see cref="TryBegin"/> and <see cref="End"/>
    /// only.</summary>
    internal void Say(in OwnerClaim claim, ClaimState state) =>
        Owners.Cells(claim.Block, claim.Index).Claim
            .WriteRelease(new ClaimWord(claim.Word.Kind, state, claim.Word.Offset).Value);

    /// <summary>Frees a dead process' record. Between <see cref="TryBegin"/> and <see cref="End"/> only.</summary>
    internal void Clear(in OwnerClaim claim) => Owners.Cells(claim.Block, claim.Index).Claim.WriteRelease(0);

    /// <summary>Lowers a counter of waiting processes by what the dead had raised, as far as their records prove
    /// it.</summary>
    /// <returns>How many counts were taken back.</returns>
    internal int SettleCounter(long offset, SharedInt32 counter) => Settle(ClaimKind.Counter, offset, counter);

    /// <summary>The same for the sleepers of a site.</summary>
    internal int SettleSite(WaitSite site) => Settle(ClaimKind.Site, site.Key, site.WaitersCell.AsInt32());

    /// <summary>Lowers a counter unless it is 0.</summary>
    internal static bool TryLower(SharedInt32 counter)
    {
        int seen = counter.ReadAcquire();
        while (seen > 0)
        {
            int found = counter.CompareExchange(seen - 1, seen);
            if (found == seen)
            {
                return true;
            }

            seen = found;
        }

        return false;
    }

    private int Settle(ClaimKind kind, long offset, SharedInt32 counter)
    {
        if (!HasDead(kind, offset) || !TryBegin())
        {
            return 0;
        }

        try
        {
            int lowered = 0;
            foreach (OwnerClaim claim in Claims(kind, offset))
            {
                if (!claim.IsDead)
                {
                    continue;
                }

                if (claim.Word.State == ClaimState.Held)
                {
                    Say(claim, ClaimState.Doubt);
                    lowered += TryLower(counter) ? 1 : 0;
                }

                Clear(claim);
            }

            return lowered;
        }
        finally
        {
            End();
        }
    }

    private UInt128 FindDeadBlocks()
    {
        UInt128 dead = UInt128.Zero;
        uint used = Owners.BlocksUsed;
        for (uint block = 0; block < used; block++)
        {
            if (!Owners.IsEmpty(block) && Owners.IsDead(block))
            {
                dead |= UInt128.One << (int)(block % 128);
            }
        }

        GC.KeepAlive(_table);
        return dead;
    }

    private bool NamesField(uint block, ClaimKind kind, long offset)
    {
        for (int i = 0; i < OwnerBlockLayout.RecordCount; i++)
        {
            if (new ClaimWord(Owners.Cells(block, i).Claim.ReadAcquire()).Names(kind, offset))
            {
                return true;
            }
        }

        return false;
    }
}
