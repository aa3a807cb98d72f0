using Plenum.Platform;

namespace Plenum.ZeroIpc.Tests;

/// <summary>
/// A death at each step of the mutex's protocol: the records and bytes that the step leaves are made by hand through a
/// second opening
/// of the segment, which is then given up as a killed process gives it up.
/// </summary>
public sealed class DeathStepTests
{
    private const long At = 0xC20;

    [Theory]
    [InlineData(1, 1, false, false)] // in doubt, died before taking
    [InlineData(1, 0, true, true)] // in doubt, died after taking, or before giving back: ours only
    [InlineData(2, 0, false, true)] // held
    [InlineData(2, 0, true, true)]
    [InlineData(2, 1, false, false)] // held, but another released it by force
    public void Mutex_OwnerRecordOfTheDead_IsSettled(int state, int count, bool ours, bool abandoned)
    {
        using Segment segment = Prepare(ours, out SharedMutex mutex, out SharedMemory dying);
        _ = dying.Waits().Owners.Claim(ClaimKind.Mutex, At, 0, (ClaimState)state);
        segment.First.Segment.Int32(At).WriteRelease(count);

        dying.Dispose();

        Assert.True(mutex.TryLock(TimeSpan.FromSeconds(60), out MutexLock held));
        Assert.Equal(abandoned, held.WasAbandoned);
        held.Dispose();
        Assert.Equal((false, 0), (mutex.IsLocked, mutex.WaitingCount));
    }

    [Fact]
    public void Mutex_InDoubtWithForeignPeers_IsNotTakenOver()
    {
        using Segment segment = Prepare(false, out SharedMutex mutex, out SharedMemory dying);
        _ = dying.Waits().Owners.Claim(ClaimKind.Mutex, At, 0, ClaimState.Doubt);
        segment.First.Segment.Int32(At).WriteRelease(0);

        dying.Dispose();

        Assert.False(mutex.TryLock(TimeSpan.FromMilliseconds(150), out _));
        Assert.True(mutex.UnlockUnowned());
        Assert.True(mutex.TryLock(TimeSpan.FromSeconds(60), out MutexLock held));
        Assert.False(held.WasAbandoned);
        held.Dispose();
    }

    [Theory]
    [InlineData(3, false, false)] // about to take the ticket, not taken
    [InlineData(3, true, false)] // ticket taken, not yet stated
    [InlineData(4, true, false)] // in line
    [InlineData(4, true, true)] // asleep
    [InlineData(6, true, false)] // at the front, in doubt
    public void Mutex_PlaceInLineOfTheDead_IsGivenUp(int state, bool ticketTaken, bool asleep)
    {
        using Segment segment = Prepare(true, out SharedMutex mutex, out SharedMemory dying);
        WaitTable table = dying.Waits();
        TicketLine line = table.Site(At).Line;
        OwnerRecord record = table.Owners.Take();
        if (ticketTaken)
        {
            Assert.True(line.TryEnter(record, ClaimKind.Mutex, out _));
        }

        if (asleep)
        {
            _ = line.Announce(0);
        }

        record.Say(ClaimKind.Mutex, (ClaimState)state, At);
        dying.Dispose();

        Assert.True(mutex.TryLock(TimeSpan.FromSeconds(60), out MutexLock held));
        MutexLock copy = held;
        Assert.False(mutex.TryLock(TimeSpan.FromMilliseconds(60), out _));
        copy.Dispose();
        mutex.Lock().Dispose();
        Assert.True(segment.First.Waits().Site(At).Line.IsEmpty);
        Assert.Equal(0u, segment.First.Waits().Site(At).Line.SleepersCell.ReadAcquire());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Mutex_TakenAtTheFrontTicketNotPassedOn_IsInherited(bool advanced)
    {
        using Segment segment = Prepare(false, out SharedMutex mutex, out SharedMemory dying);
        WaitTable table = dying.Waits();
        OwnerRecord record = table.Owners.Take();
        Assert.True(table.Site(At).Line.TryEnter(record, ClaimKind.Mutex, out uint ticket));
        segment.First.Segment.Int32(At).WriteRelease(0);
        record.Say(ClaimKind.Mutex, ClaimState.HeldServing, At);
        if (advanced)
        {
            _ = table.Site(At).Line.Leave(ticket);
        }

        dying.Dispose();

        using MutexLock held = mutex.Lock();
        Assert.True(held.WasAbandoned);
        Assert.True(segment.First.Waits().Site(At).Line.IsEmpty);
    }

    // A survivor that dies between stating itself and clearing the dead one's record leaves two dead owners of one
    // mutex.
    [Fact]
    public void Mutex_SurvivorDiesWhileTakingOver_IsInheritedOnce()
    {
        using Segment segment = Prepare(false, out SharedMutex mutex, out SharedMemory dying);
        SharedMemory second = segment.OpenAgain();
        _ = dying.Waits().Owners.Claim(ClaimKind.Mutex, At, 0);
        _ = second.Waits().Owners.Claim(ClaimKind.Mutex, At, 0);
        segment.First.Segment.Int32(At).WriteRelease(0);
        dying.Dispose();
        second.Dispose();

        using (MutexLock held = mutex.Lock())
        {
            Assert.True(held.WasAbandoned);
        }

        using MutexLock after = mutex.Lock();
        Assert.False(after.WasAbandoned);
    }

    [Fact]
    public void Mutex_DeadRecordWhileALiveOneHolds_IsClearedNotInherited()
    {
        using Segment segment = Prepare(false, out SharedMutex mutex, out SharedMemory dying);
        _ = dying.Waits().Owners.Claim(ClaimKind.Mutex, At, 0);
        using MutexLock mine = mutex.Lock();
        dying.Dispose();

        Assert.False(mutex.TryLock(TimeSpan.FromMilliseconds(100), out _));

        Assert.False(segment.First.Waits().Recovery.HasDead(ClaimKind.Mutex, At));
        Assert.True(mine.IsHeld);
    }

    [Theory]
    [InlineData(1, 1, 0)] // in doubt, counted
    [InlineData(0, 1, 0)] // in doubt, not counted
    [InlineData(1, 2, 0)] // reading
    public void ReaderWriterLock_ReaderRecordOfTheDead_WriterGoesOn(int readers, int state, int left)
    {
        using var segment = new Segment(ours: true);
        var rw = SharedReaderWriterLock.Create(segment.First, "rw");
        SharedMemory dying = segment.OpenAgain();
        _ = dying.Waits().Owners.Claim(ClaimKind.Reader, At, 0, (ClaimState)state);
        segment.First.Segment.Int32(At).WriteRelease(readers);
        dying.Dispose();

        using WriterLock held = rw.WriteLock();

        Assert.Equal(left, rw.ReaderCount);
    }

    [Fact]
    public void Barrier_LastPartyDiedBeforeReleasing_OthersAreReleased()
    {
        using var segment = new Segment(ours: true);
        using var barrier = SharedBarrier.Create(segment.First, "b", 2);
        Task waiter = Segment.Background(() => barrier.SignalAndWait());
        Segment.Until(() => barrier.ArrivedCount == 1);
        SharedMemory dying = segment.OpenAgain();
        _ = dying.Waits().Owners.Claim(ClaimKind.Barrier, At, 0, ClaimState.Doubt);
        _ = segment.First.Segment.Int32(At).Increment();

        dying.Dispose();

        Segment.Join(waiter);
        Assert.Equal((0, 1), (barrier.ArrivedCount, barrier.Generation));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void Mutex_HostileCount_IsAnErrorOrATimeOut(int count)
    {
        using Segment segment = Prepare(false, out SharedMutex mutex, out _);
        segment.First.Segment.Int32(At).WriteRelease(count);

        Exception? error = Record.Exception(() => mutex.TryLock(TimeSpan.FromMilliseconds(20), out _));

        Assert.True(count < 0 ? error is null : error is SegmentCorruptedException, error?.ToString());
    }

    [Theory]
    [InlineData(0x10, uint.MaxValue)]
    [InlineData(0x14, uint.MaxValue)]
    [InlineData(0x18, 12345u)]
    [InlineData(0x1C, uint.MaxValue)]
    [InlineData(0x40, uint.MaxValue)]
    public void Mutex_HostileWaitTable_TimesOutAtWorst(int offset, uint value)
    {
        using Segment segment = Prepare(false, out SharedMutex mutex, out _);
        using (FileStream file = File.Open(segment.TablePath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            int site = Enumerable.Range(0, 256).Select(i => 0x100 + (i * 0x80)).Single(o =>
                BitConverter.ToUInt64(bytes, o) == At);
            file.Position = offset == 0x40 ? 0x40 : site + offset;
            file.Write(BitConverter.GetBytes(value));
        }

        using MutexLock held = mutex.TryLock(out MutexLock first) ? first : default;
        bool second = mutex.TryLock(TimeSpan.FromMilliseconds(60), out _);

        Assert.True(held.IsHeld);
        Assert.False(second);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(8, 0)]
    [InlineData(8, -1)]
    [InlineData(8, 2)]
    public void Open_HostileFields_AreRefused(int field, int value)
    {
        using Segment segment = Prepare(false, out _, out _);
        using var barrier = SharedBarrier.Create(segment.First, "b", 2);
        segment.First.Segment.Int32(At + field).WriteRelease(value);
        segment.First.Segment.Int32(0xC38).WriteRelease(-3);

        _ = Assert.Throws<SegmentFormatException>(() => SharedBarrier.Open(segment.First, "b"));
        if (field == 8)
        {
            _ = Assert.Throws<SegmentFormatException>(() => SharedMutex.Open(segment.First, "m"));
        }
        else
        {
            _ = Assert.Throws<SegmentFormatException>(() => SharedSemaphore.Open(segment.First, "m"));
        }
    }

    private static Segment Prepare(bool ours, out SharedMutex mutex, out SharedMemory dying)
    {
        var segment = new Segment(ours: ours);
        mutex = SharedMutex.Create(segment.First, "m");
        dying = segment.OpenAgain();
        return segment;
    }
}
