using System.Buffers;
using Plenum.TestSupport;

namespace Plenum.Platform.Tests.Segments;

[Trait("OS", "Linux")]
public sealed class SegmentLifetimeTests
{
    [Fact]
    public void Dispose_Twice_HandsNothingOutAnyMore()
    {
        using var name = new TempSegment();
        SharedSegment segment = SharedSegment.Create(name.SegmentName, 4096);

        segment.Dispose();
        segment.Dispose();

        Assert.True(segment.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => segment.UInt32(0));
        Assert.Throws<ObjectDisposedException>(() => { _ = segment.ReadOnlySpan(0, 1); });
        Assert.Throws<ObjectDisposedException>(() => segment.GetInfo());
        Assert.Throws<ObjectDisposedException>(() => segment.IsNamed());
        Assert.Throws<ObjectDisposedException>(() => segment.AddReference());
        Assert.Throws<ObjectDisposedException>(() => segment.TryLockRole(0));
        Assert.Throws<ObjectDisposedException>(() => segment.IsRoleLockedByOther(0));
        Assert.Throws<ObjectDisposedException>(() => segment.Prefault(0, 1));
        segment.UnlockRole(0);
    }

    [Fact]
    public void Dispose_WithAReference_MemoryStaysUntilItIsReleased()
    {
        using var name = new TempSegment();
        SharedSegment segment = SharedSegment.Create(name.SegmentName, 4096);
        SharedUInt32 cell = segment.UInt32(16);
        ulong inode = segment.OpenedInfo.Inode;
        segment.AddReference();
        segment.Dispose();

        cell.WriteRelease(3);
        Assert.Equal(3u, cell.ReadAcquire());
        Assert.True(IsMapped(inode));
        segment.ReleaseReference();
        Assert.False(IsMapped(inode));
    }

    [Fact]
    public void Memory_OutlivesTheSegmentObject_AndThrowsAfterItsOwnDispose()
    {
        using var name = new TempSegment();
        SharedSegment segment = SharedSegment.Create(name.SegmentName, 4096);
        IMemoryOwner<byte> memory = segment.Memory(100, 50);
        ulong inode = segment.OpenedInfo.Inode;
        segment.Dispose();

        memory.Memory.Span.Fill(1);
        using (MemoryHandle pinned = memory.Memory.Pin())
        {
            Assert.Equal(50, memory.Memory.Length);
        }

        Memory<byte> kept = memory.Memory;
        memory.Dispose();
        memory.Dispose();
        Assert.Throws<ObjectDisposedException>(() => kept.Span.Length);
        Assert.False(IsMapped(inode));
    }

    [Fact]
    public void Dispose_WhileOthersAsk_EndsInObjectDisposedOrAnAnswer()
    {
        using var name = new TempSegment();
        for (int i = 0; i < 200; i++)
        {
            SharedSegment segment = SharedSegment.Create(name.SegmentName, 4096);
            using var started = new Barrier(3);
            Thread[] askers = Enumerable.Range(0, 2).Select(_ => new Thread(() =>
            {
                started.SignalAndWait();
                try
                {
                    while (true)
                    {
                        Assert.Equal(4096, segment.GetInfo().SizeBytes);
                        segment.AddReference();
                        segment.ReleaseReference();
                        segment.TryLockRole(8);
                    }
                }
                catch (ObjectDisposedException)
                {
                    // The expected end.
                }
            })).ToArray();
            Array.ForEach(askers, asker => asker.Start());
            started.SignalAndWait();

            segment.Dispose();

            foreach (Thread asker in askers)
            {
                asker.Join();
            }

            Assert.True(SharedSegment.Remove(name.SegmentName));
        }
    }

    [Fact]
    public void Role_HeldByAnotherObject_IsBusyUntilItsDispose()
    {
        using var name = new TempSegment();
        using SharedSegment first = SharedSegment.Create(name.SegmentName, 4096);
        SharedSegment second = SharedSegment.Open(name.SegmentName);

        Assert.True(second.TryLockRole(0x50, 8));
        Assert.True(second.TryLockRole(0x50, 8));
        Assert.False(first.TryLockRole(0x50, 8));
        Assert.True(first.IsRoleLockedByOther(0x57));
        Assert.False(first.IsRoleLockedByOther(0x58));
        Assert.False(second.IsRoleLockedByOther(0x50, 8));
        Assert.True(first.TryLockRole(0x58, 8));
        second.UnlockRole(0x50, 8);
        Assert.True(first.TryLockRole(0x50, 8));
        first.UnlockRole(0x50, 8);
        Assert.True(second.TryLockRole(0x50, 8));
        second.Dispose();
        Assert.True(first.TryLockRole(0x50, 8));
    }

    [Fact]
    public void Role_DisposedWhileAReferenceKeepsTheMapping_IsFree()
    {
        using var name = new TempSegment();
        using SharedSegment first = SharedSegment.Create(name.SegmentName, 4096);
        SharedSegment second = SharedSegment.Open(name.SegmentName);
        second.AddReference();
        SharedUInt64 word = second.UInt64(8);
        Assert.True(second.TryLockRole(0x50, 8));

        second.Dispose();

        word.WriteRelease(7);
        Assert.Equal(7ul, first.UInt64(8).ReadAcquire());
        Assert.False(first.IsRoleLockedByOther(0x50, 8));
        Assert.True(first.TryLockRole(0x50, 8));
        second.ReleaseReference();
    }

    [Fact]
    public void Role_OfAKilledProcess_IsFreeWhileItIsAZombie()
    {
        using var name = new TempSegment();
        using SharedSegment segment = SharedSegment.Create(name.SegmentName, 4096);
        using ZombieParent parent = ZombieParent.Start(
            "import os,fcntl,struct\n"
            + $"fd=os.open('/dev/shm/{name.Name}',os.O_RDWR)\n"
            + "fcntl.fcntl(fd,37,struct.pack('hhqqi4x',1,0,80,8,0))\n");
        Assert.True(segment.IsRoleLockedByOther(80, 8));
        Assert.False(segment.TryLockRole(80, 8));

        parent.KillChild();

        Assert.True(segment.TryLockRole(80, 8));
        Assert.Equal(ProcessLiveness.Dead, ProcessIdentity.Check(parent.ChildId));
    }

    [Fact]
    public void Role_HeldByAnotherProcess_IsSeenByFileReadersToo()
    {
        using var name = new TempSegment();
        using SharedSegment segment = SharedSegment.Create(name.SegmentName, 4096);
        using PeerProcess peer = PeerProcess.StartPeer("platform-role", "--segment", name.Name, "--offset", "88",
            "--length", "8");
        peer.ExpectLine("locked");
        Assert.True(SegmentFile.TryOpen(name.SegmentName, out SegmentFile? file));
        using (file)
        {
            Assert.True(file.IsRoleLocked(88, 8));
            Assert.False(file.IsRoleLocked(80, 8));
            Assert.False(segment.TryLockRole(88));
            peer.Kill();
            Assert.False(file.IsRoleLocked(88, 8));
            Assert.True(segment.TryLockRole(88));
        }
    }

    private static bool IsMapped(ulong inode) => File.ReadLines("/proc/self/maps")
        .Any(line => line.Contains("/dev/shm/", StringComparison.Ordinal)
            && line.Contains($" {inode} ", StringComparison.Ordinal));
}
