using Plenum.Platform;

namespace Plenum.ZeroIpc.Tests;

public sealed class OwnerTableTests
{
    [Fact]
    public void ClaimWord_Parts_RoundTrip()
    {
        var word = new ClaimWord(ClaimKind.QueueProducer, ClaimState.HeldServing, 0xFFFF_FFFF_FFFF);

        Assert.Equal(0x1007_FFFF_FFFF_FFFFUL, word.Value);
        Assert.Equal(ClaimKind.QueueProducer, word.Kind);
        Assert.Equal(ClaimState.HeldServing, word.State);
        Assert.Equal(0xFFFF_FFFF_FFFF, word.Offset);
        Assert.True(word.Names(ClaimKind.QueueProducer, 0xFFFF_FFFF_FFFF));
        Assert.False(word.Names(ClaimKind.QueueProducer, 0xFFFF_FFFF_FFF0));
        Assert.False(word.Names(ClaimKind.QueueConsumer, 0xFFFF_FFFF_FFFF));
    }

    [Fact]
    public void Claims_OfLiveOwner_AreNotDead()
    {
        using var segment = new Segment();
        SharedMemory other = segment.OpenAgain();
        OwnerRecord record = other.Waits().Owners.Claim(ClaimKind.QueueProducer, 0xC20, 7);

        OwnerClaim claim = Assert.Single(segment.First.Waits().Recovery.Claims(ClaimKind.QueueProducer, 0xC20));

        Assert.False(claim.IsDead);
        Assert.Equal(7UL, claim.Aux);
        Assert.Equal(ClaimState.Held, claim.Word.State);
        Assert.Equal(ProcessIdentity.Current, claim.Owner);
        Assert.False(segment.First.Waits().Recovery.HasDead(ClaimKind.QueueProducer, 0xC20));
        record.Release();
        Assert.Empty(segment.First.Waits().Recovery.Claims(ClaimKind.QueueProducer, 0xC20));
    }

    [Fact]
    public void HasDead_OwnerGone_FindsItsRecordsAndClearsThem()
    {
        using var segment = new Segment();
        DeathRecovery recovery = segment.First.Waits().Recovery;
        SharedMemory other = segment.OpenAgain();
        _ = other.Waits().Owners.Claim(ClaimKind.QueueProducer, 0xC20, 7);
        _ = other.Waits().Owners.Claim(ClaimKind.QueueProducer, 0xD00, 8);

        other.Dispose();

        Assert.True(recovery.HasDead(ClaimKind.QueueProducer, 0xC20));
        Assert.True(recovery.TryBegin());
        Assert.False(Segment.Background(() => Assert.False(recovery.TryBegin())).IsFaulted);
        OwnerClaim claim = Assert.Single(recovery.Claims(ClaimKind.QueueProducer, 0xC20));
        recovery.Clear(claim);
        recovery.End();
        Assert.False(recovery.HasDead(ClaimKind.QueueProducer, 0xC20));
        Assert.True(recovery.HasDead(ClaimKind.QueueProducer, 0xD00));
    }

    [Fact]
    public void Take_MoreThanOneBlock_ClaimsFurtherBlocks()
    {
        using var segment = new Segment();
        OwnerTable owners = segment.First.Waits().Owners;
        OwnerRecord[] records = Enumerable.Range(0, 40)
            .Select(i => owners.Claim(ClaimKind.Setter, 0xC20, (ulong)i)).ToArray();

        Assert.Equal(3u, owners.BlocksUsed);
        Assert.Equal(40, segment.First.Waits().Recovery.Claims(ClaimKind.Setter, 0xC20).Count);
        Array.ForEach(records, r => r.Release());
        Assert.Empty(segment.First.Waits().Recovery.Claims(ClaimKind.Setter, 0xC20));
    }

    [Fact]
    public void Take_AllBlocksTaken_StillWorksWithoutBeingSeen()
    {
        using var segment = new Segment();
        OwnerTable owners = segment.First.Waits().Owners;
        OwnerRecord[] records = Enumerable.Range(0, (128 * 15) + 5)
            .Select(i => owners.Claim(ClaimKind.Setter, 0xC20, (ulong)i)).ToArray();

        Assert.Equal(128 * 15, segment.First.Waits().Recovery.Claims(ClaimKind.Setter, 0xC20).Count);
        SharedMutex mutex = SharedMutex.Create(segment.First, "m");
        using (mutex.Lock())
        {
            Assert.True(mutex.IsLocked);
        }

        Array.ForEach(records, r => r.Release());
    }

    [Fact]
    public void Take_BlockOfTheDeadNotSettled_IsLeftAlone()
    {
        using var segment = new Segment();
        _ = segment.First.Waits();
        SharedMemory other = segment.OpenAgain();
        _ = other.Waits().Owners.Claim(ClaimKind.QueueProducer, 0xC20, 7);
        other.Dispose();

        _ = segment.OpenAgain().Waits().Owners.Claim(ClaimKind.Setter, 0xD00, 1);

        Assert.True(segment.First.Waits().Recovery.HasDead(ClaimKind.QueueProducer, 0xC20));
    }

    [Fact]
    public void SettleCounter_DeadHadRaised_LowersOnceAndOnlyWhatIsProven()
    {
        using var segment = new Segment();
        SharedInt32 counter = segment.First.Segment.Int32(0xC20);
        SharedMemory other = segment.OpenAgain();
        OwnerTable owners = other.Waits().Owners;
        counter.WriteRelease(5);
        _ = owners.Claim(ClaimKind.Counter, 0xC20, 0);
        _ = owners.Claim(ClaimKind.Counter, 0xC20, 0);
        _ = owners.Claim(ClaimKind.Counter, 0xC20, 0, ClaimState.Doubt);
        _ = segment.First.Waits();

        other.Dispose();

        Assert.Equal(2, segment.First.Waits().Recovery.SettleCounter(0xC20, counter));
        Assert.Equal(3, counter.ReadAcquire());
        Assert.Equal(0, segment.First.Waits().Recovery.SettleCounter(0xC20, counter));
    }

    [Fact]
    public void Take_ThreadsThatEnd_GiveTheirRecordsBack()
    {
        using var segment = new Segment();
        OwnerTable owners = segment.First.Waits().Owners;

        for (int i = 0; i < 60; i++)
        {
            Segment.Join(Segment.Background(() => owners.Claim(ClaimKind.Setter, 0xC20, 0).Release()));
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.InRange(owners.BlocksUsed, 1u, 3u);
    }
}
