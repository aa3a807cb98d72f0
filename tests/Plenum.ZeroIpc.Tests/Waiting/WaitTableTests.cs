using System.Buffers.Binary;
using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

public sealed class WaitTableTests
{
    [Fact]
    public void Attach_FirstUser_WritesHeaderAsDocumented()
    {
        using var segment = new Segment();

        _ = segment.First.Waits();
        byte[] file = File.ReadAllBytes(segment.TablePath);

        Assert.Equal("PLENWAIT"u8.ToArray(), file[..8]);
        Assert.Equal(1u, BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(0x08)));
        Assert.Equal(256u, BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(0x0C)));
        Assert.Equal(segment.Info.Device, BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(0x10)));
        Assert.Equal(segment.Info.Inode, BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(0x18)));
        Assert.Equal(BootIdentity.Current, new Guid(file.AsSpan(0x20, 16)));
        Assert.Equal(128u, BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(0x30)));
        Assert.Equal(256 + (256 * 128) + (128 * 1024), file.Length);
        Assert.Equal((ulong)file.Length, BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(0x38)));
    }

    [Fact]
    public void Attach_NobodyWaitsOrLocks_CreatesNoFileBeforeFirstStructure()
    {
        using var segment = new Segment();

        Assert.False(File.Exists(segment.TablePath));
        _ = SharedMutex.Create(segment.First, "m");
        Assert.True(File.Exists(segment.TablePath));
    }

    [Fact]
    public void Attach_TwoOpenings_ShareSites()
    {
        using var segment = new Segment();
        WaitSite one = segment.First.Waits().Site(0x1000);
        WaitSite two = segment.OpenAgain().Waits().Site(0x1000);

        _ = one.Announce();

        Assert.Equal(1, two.WaiterCount);
        one.Withdraw();
        Assert.Equal(0, two.WaiterCount);
    }

    [Fact]
    public void Dispose_LastOfTwoUsers_RemovesFile()
    {
        using var segment = new Segment();
        SharedMemory second = segment.OpenAgain();
        _ = segment.First.Waits();
        _ = second.Waits();

        segment.First.Dispose();
        Assert.True(File.Exists(segment.TablePath));
        second.Dispose();
        Assert.False(File.Exists(segment.TablePath));
    }

    [Fact]
    public void Remove_SegmentWithUsers_RemovesFileToo()
    {
        using var segment = new Segment();
        _ = segment.First.Waits();

        Assert.True(SharedMemory.Remove(segment.Name));

        Assert.False(File.Exists(segment.TablePath));
    }

    [Fact]
    public void Replace_SegmentWithWaiters_NewSegmentInheritsNothing()
    {
        using var segment = new Segment();
        SharedMutex old = SharedMutex.Create(segment.First, "m");
        MutexLock held = old.Lock();
        WaitSite site = segment.First.Waits().Site(0x1000);
        _ = site.Announce();

        using SharedMemory next = SharedMemory.Replace(segment.Name, 65_536);
        SharedMutex fresh = SharedMutex.Create(next, "m");

        Assert.NotEqual(segment.First.Waits().FileName, next.Waits().FileName);
        Assert.Equal(0, next.Waits().Site(0x1000).WaiterCount);
        Assert.Null(fresh.FindOwner());
        Assert.True(fresh.TryLock(out MutexLock mine));
        Assert.False(mine.WasAbandoned);
        mine.Dispose();
        held.Dispose();
        site.Withdraw();
    }

    [Theory]
    [InlineData(0x00, 1)]
    [InlineData(0x0C, 3)]
    [InlineData(0x10, 1)]
    [InlineData(0x18, 1)]
    [InlineData(0x20, 1)]
    [InlineData(0x30, 0)]
    public void Attach_FileOfAnotherSegmentOrDamaged_IsReplaced(int offset, byte value)
    {
        using var segment = new Segment();
        _ = segment.First.Waits();
        byte[] file = File.ReadAllBytes(segment.TablePath);
        segment.First.Dispose();
        file[offset] ^= (byte)(value == 0 ? file[offset] : value);
        file[300] = 0xEE;
        File.WriteAllBytes(segment.TablePath, file);

        WaitTable table = segment.OpenAgain().Waits();

        Assert.True(table.IsShared);
        Assert.Equal(0, File.ReadAllBytes(segment.TablePath)[300]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(4096)]
    public void Attach_FileOfZeros_NeverThrows(int size)
    {
        using var segment = new Segment();
        File.WriteAllBytes(segment.TablePath, new byte[size]);

        SharedMutex mutex = SharedMutex.Create(segment.First, "m");

        using (mutex.Lock())
        {
            Assert.True(mutex.IsLocked);
        }
    }

    [Fact]
    public void Attach_NewerVersion_WaitsWithoutIt()
    {
        using var segment = new Segment();
        _ = segment.First.Waits();
        byte[] file = File.ReadAllBytes(segment.TablePath);
        segment.First.Dispose();
        file[0x08] = 2;
        File.WriteAllBytes(segment.TablePath, file);

        SharedMemory memory = segment.OpenAgain();
        SharedSemaphore semaphore = SharedSemaphore.Create(memory, "s", 0);
        Task waiter = Segment.Background(() => semaphore.Acquire());
        Segment.Until(() => semaphore.WaitingCount == 1);
        semaphore.Release();

        Segment.Join(waiter);
        Assert.False(memory.Waits().IsShared);
        Assert.True(memory.Waits().ForeignPeers);
        Assert.Equal(2, File.ReadAllBytes(segment.TablePath)[0x08]);
    }

    [Fact]
    public void Attach_Refused_NeedsNoRoomInTheSharedMemoryFileSystem()
    {
        using var segment = new Segment();
        _ = segment.First.Waits();
        byte[] file = File.ReadAllBytes(segment.TablePath);
        segment.First.Dispose();
        file[0x08] = 2;
        File.WriteAllBytes(segment.TablePath, file);

        WaitTable table = segment.OpenAgain().Waits();

        Assert.False(table.IsShared);
        SegmentInfo stand = table.Site(64).File.OpenedInfo;
        Assert.NotEqual(segment.Info.Device, stand.Device);
        Assert.Equal(0, stand.LinkCount);
        Assert.True(stand.AllocatedBytes >= stand.SizeBytes);
    }

    [Fact]
    public void FindStale_SegmentRemovedByForeignPeer_FindsAndRemoves()
    {
        using var segment = new Segment();
        _ = segment.First.Waits();
        string file = Path.GetFileName(segment.TablePath);
        byte[] bytes = File.ReadAllBytes(segment.TablePath);

        File.Delete(TempSegment.PathOf(segment.Name));
        Assert.DoesNotContain(file, SideTables.FindStale());
        Assert.False(SideTables.Remove(file));
        segment.First.Dispose();
        File.WriteAllBytes(segment.TablePath, bytes);

        Assert.Contains(file, SideTables.FindStale());
        Assert.True(SideTables.IsSideTable(file));
        Assert.True(SideTables.Remove(file));
        Assert.False(File.Exists(segment.TablePath));
    }

    [Fact]
    public void Site_MoreThanTheTableHolds_WorksInsideThisProcess()
    {
        using var segment = new Segment();
        WaitTable table = segment.First.Waits();
        WaitSite? last = null;

        for (int i = 1; i <= 400; i++)
        {
            last = table.Site(i * 8);
            Assert.Same(last, table.Site(i * 8));
        }

        _ = last!.Announce();
        Assert.Equal(1, last.WaiterCount);
        last.Withdraw();
    }

    [Fact]
    public void Attach_ManyAtOnce_AllShareOneFile()
    {
        using var segment = new Segment();
        var memories = Enumerable.Range(0, 16).Select(_ => segment.OpenAgain()).ToArray();

        _ = Parallel.ForEach(memories, m => _ = m.Waits());
        _ = memories[0].Waits().Site(64).Announce();

        Assert.All(memories, m => Assert.Equal(1, m.Waits().Site(64).WaiterCount));
        _ = Parallel.ForEach(memories, m => m.Dispose());
        Assert.False(File.Exists(segment.TablePath));
    }
}
