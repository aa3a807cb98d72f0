using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>kill -9 of a reader at each named step of creating its buffer; others wait, are refused, or take
/// over.</summary>
public sealed class ZeroBufferCreationKilledTests
{
    [Theory]
    [InlineData("create.swept", false)]
    [InlineData("lock.first", true)]
    [InlineData("create.locked", true)]
    [InlineData("remove.segment", true)]
    [InlineData("remove.data-semaphore", true)]
    [InlineData("create.cleared", true)]
    [InlineData("semaphore.filled", true)]
    [InlineData("semaphore.named", true)]
    [InlineData("create.data-semaphore", true)]
    [InlineData("create.space-semaphore", true)]
    [InlineData("create.initialised", true)]
    [InlineData("create.published", true)]
    public void Create_ReaderKilledAtStep_OthersAreNeverLockedOut(string step, bool locked)
    {
        using var segment = new TempSegment("ckill");
        using ZeroBufferPeer victim = ZeroBufferPeer.Launch(PeerKind.Ours, "read", segment.Name, "--no-sweep",
            "--die-at", step);
        victim.Process.ExpectLine("at " + step);
        if (locked)
        {
            BufferChecks.IsRefused(segment.Name);
        }

        // A name that can be seen belongs to a complete buffer; before that there is nothing to connect to.
        bool visible = ZeroBufferWriter.TryConnect(segment.Name, out ZeroBufferWriter? early);
        early?.Dispose();
        Assert.Equal(step == "create.published", visible);

        victim.Kill();

        Assert.False(ZeroBufferWriter.TryConnect(segment.Name, out _));
        BufferChecks.TakeOver(segment.Name);
    }

    [Theory]
    [InlineData("create.space-semaphore")]
    [InlineData("create.payload")]
    [InlineData("create.initialised")]
    [InlineData("create.published")]
    public void Create_ReaderWithAPayloadOfItsOwnKilledAtStep_NextReaderRemovesBothSegments(string step)
    {
        using var segment = new TempSegment("cpay");
        using ZeroBufferPeer victim = ZeroBufferPeer.Launch(PeerKind.Ours, "read", segment.Name, "--no-sweep",
            "--own-segment", "--payload-size", "4096", "--die-at", step);
        victim.Process.ExpectLine("at " + step);
        BufferChecks.IsRefused(segment.Name);
        Assert.Equal(step != "create.space-semaphore", File.Exists(segment.FilePath + "_payload"));
        bool visible = ZeroBufferWriter.TryConnect(segment.Name, out ZeroBufferWriter? early);
        early?.Dispose();
        Assert.Equal(step == "create.published", visible);

        victim.Kill();

        Assert.False(ZeroBufferWriter.TryConnect(segment.Name, out _));
        BufferChecks.TakeOver(segment.Name, PayloadLocation.OwnSegment);
        BufferChecks.TakeOver(segment.Name);
    }

    [Theory]
    [InlineData("create.locked")]
    [InlineData("remove.segment")]
    [InlineData("remove.data-semaphore")]
    [InlineData("create.cleared")]
    [InlineData("create.data-semaphore")]
    [InlineData("create.published")]
    public void Create_ReaderKilledWhileReplacingADeadOne_ThirdReaderTakesOver(string step)
    {
        using var segment = new TempSegment("creplace");
        using (ZeroBufferPeer first = ZeroBufferPeer.Reader(PeerKind.Ours, segment.Name, "--steps"))
        {
            first.Kill();
        }

        using ZeroBufferPeer second = ZeroBufferPeer.Launch(PeerKind.Ours, "read", segment.Name, "--no-sweep",
            "--die-at", step);
        second.Process.ExpectLine("at " + step);
        BufferChecks.IsRefused(segment.Name);

        second.Kill();

        BufferChecks.TakeOver(segment.Name);
    }

    [Theory]
    [InlineData("create.locked")]
    [InlineData("create.data-semaphore")]
    [InlineData("create.space-semaphore")]
    [InlineData("create.published")]
    [InlineData("close-reader.pid")]
    [InlineData("close-reader.segment")]
    [InlineData("close-reader.unnamed")]
    public void Sweep_NameOfAKilledReader_NothingIsLeft(string step)
    {
        using var segment = new TempSegment("sweep");
        using var other = new TempSegment("sweeper");
        using (ZeroBufferPeer victim = ZeroBufferPeer.Launch(
            PeerKind.Ours, "read", segment.Name, "--no-sweep", "--frames", "1", "--timeout-ms", "0", "--die-at", step))
        {
            victim.Process.ExpectLine("at " + step);
            victim.Kill();
        }

        // The next reader of any name removes what this one left.
        using var reader = ZeroBufferReader.Create(other.Name);

        BufferChecks.NoNames(segment.Name);
    }

    [Fact]
    public async Task Create_AnotherReadersSweepHoldsTheLockForAMoment_IsNotRefused()
    {
        using var segment = new TempSegment("moment");
        using PeerProcess sweeper = PeerProcess.StartPeer("platform-file-lock", "--path",
            $"/tmp/zerobuffer/{segment.Name}.lock");
        sweeper.ExpectLine("locked");
        using var trying = new ManualResetEventSlim();
        Task creator = Task.Run(() =>
        {
            trying.Set();
            BufferChecks.TakeOver(segment.Name);
        });
        trying.Wait();

        sweeper.WriteLine("release");

        await creator;
        sweeper.ExpectExit();
        BufferChecks.NoNames(segment.Name);
    }

    [Fact]
    public void Sweep_KilledSweeper_NextOneFinishes()
    {
        using var segment = new TempSegment("swept");
        using var sweeper = new TempSegment("sweeper");
        using var next = new TempSegment("next");
        using (ZeroBufferPeer victim = ZeroBufferPeer.Reader(PeerKind.Ours, segment.Name, "--steps"))
        {
            victim.Kill();
        }

        using (ZeroBufferPeer killed = ZeroBufferPeer.Launch(PeerKind.Ours, "read", sweeper.Name, "--die-at",
            "remove.segment"))
        {
            killed.Process.ExpectLine("at remove.segment");
            killed.Kill();
        }

        using var reader = ZeroBufferReader.Create(next.Name);

        BufferChecks.NoNames(segment.Name);
        BufferChecks.NoNames(sweeper.Name);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Steps_WholeLife_AllAreCoveredByATest(bool ownSegment)
    {
        string[] covered =
        [
            .. ownSegment ? ["close-reader.semaphores", "create.payload"] : Array.Empty<string>(),
            "close-reader.begin", "close-reader.end", "close-reader.pid", "close-reader.segment",
                "close-reader.unmapped",
            "close-reader.unnamed", "close-reader.woken", "close-writer.begin", "close-writer.end", "close-writer.pid",
            "connect.claimed", "connect.locked", "connect.opened", "connect.semaphores", "create.cleared",
            "create.data-semaphore",
            "create.initialised", "create.locked", "create.published", "create.space-semaphore", "create.swept",
            "lock.first",
            "metadata.filled", "metadata.free", "metadata.prefix", "metadata.written", "read.counted", "read.parsed",
            "read.position", "read.skipped", "read.token", "release.begin", "release.freed", "release.posted",
            "remove.data-semaphore", "remove.segment", "semaphore.filled", "semaphore.named", "unlock.first",
            "write.charged", "write.counted", "write.marker",
            "write.position", "write.posted", "write.staged",
        ];
        using var segment = new TempSegment("steps");
        using ZeroBufferPeer peer = ZeroBufferPeer.Workbench(ownSegment ? ["--trace", "--own-segment"] : ["--trace"]);
        peer.Send($"create {segment.Name} 64 512", "created");
        peer.Send($"connect {segment.Name}", "connected");
        peer.Send("metadata 8", "metadata");
        for (int i = 0; i < 6; i++)
        {
            peer.Send("write 100", "written");
            peer.Send("read", "frame");
            peer.Send("release", "released");
        }

        peer.Process.WriteLine("close");
        string[] reached = peer.Process.ExpectLine("steps ").Split(' ')[1..];

        // A step that is new in the library and missing here has no kill test yet.
        Assert.Equal(covered.Order(StringComparer.Ordinal), reached.Order(StringComparer.Ordinal));
        peer.Process.ExpectExit();
    }
}
