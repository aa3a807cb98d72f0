using Plenum.TestSupport;

namespace Plenum.Platform.Tests.Segments;

[Trait("OS", "Linux")]
public sealed class SegmentCreationTests
{
    private const long Gibibyte = 1L << 30;

    [Fact]
    public void Create_NewName_IsZeroedReservedAndReadableByAnOpener()
    {
        using var name = new TempSegment();

        using SharedSegment segment = SharedSegment.Create(name.SegmentName, 10_000, s => s.UInt64(8).WriteOwned(42));
        using SharedSegment opened = SharedSegment.Open(name.SegmentName, SegmentAccess.ReadOnly);

        Assert.Equal(10_000, opened.SizeBytes);
        Assert.Equal(0UL, opened.ReadOnlyUInt64(0).ReadAcquire());
        Assert.Equal(42UL, opened.ReadOnlyUInt64(8).ReadAcquire());
        Assert.InRange(segment.GetInfo().AllocatedBytes, 10_000, 16_384);
        Assert.Equal(segment.OpenedInfo.Inode, opened.OpenedInfo.Inode);
    }

    [Fact]
    public void Create_TakenName_ThrowsAndLeavesTheOther()
    {
        using var name = new TempSegment();
        using SharedSegment first = SharedSegment.Create(name.SegmentName, 64, s => s.Byte(0).WriteOwned(7));

        var e = Assert.Throws<SegmentExistsException>(() => SharedSegment.Create(name.SegmentName, 128));

        Assert.Equal(name.Name, e.Name);
        Assert.Equal("create segment", e.Operation);
        using SharedSegment opened = SharedSegment.Open(name.SegmentName);
        Assert.Equal(7, opened.Byte(0).ReadAcquire());
    }

    [Fact]
    public void Create_InitialiserThrows_NothingIsLeft()
    {
        using var name = new TempSegment();
        int mappings = SharedMappings();

        Assert.Throws<InvalidDataException>(
            () => SharedSegment.Create(name.SegmentName, 4096, _ => throw new InvalidDataException()));

        Assert.False(File.Exists(name.FilePath));
        Assert.Equal(mappings, SharedMappings());
    }

    [Fact]
    public void Create_WhileAnotherThreadOpens_NeverShowsAHalfBuiltSegment()
    {
        using var name = new TempSegment();
        int rounds = Campaign.Count(400, 20_000);
        bool stop = false;
        int seen = 0;
        Exception? failure = null;
        var opener = new Thread(() =>
        {
            try
            {
                while (!Volatile.Read(ref stop))
                {
                    seen += OpenAndCheck(name) ? 1 : 0;
                }
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        opener.Start();

        for (int i = 0; i < rounds || (Volatile.Read(ref seen) == 0 && i < rounds * 100); i++)
        {
            using SharedSegment segment = SharedSegment.Create(
                name.SegmentName, 20_000, s => s.Span(0, 20_000).Fill(0xA5));
            Thread.Yield();
            Assert.True(segment.RemoveName());
        }

        Volatile.Write(ref stop, true);
        opener.Join();
        Assert.Null(failure);
        Assert.NotEqual(0, seen);
    }

    [Fact]
    public void Create_RacingProcesses_ExactlyOneWins()
    {
        using var name = new TempSegment();
        List<PeerProcess> peers = [];
        try
        {
            for (int i = 0; i < 4; i++)
            {
                peers.Add(PeerProcess.StartPeer("platform-race-create", "--segment", name.Name));
            }

            peers.ForEach(peer => peer.ExpectLine("ready"));
            peers.ForEach(peer => peer.WriteLine("go"));
            List<string> said = peers.ConvertAll(peer => peer.ReadLine());

            Assert.Equal(1, said.Count(line => line == "created"));
            Assert.Equal(3, said.Count(line => line == "exists"));
            peers.ForEach(peer => peer.WriteLine("exit"));
            peers.ForEach(peer => peer.ExpectExit());
        }
        finally
        {
            peers.ForEach(peer => peer.Dispose());
        }
    }

    [Fact]
    public void Publish_WithTheTemporaryNameFallback_GivesTheNameAndLeavesNoOther()
    {
        using var name = new TempSegment();
        using NativeFile file = LinuxFiles.OpenTemporary(
            0x180, out byte[]? temporaryPath, name.Name, "create segment");
        string temporary = System.Text.Encoding.UTF8.GetString(temporaryPath!).TrimEnd('\0');
        Assert.True(File.Exists(temporary));
        LinuxFiles.SetSize(file.Descriptor, 4096, reserve: true, "create segment", name.Name);

        LinuxFiles.Publish(
            file.Descriptor, temporaryPath, name.SegmentName.LinuxPathUtf8, name.Name, "create segment");
        LinuxFiles.Discard(temporaryPath);

        Assert.False(File.Exists(temporary));
        using SharedSegment opened = SharedSegment.Open(name.SegmentName);
        Assert.Equal(4096, opened.SizeBytes);
        Assert.Equal(1, opened.GetInfo().LinkCount);
    }

    [Fact]
    public void Create_MoreThanIsFree_SaysTheTrueNumbersAndFillsNothing()
    {
        using var name = new TempSegment();
        var drive = new DriveInfo("/dev/shm");
        long asked = drive.TotalSize + Gibibyte;

        var e = Assert.Throws<SharedMemorySpaceException>(() => SharedSegment.Create(name.SegmentName, asked));

        Assert.Equal(asked, e.RequestedBytes);
        Assert.InRange(e.AvailableBytes, 0, drive.TotalSize);
        Assert.Contains($"{asked} bytes were asked for", e.Message, StringComparison.Ordinal);
        Assert.Contains($"{e.AvailableBytes} bytes free", e.Message, StringComparison.Ordinal);
        Assert.Contains("--shm-size", e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(name.FilePath));
    }

    [Fact]
    public void Create_MoreThanTwoGibibytes_ReachesTheLastByte()
    {
        using var name = new TempSegment();
        long size = (3 * Gibibyte) + 123;

        using SharedSegment segment = SharedSegment.Create(
            name.SegmentName, size, options: new SegmentOptions { ReservePages = false });
        segment.Byte(size - 1).WriteRelease(9);
        segment.UInt64(size - 123 - 8).WriteRelease(ulong.MaxValue);
        using SharedSegment opened = SharedSegment.Open(
            name.SegmentName, options: new SegmentOptions { ReservePages = false });

        Assert.Equal(size, opened.SizeBytes);
        Assert.Equal(9, opened.Byte(size - 1).ReadAcquire());
        Assert.Equal(ulong.MaxValue, opened.UInt64(size - 123 - 8).ReadAcquire());
        Assert.InRange(segment.GetInfo().AllocatedBytes, 1, 1 << 20);
    }

    [Theory]
    [InlineData(SegmentPermission.SameUser, UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [InlineData(
        SegmentPermission.Group,
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite)]
    [InlineData(
        SegmentPermission.Everyone,
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite)]
    public void Create_Permission_GivesTheModeWhateverTheUmask(SegmentPermission permission, UnixFileMode mode)
    {
        using var name = new TempSegment();

        using SharedSegment segment = SharedSegment.Create(
            name.SegmentName, 64, options: new SegmentOptions { Permission = permission });
        using NamedSemaphore semaphore = NamedSemaphore.Create("sem-w-" + name.Name, 0, permission);

        Assert.Equal(mode, File.GetUnixFileMode(name.FilePath));
        Assert.Equal(mode, File.GetUnixFileMode("/dev/shm/sem.sem-w-" + name.Name));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Create_PrefaultAndHugePages_AreOnlyAboutSpeed(bool prefault, bool huge)
    {
        using var name = new TempSegment();
        var options = new SegmentOptions { Prefault = prefault, HugePages = huge };

        using SharedSegment segment = SharedSegment.Create(name.SegmentName, 1 << 20, options: options);
        segment.Prefault(5, 100_000);
        using SharedSegment opened = SharedSegment.Open(name.SegmentName, SegmentAccess.ReadOnly, options: options);

        Assert.Equal(1 << 20, opened.ReadOnlySpan(0, 1 << 20).Length);
        Assert.Equal(-1, opened.ReadOnlySpan(0, 1 << 20).IndexOfAnyExcept((byte)0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Create_NoSize_Refused(long size)
    {
        using var name = new TempSegment();

        Assert.Throws<ArgumentOutOfRangeException>(() => SharedSegment.Create(name.SegmentName, size));
    }

    // Size, every byte and the page reservation are there with the name.
    private static bool OpenAndCheck(TempSegment name)
    {
        if (!SharedSegment.TryOpen(name.SegmentName, out SharedSegment? segment))
        {
            return false;
        }

        using (segment)
        {
            Assert.Equal(20_000, segment.SizeBytes);
            Assert.Equal(-1, segment.ReadOnlySpan(0, 20_000).IndexOfAnyExcept((byte)0xA5));
            Assert.InRange(segment.GetInfo().AllocatedBytes, 20_000, long.MaxValue);
        }

        return true;
    }

    private static int SharedMappings() =>
        File.ReadLines("/proc/self/maps").Count(line => line.Contains("/dev/shm/", StringComparison.Ordinal));
}
