using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace Plenum.Conformance.Tests.ZeroBuffer;

/// <summary>Who may create, connect and replace, between this library and well-behaved foreign peers; and who notices
/// whose end.</summary>
public sealed class ForeignOwnershipTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("shm-first", "shm-created")]
    [InlineData("shm-first", "oieb-written")]
    [InlineData("semaphores-first", "shm-created")]
    public void Connect_ForeignReaderIsStillCreating_WaitsAndLocksNobodyOut(string order, string step)
    {
        using var segment = new TempSegment("born");
        using ZeroBufferPeer reader = ZeroBufferPeer.Launch(
            PeerKind.Python, "read", segment.Name, "--steps", "--creation", order, "--pause-at", step);
        reader.Answer("paused");

        Assert.False(ZeroBufferWriter.TryConnect(segment.Name, out _));
        Assert.ThrowsAny<SharedMemoryException>(() => ZeroBufferWriter.Connect(segment.Name));
        Assert.Equal(0UL, ZeroBufferImage.Of(segment.Name).WriterPid);
        Assert.Throws<SegmentBusyException>(() =>
            ZeroBufferReader.Create(segment.Name, new() { CreateTimeout = TimeSpan.FromMilliseconds(50) }));

        reader.Process.WriteLine("continue");
        reader.Ready();
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        writer.Write(FramePattern.Make(100, 1));
        Assert.True(ZeroBufferPeer.Flag(reader.Send("read", "frame"), "patternOk"));
    }

    [Theory]
    [InlineData("shm-first", "shm-created")]
    [InlineData("shm-first", "oieb-written")]
    [InlineData("shm-first", "semaphores-created")]
    [InlineData("semaphores-first", "semaphores-created")]
    [InlineData("semaphores-first", "shm-created")]
    public void Create_ForeignReaderKilledWhileCreating_IsReplaced(string order, string step)
    {
        using var segment = new TempSegment("stillborn");
        using (ZeroBufferPeer reader = ZeroBufferPeer.Launch(
            PeerKind.Python, "read", segment.Name, "--steps", "--creation", order, "--pause-at", step))
        {
            reader.Answer("paused");
            reader.Kill();
        }

        RequireNewLife(segment.Name);
    }

    [Fact]
    public void Create_OurReader_NeverVisibleWithoutItsParts()
    {
        int rounds = Campaign.Count(100, 2000);
        using var segment = new TempSegment("whole");
        using ZeroBufferPeer reader = ZeroBufferPeer.Workbench();
        int looks = 0;
        for (int round = 0; round < rounds; round++)
        {
            reader.Process.WriteLine($"create {segment.Name} 64 1024");
            Watchdog.Run(() =>
            {
                while (!File.Exists(segment.FilePath))
                {
                    looks++;
                }
            });

            var image = ZeroBufferImage.Of(segment.Name);
            Assert.Equal((128u, 1u), (image.OiebSize, image.Version));
            Assert.Equal((64UL, 1024UL, 1024UL), (image.MetadataSize, image.PayloadSize, image.Free));
            Assert.Equal((ulong)reader.Process.Id, image.ReaderPid);
            Assert.Equal((0L, 0L), (image.DataTokens, image.SpaceTokens));
            reader.Answer("created");
            reader.Send("end-reader", "ended");
        }

        Assert.True(looks > 0);
    }

    [Theory]
    [InlineData(PeerKind.Python)]
    [InlineData(PeerKind.Cpp)]
    public void Create_ForeignReaderLives_OursIsRefusedAndChangesNothing(PeerKind kind)
    {
        ForeignExchangeTests.Require(kind);
        using var segment = new TempSegment("theirs");
        using ZeroBufferPeer reader = ZeroBufferPeer.Reader(kind, segment.Name, "--frames", "1", "--pattern",
            "sequence");

        SegmentBusyException refused = Assert.Throws<SegmentBusyException>(() => ZeroBufferReader.Create(segment.Name));

        Assert.Equal(reader.Process.Id, refused.ProcessId);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name, s_patience);
        writer.Write(FramePattern.Make(100, 1));
        Assert.Equal(0, ZeroBufferPeer.Number(reader.Answer("summary"), "verifyErrors"));
        reader.Process.ExpectExit();
    }

    [Theory]
    [InlineData(PeerKind.Python)]
    [InlineData(PeerKind.Cpp)]
    public void Create_OurReaderLives_ForeignOneIsRefusedAndChangesNothing(PeerKind kind)
    {
        ForeignExchangeTests.Require(kind);
        using var segment = new TempSegment("ours");
        using var reader = ZeroBufferReader.Create(segment.Name);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);

        using (ZeroBufferPeer second = ZeroBufferPeer.Launch(kind, "read", segment.Name, "--frames", "1"))
        {
            second.Answer("error");
            second.Process.ExpectExit(1);
        }

        using (ZeroBufferPeer third = ZeroBufferPeer.Launch(kind, "write", segment.Name, "--wait-ms", "0"))
        {
            third.Answer("error");
            third.Process.ExpectExit(1);
        }

        writer.Write(FramePattern.Make(100, 1));
        using Frame frame = reader.Read(s_patience);
        Assert.True(FramePattern.Matches(frame.Span, 1));
        Assert.Equal((ulong)Environment.ProcessId, ZeroBufferImage.Of(segment.Name).WriterPid);
    }

    [Theory]
    [InlineData(PeerKind.Python)]
    [InlineData(PeerKind.Cpp)]
    public void Create_OurReaderWasKilled_ForeignOneReplacesIt(PeerKind kind)
    {
        ForeignExchangeTests.Require(kind);
        using var segment = new TempSegment("after");
        using (ZeroBufferPeer ours = ZeroBufferPeer.Reader(PeerKind.Ours, segment.Name, "--steps"))
        {
            ours.Kill();
        }

        using (ZeroBufferPeer theirs = ZeroBufferPeer.Reader(kind, segment.Name, "--frames", "1", "--pattern",
            "sequence"))
        {
            using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name, s_patience);
            writer.Write(FramePattern.Make(100, 1));
            theirs.Process.ExpectExit();
        }

        // Its own lock files are gone with it; the C# one of our killed reader is swept by the next of ours.
        RequireNewLife(segment.Name);
    }

    [Theory]
    [InlineData(PeerKind.Python)]
    [InlineData(PeerKind.Cpp)]
    public void Read_ForeignWriterKilled_SaysSoAndTakesTheNext(PeerKind kind)
    {
        ForeignExchangeTests.Require(kind);
        using var segment = new TempSegment("kfw");
        using var reader = ZeroBufferReader.Create(segment.Name, new() { PayloadSizeBytes = 4096 });
        for (int round = 0; round < 2; round++)
        {
            using ZeroBufferPeer writer = ZeroBufferPeer.Writer(
                kind, segment.Name, "--frames", "3", "--sizes", "100", "--pattern", "sequence", "--stay");
            writer.Answer("summary");
            writer.Kill();
            for (ulong sequence = 1; sequence <= 3; sequence++)
            {
                Assert.Equal(ReadOutcome.Frame, reader.Read(out Frame frame, s_patience));
                Assert.Equal(sequence, frame.Sequence);
                frame.Dispose();
            }

            Assert.Equal(ReadOutcome.WriterDied, reader.Read(out _, s_patience));
        }

        ForeignExchangeTests.RequireDrained(segment.Name);
    }

    [Theory]
    [InlineData(PeerKind.Python, false)]
    [InlineData(PeerKind.Cpp, false)]
    [InlineData(PeerKind.Python, true)]
    [InlineData(PeerKind.Cpp, true)]
    public void Write_BlockedAndForeignReaderEnds_IsTold(PeerKind kind, bool killed)
    {
        ForeignExchangeTests.Require(kind);
        using var segment = new TempSegment("efr");

        // Reads two frames; a closing one then removes everything, one to be killed waits for a third with all its
        // time.
        using ZeroBufferPeer reader = ZeroBufferPeer.Reader(
            kind, segment.Name, "--payload-size", "1024", "--frames", killed ? "0" : "2", "--delay-ms", killed
            ? "30000" : "0");
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name, s_patience);
        if (killed)
        {
            while (writer.TryWrite(new byte[112]))
            {
            }

            reader.Kill();
        }

        SharedMemoryException told = Assert.ThrowsAny<SharedMemoryException>(() =>
        {
            while (writer.TryWrite(new byte[112], s_patience))
            {
            }
        });
        Assert.IsType(killed ? typeof(PeerTerminatedException) : typeof(PeerClosedException), told);
    }

    private static void RequireNewLife(string name)
    {
        using (var reader = ZeroBufferReader.Create(name))
        {
            using ZeroBufferWriter writer = ZeroBufferWriter.Connect(name);
            writer.Write(FramePattern.Make(100, 1));
            using Frame frame = reader.Read(s_patience);
            Assert.True(FramePattern.Matches(frame.Span, 1));
        }

        Assert.Empty(TempSegment.StillThere(name));
    }
}
