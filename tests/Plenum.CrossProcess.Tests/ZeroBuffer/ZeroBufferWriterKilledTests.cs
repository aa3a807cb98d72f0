using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>kill -9 of the writer at each named step; the reader of this process survives.</summary>
public sealed class ZeroBufferWriterKilledTests
{
    // Frames of 100 bytes in a ring of 512: 116 each, the fifth wraps behind a marker at 464.
    private const int Payload = 512;
    private const int Size = 100;

    public static TheoryData<string, int, int> WriteSteps()
    {
        var steps = new TheoryData<string, int, int>();
        foreach (int hit in new[] { 1, 4, 5, 9 })
        {
            // Not published at all, or charged only: gone. Position stored: readable, although the token was never
            // posted.
            steps.Add("write.staged", hit, hit - 1);
            steps.Add("write.charged", hit, hit - 1);
            steps.Add("write.position", hit, hit);
            steps.Add("write.counted", hit, hit);
            steps.Add("write.posted", hit, hit);
        }

        steps.Add("write.marker", 1, 4);
        steps.Add("write.marker", 2, 8);
        return steps;
    }

    [Theory]
    [MemberData(nameof(WriteSteps))]
    public void Write_WriterKilledAtStep_PublishedFramesReadOnceAndSuccessorGoesOn(string step, int hit, int delivered)
    {
        using var segment = new TempSegment("wkill");
        using (var reader = ZeroBufferReader.Create(segment.Name, new() { PayloadSizeBytes = Payload }))
        {
            using ZeroBufferPeer victim = ZeroBufferPeer.Launch(
                PeerKind.Ours, "write", segment.Name, "--timeout-ms", "60000", "--frames", "20", "--sizes", "100",
                "--pattern", "sequence",
                "--die-at", step,
                "--hit", ZeroBufferPeer.Word(hit));
            var survivor = new ReadingThread(reader);
            victim.Process.ExpectLine("at " + step);

            victim.Kill();

            Assert.Equal(ReadOutcome.WriterDied, survivor.End());
            Assert.Equal(delivered, survivor.Frames);
            BufferChecks.Drained(segment.Name);
            Assert.Equal(0UL, ZeroBufferImage.Of(segment.Name).WriterPid);
            SuccessorWrites(reader, segment.Name);
        }

        BufferChecks.NoNames(segment.Name);
    }

    [Theory]
    [InlineData("write.position")]
    [InlineData("write.counted")]
    [InlineData("write.posted")]
    public void Connect_SuccessorBeforeReaderLooked_NothingLostAndNothingTwice(string step)
    {
        using var segment = new TempSegment("wsucc");
        using var reader = ZeroBufferReader.Create(segment.Name, new() { PayloadSizeBytes = Payload });
        using ZeroBufferPeer victim = ZeroBufferPeer.Launch(
            PeerKind.Ours, "write", segment.Name, "--timeout-ms", "60000", "--frames", "20", "--sizes", "100",
            "--pattern", "sequence",
            "--die-at", step,
            "--hit", "3");
        victim.Process.ExpectLine("at " + step);
        victim.Kill();
        const int published = 3;

        // The reader has not looked yet: the successor takes the dead writer's place first.
        using (ZeroBufferWriter successor = ZeroBufferWriter.Connect(segment.Name))
        {
            successor.Write(FramePattern.Make(Size, 1));
            for (ulong sequence = 1; sequence <= published; sequence++)
            {
                BufferChecks.ReadFrame(reader, sequence, Size);
            }

            BufferChecks.ReadFrame(reader, 1, Size);
            for (ulong sequence = 2; sequence <= 12; sequence++)
            {
                BufferChecks.WriteFrame(successor, Size);
                BufferChecks.ReadFrame(reader, sequence, Size);
            }
        }

        Assert.Equal(0, BufferChecks.DrainUntil(reader, ReadOutcome.WriterClosed));
    }

    [Theory]
    [InlineData("write.charged", 0)]
    [InlineData("write.position", 0)]
    [InlineData("write.posted", 1)]
    public void Write_KilledWithFrameThatFillsTheRing_RingIsUsableAgain(string step, int least)
    {
        using var segment = new TempSegment("wfull");
        using var reader = ZeroBufferReader.Create(segment.Name, new() { PayloadSizeBytes = Payload });
        using ZeroBufferPeer victim = ZeroBufferPeer.Launch(
            PeerKind.Ours, "write", segment.Name, "--timeout-ms", "60000", "--frames", "20", "--sizes", "496",
            "--pattern", "sequence",
            "--die-at", step);
        victim.Process.ExpectLine("at " + step);

        victim.Kill();

        // A full ring and an empty one have the same positions: a frame without its token may be given up, its bytes
        // may not.
        Assert.InRange(BufferChecks.DrainUntil(reader, ReadOutcome.WriterDied), least, 1);
        BufferChecks.Drained(segment.Name);
        SuccessorWrites(reader, segment.Name);
    }

    [Theory]
    [InlineData("connect.opened")]
    [InlineData("connect.semaphores")]
    [InlineData("connect.locked")]
    [InlineData("connect.claimed")]
    [InlineData("close-writer.begin")]
    [InlineData("close-writer.pid")]
    [InlineData("close-writer.end")]
    public void ConnectAndClose_WriterKilledAtStep_SuccessorConnects(string step)
    {
        using var segment = new TempSegment("wrole");
        using var reader = ZeroBufferReader.Create(segment.Name, new() { PayloadSizeBytes = Payload });
        using ZeroBufferPeer victim = ZeroBufferPeer.Launch(
            PeerKind.Ours, "write", segment.Name, "--frames", "3", "--sizes", "100", "--pattern", "sequence",
            "--die-at", step);
        victim.Process.ExpectLine("at " + step);
        bool holdsRole = step is "connect.locked" or "connect.claimed" or "close-writer.begin" or "close-writer.pid";
        if (holdsRole)
        {
            Assert.Throws<SegmentBusyException>(() => ZeroBufferWriter.Connect(segment.Name));
        }

        victim.Kill();

        int expected = step.StartsWith("close", StringComparison.Ordinal) ? 3 : 0;
        for (ulong sequence = 1; sequence <= (ulong)expected; sequence++)
        {
            BufferChecks.ReadFrame(reader, sequence, Size);
        }

        SuccessorWrites(reader, segment.Name);
        BufferChecks.Drained(segment.Name);
    }

    [Theory]
    [InlineData("metadata.filled", false)]
    [InlineData("metadata.prefix", false)]
    [InlineData("metadata.free", false)]
    [InlineData("metadata.written", true)]
    public void Metadata_WriterKilledAtStep_AllOrNothing(string step, bool written)
    {
        using var segment = new TempSegment("wmeta");
        using var reader = ZeroBufferReader.Create(segment.Name, new() { PayloadSizeBytes = Payload });
        using ZeroBufferPeer victim = ZeroBufferPeer.Launch(
            PeerKind.Ours, "write", segment.Name, "--metadata-bytes", "300", "--frames", "1", "--die-at", step);
        victim.Process.ExpectLine("at " + step);

        victim.Kill();

        Assert.Equal(written ? FramePattern.Make(300, 0) : null, reader.Metadata.ToArray());
        using (ZeroBufferWriter successor = ZeroBufferWriter.Connect(segment.Name, BufferChecks.Patience))
        {
            Assert.Equal(written, successor.Metadata.IsWritten);
            if (!written)
            {
                successor.Metadata.WriteText("the second try");
                Assert.Equal("the second try", reader.Metadata.ReadText());
            }
        }
    }

    [Fact]
    public void Read_WriterSuspendedBetweenPositionAndToken_LateTokenIsNoFrame()
    {
        using var segment = new TempSegment("wlate");
        using var reader = ZeroBufferReader.Create(segment.Name, new() { PayloadSizeBytes = Payload });
        using ZeroBufferPeer writer = ZeroBufferPeer.Launch(
            PeerKind.Ours, "write", segment.Name, "--frames", "12", "--sizes", "100", "--pattern", "sequence",
            "--pause-at",
            "write.position:1,write.charged:2");
        writer.Process.ExpectLine("at write.position");

        // The frame is there, its token is not: it is read without one.
        BufferChecks.ReadFrame(reader, 1, Size);
        writer.Process.WriteLine("go on");
        writer.Process.ExpectLine("at write.charged");

        // Now the late token is there, and the next frame is half published.
        Assert.Equal(1, ZeroBufferImage.Of(segment.Name).DataTokens);
        Assert.False(reader.TryRead(out _));
        writer.Process.WriteLine("go on");
        for (ulong sequence = 2; sequence <= 12; sequence++)
        {
            BufferChecks.ReadFrame(reader, sequence, Size);
        }

        Assert.Equal(0, BufferChecks.DrainUntil(reader, ReadOutcome.WriterClosed));
        BufferChecks.Drained(segment.Name);
        writer.Process.ExpectExit();
    }

    [Fact]
    public void Connect_DeadWriterChargedAndReaderBusy_WaitsUntilTheBytesAreBack()
    {
        using var segment = new TempSegment("wleak");
        using var reader = ZeroBufferReader.Create(segment.Name, new() { PayloadSizeBytes = Payload });
        using ZeroBufferPeer victim = ZeroBufferPeer.Launch(
            PeerKind.Ours, "write", segment.Name, "--frames", "1", "--sizes", "400", "--die-at", "write.charged");
        victim.Process.ExpectLine("at write.charged");
        victim.Kill();

        // 416 of 512 bytes are charged for a frame that is not there; only the reader can tell that from bytes it
        // holds.
        Assert.False(ZeroBufferWriter.TryConnect(segment.Name, out _));
        Assert.Equal(ReadOutcome.WriterDied, reader.Read(out _, BufferChecks.Patience));

        Assert.True(ZeroBufferWriter.TryConnect(segment.Name, out ZeroBufferWriter? successor));
        using (successor)
        {
            for (int i = 0; i < 4; i++)
            {
                Assert.True(successor.TryWrite(FramePattern.Make(Size, (ulong)i + 1)));
            }
        }

        Assert.Equal(4, BufferChecks.DrainUntil(reader, ReadOutcome.WriterClosed));
        BufferChecks.Drained(segment.Name);
    }

    private static void SuccessorWrites(ZeroBufferReader reader, string name)
    {
        using (ZeroBufferWriter successor = ZeroBufferWriter.Connect(name, BufferChecks.Patience))
        {
            for (ulong sequence = 1; sequence <= 10; sequence++)
            {
                BufferChecks.WriteFrame(successor, Size);
                BufferChecks.ReadFrame(reader, sequence, Size);
            }
        }

        Assert.Equal(0, BufferChecks.DrainUntil(reader, ReadOutcome.WriterClosed));
        BufferChecks.Drained(name);
    }
}
