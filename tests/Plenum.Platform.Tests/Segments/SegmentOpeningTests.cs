using Plenum.TestSupport;

namespace Plenum.Platform.Tests.Segments;

[Trait("OS", "Linux")]
public sealed class SegmentOpeningTests
{
    [Fact]
    public void Open_NoSuchName_ThrowsOrReportsFalse()
    {
        using var name = new TempSegment();

        Assert.False(SharedSegment.TryOpen(name.SegmentName, out SharedSegment? segment));
        Assert.Null(segment);
        Assert.False(SegmentFile.TryOpen(name.SegmentName, out _));
        Assert.Throws<SegmentNotFoundException>(() => SharedSegment.Open(name.SegmentName));
    }

    [Fact]
    public void Open_SparseSegmentOfAPeerForWriting_ReservesItsPagesAndKeepsItsContents()
    {
        using var name = new TempSegment();
        using (FileStream file = File.Create(name.FilePath))
        {
            file.SetLength(100_000);
            file.Position = 50_000;
            file.WriteByte(77);
        }

        using SharedSegment looking = SharedSegment.Open(name.SegmentName, SegmentAccess.ReadOnly);
        Assert.InRange(looking.GetInfo().AllocatedBytes, 1, 20_000);
        using SharedSegment writing = SharedSegment.Open(name.SegmentName);

        Assert.InRange(writing.GetInfo().AllocatedBytes, 100_000, 120_000);
        Assert.Equal(77, writing.Byte(50_000).ReadAcquire());
    }

    [Fact]
    public void ReservePages_RangeOfASparseSegment_OnlyItsPagesAreThereAndContentsAreKept()
    {
        const int size = 1 << 20;
        using var name = new TempSegment();
        var sparse = SegmentOptions.Default with { ReservePages = false };
        using SharedSegment segment = SharedSegment.Create(
            name.SegmentName, size, created => created.Byte(9).WriteRelease(77), sparse);
        Assert.InRange(segment.GetInfo().AllocatedBytes, 1, size / 4);

        segment.ReservePages(0, size / 2);

        Assert.InRange(segment.GetInfo().AllocatedBytes, size / 2, size - 1);
        Assert.Equal(77, segment.Byte(9).ReadAcquire());
        segment.ReservePages(size, 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => segment.ReservePages(1, size));
        using SharedSegment looking = SharedSegment.Open(name.SegmentName, SegmentAccess.ReadOnly);
        Assert.Throws<InvalidOperationException>(() => looking.ReservePages(0, 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    public void Open_TruncatedFile_Refused(int size)
    {
        using var name = new TempSegment();
        File.WriteAllBytes(name.FilePath, new byte[size]);

        var e = Assert.Throws<SegmentFormatException>(
            () => SharedSegment.Open(name.SegmentName, SegmentAccess.ReadWrite, minimumSizeBytes: 128));

        Assert.Equal("at least 128 bytes", e.Expected);
        Assert.Equal($"{size} bytes", e.Actual);
    }

    [Fact]
    public void Open_FileThatAPeerShrinks_TellsTheNewSizeAndReadsShort()
    {
        using var name = new TempSegment();
        using SharedSegment segment = SharedSegment.Create(name.SegmentName, 8192);
        Assert.True(SegmentFile.TryOpen(name.SegmentName, out SegmentFile? file));
        using (file)
        {
            using (FileStream peer = File.OpenWrite(name.FilePath))
            {
                peer.SetLength(4096);
            }

            Assert.Equal(4096, segment.CurrentSizeBytes());
            Assert.Equal(4096, segment.GetInfo().SizeBytes);
            Assert.Equal(4096, file.Read(0, new byte[8192]));
            Assert.Equal(0, file.Read(5000, new byte[8]));
        }
    }

    [Fact]
    public void Open_SymbolicLink_Refused()
    {
        using var name = new TempSegment();
        using var target = new TempSegment("target");
        using SharedSegment segment = SharedSegment.Create(target.SegmentName, 4096);
        File.CreateSymbolicLink(name.FilePath, target.FilePath);

        var e = Assert.Throws<SharedMemoryException>(() => SharedSegment.Open(name.SegmentName));

        Assert.Contains("symbolic link", e.Message, StringComparison.Ordinal);
        Assert.Throws<SharedMemoryException>(() => SegmentFile.TryOpen(name.SegmentName, out _));
        Assert.Throws<SegmentExistsException>(() => SharedSegment.Create(name.SegmentName, 64));
    }

    [Fact]
    public void Open_FolderOrPipeOfThatName_RefusedWithoutBlocking() => Watchdog.Run(() =>
    {
        using var folder = new TempSegment("folder");
        using var pipe = new TempSegment("pipe");
        Directory.CreateDirectory(folder.FilePath);
        using (PeerProcess maker = PeerProcess.Start("mkfifo", [pipe.FilePath]))
        {
            maker.ExpectExit();
        }

        Assert.Throws<SegmentFormatException>(() => SharedSegment.Open(pipe.SegmentName, SegmentAccess.ReadOnly));
        Assert.Throws<SegmentFormatException>(() => SharedSegment.Open(pipe.SegmentName));
        Assert.Throws<SegmentFormatException>(() => SharedSegment.Open(folder.SegmentName, SegmentAccess.ReadOnly));
        Assert.ThrowsAny<SharedMemoryException>(() => SharedSegment.Open(folder.SegmentName));
        Directory.Delete(folder.FilePath);
    });

    [Fact]
    public void Open_ReadOnly_HandsOutNothingThatStores()
    {
        using var name = new TempSegment();
        using SharedSegment segment = SharedSegment.Create(name.SegmentName, 4096);
        using SharedSegment looking = SharedSegment.Open(name.SegmentName, SegmentAccess.ReadOnly);

        Assert.Throws<InvalidOperationException>(() => looking.UInt32(0));
        Assert.Throws<InvalidOperationException>(() => looking.UInt64(0));
        Assert.Throws<InvalidOperationException>(() => looking.Int32(0));
        Assert.Throws<InvalidOperationException>(() => looking.Int64(0));
        Assert.Throws<InvalidOperationException>(() => looking.Byte(0));
        Assert.Throws<InvalidOperationException>(() => looking.Column<int>(0, 1));
        Assert.Throws<InvalidOperationException>(() => looking.UInt32Column(0, 4, 1));
        Assert.Throws<InvalidOperationException>(() => looking.Memory(0, 1));
        Assert.Throws<InvalidOperationException>(() => { _ = looking.Span(0, 1); });
        Assert.Throws<InvalidOperationException>(() => { _ = looking.Span<int>(0, 1); });
        Assert.Throws<InvalidOperationException>(() => looking.TryLockRole(0));
        segment.UInt32(8).WriteRelease(5);
        Assert.Equal(5u, looking.ReadOnlyUInt32(8).ReadAcquire());
    }

    [Fact]
    public void Remove_NameAndIdentity_AreToldApart()
    {
        using var name = new TempSegment();
        using SharedSegment first = SharedSegment.Create(name.SegmentName, 4096);
        Assert.True(first.IsNamed());

        Assert.True(SharedSegment.Remove(name.SegmentName));
        Assert.False(SharedSegment.Remove(name.SegmentName));
        using SharedSegment second = SharedSegment.Create(name.SegmentName, 4096);

        Assert.False(first.IsNamed());
        Assert.False(first.RemoveName());
        Assert.Equal(0, first.GetInfo().LinkCount);
        Assert.True(second.IsNamed());
        Assert.True(second.RemoveName());
        Assert.False(second.IsNamed());
    }

    [Fact]
    public void Replace_LiveSegment_NameNeverLeadsNowhere()
    {
        using var name = new TempSegment();
        using SharedSegment first = SharedSegment.Create(name.SegmentName, 4096, s => s.UInt32(0).WriteOwned(1));

        using SharedSegment second = SharedSegment.Replace(first, 8192, s => s.UInt32(0).WriteOwned(2));

        Assert.False(first.IsNamed());
        Assert.True(second.IsNamed());
        using SharedSegment opened = SharedSegment.Open(name.SegmentName);
        Assert.Equal(2u, opened.UInt32(0).ReadAcquire());
        Assert.Equal(1u, first.UInt32(0).ReadAcquire());
        Assert.Throws<SegmentExistsException>(() => SharedSegment.Replace(first, 64));
        Assert.True(second.IsNamed());
    }
}
