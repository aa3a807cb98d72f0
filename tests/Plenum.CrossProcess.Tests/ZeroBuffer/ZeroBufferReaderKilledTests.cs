using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>kill -9 of the reader at each named step; the writer of this process survives and goes on with the next
/// reader.</summary>
public sealed class ZeroBufferReaderKilledTests
{
    private const int Size = 100;

    public static TheoryData<string, int> ReadSteps()
    {
        var steps = new TheoryData<string, int>();
        foreach (int hit in new[] { 1, 5 })
        {
            foreach (string step in new[]
            {
                "read.token", "read.parsed", "read.position", "read.counted", "release.begin", "release.freed",
                "release.posted",
            })
            {
                steps.Add(step, hit);
            }
        }

        steps.Add("read.skipped", 1);
        return steps;
    }

    [Theory]
    [MemberData(nameof(ReadSteps))]
    public void Read_ReaderKilledAtStep_WriterIsToldAndNextReaderTakesOver(string step, int hit)
    {
        using var segment = new TempSegment("rkill");
        using ZeroBufferPeer victim = ZeroBufferPeer.Reader(
            PeerKind.Ours, segment.Name, "--payload-size", "512", "--pattern", "sequence", "--die-at", step, "--hit",
            ZeroBufferPeer.Word(hit));
        using (ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name))
        {
            var survivor = new WritingThread(writer, Size);
            victim.Process.ExpectLine("at " + step);

            victim.Kill();

            Assert.IsType<PeerTerminatedException>(survivor.End());
            Assert.Equal(WriterState.ReaderDead, writer.State);
            Assert.Throws<PeerTerminatedException>(() => WriteUntilRefused(writer));
        }

        BufferChecks.TakeOver(segment.Name);
    }

    [Fact]
    public void Connect_DeadReader_RefusedUntilTheNextReaderIsThere()
    {
        using var segment = new TempSegment("rdead");
        using ZeroBufferPeer victim = ZeroBufferPeer.Reader(
            PeerKind.Ours, segment.Name, "--payload-size", "512", "--die-at", "read.token");
        using (ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name))
        {
            writer.Write([1]);
            victim.Process.ExpectLine("at read.token");
            victim.Kill();
        }

        Assert.False(ZeroBufferWriter.TryConnect(segment.Name, out _));
        Assert.ThrowsAny<SharedMemoryException>(() => ZeroBufferWriter.Connect(segment.Name));
        BufferChecks.TakeOver(segment.Name);
    }

    [Fact]
    public void Create_ReaderKilledWhileWriterLives_WriterReconnectsToTheNewBuffer()
    {
        using var segment = new TempSegment("rlive");
        using ZeroBufferPeer victim = ZeroBufferPeer.Reader(
            PeerKind.Ours, segment.Name, "--payload-size", "512", "--die-at", "release.begin", "--hit", "3");
        using ZeroBufferWriter stranded = ZeroBufferWriter.Connect(segment.Name);
        for (int i = 0; i < 3; i++)
        {
            stranded.Write(new byte[Size]);
        }

        victim.Process.ExpectLine("at release.begin");
        victim.Kill();

        // The writer of the dead reader still lives and holds its place in the old memory; the name is free for a new
        // buffer.
        using (var reader = ZeroBufferReader.Create(segment.Name, new() { PayloadSizeBytes = 512 }))
        {
            using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
            Assert.ThrowsAny<SharedMemoryException>(() => WriteUntilRefused(stranded));
            BufferChecks.WriteFrame(writer, Size);
            BufferChecks.ReadFrame(reader, 1, Size);
            Assert.Equal(512UL, ZeroBufferImage.Of(segment.Name).Free);
        }

        BufferChecks.NoNames(segment.Name);
    }

    [Theory]
    [InlineData("close-reader.begin", typeof(PeerTerminatedException))]
    [InlineData("close-reader.pid", typeof(PeerClosedException))]
    [InlineData("close-reader.woken", typeof(PeerClosedException))]
    [InlineData("close-reader.segment", typeof(PeerClosedException))]
    [InlineData("close-reader.unnamed", typeof(PeerClosedException))]
    [InlineData("close-reader.unmapped", typeof(PeerClosedException))]
    [InlineData("unlock.first", typeof(PeerClosedException))]
    [InlineData("close-reader.end", typeof(PeerClosedException))]
    public void Close_ReaderKilledAtStep_WriterIsToldAndNextReaderTakesOver(string step, Type expected)
    {
        using var segment = new TempSegment("rclose");
        using ZeroBufferPeer victim = ZeroBufferPeer.Reader(
            PeerKind.Ours, segment.Name, "--payload-size", "512", "--frames", "3", "--no-sweep", "--die-at", step);
        using (ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name))
        {
            var survivor = new WritingThread(writer, Size);
            victim.Process.ExpectLine("at " + step);
            bool holdsLocks = step is not ("unlock.first" or "close-reader.end");
            if (holdsLocks)
            {
                BufferChecks.IsRefused(segment.Name);
            }

            victim.Kill();

            Assert.IsType(expected, survivor.End());
        }

        BufferChecks.TakeOver(segment.Name);
    }

    [Theory]
    [InlineData("close-reader.segment")]
    [InlineData("close-reader.semaphores")]
    [InlineData("close-reader.unnamed")]
    public void Close_ReaderWithAPayloadOfItsOwnKilledAtStep_NextReaderRemovesTheRest(string step)
    {
        using var segment = new TempSegment("rpay");
        using ZeroBufferPeer victim = ZeroBufferPeer.Reader(
            PeerKind.Ours, segment.Name, "--payload-size", "512", "--own-segment", "--frames", "3", "--no-sweep",
            "--die-at", step);
        using (ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name))
        {
            var survivor = new WritingThread(writer, Size);
            victim.Process.ExpectLine("at " + step);
            Assert.Equal(step != "close-reader.unnamed", File.Exists(segment.FilePath + "_payload"));

            victim.Kill();

            Assert.IsType<PeerClosedException>(survivor.End());
        }

        BufferChecks.TakeOver(segment.Name);
    }

    [Theory]
    [InlineData("recover.locked")]
    [InlineData("recover.claimed")]
    [InlineData("recover.repaired")]
    [InlineData("recover.cleared")]
    public void Recover_ReaderKilledWhileItCleansUpAfterADeadWriter_NextReaderTakesOver(string step)
    {
        using var segment = new TempSegment("recover");
        using ZeroBufferPeer reader = ZeroBufferPeer.Reader(
            PeerKind.Ours, segment.Name, "--payload-size", "512", "--die-at", step);
        using (ZeroBufferPeer writer = ZeroBufferPeer.Launch(
            PeerKind.Ours, "write", segment.Name, "--frames", "3", "--sizes", "100", "--die-at", "write.charged",
            "--hit", "2"))
        {
            writer.Process.ExpectLine("at write.charged");
            writer.Kill();
        }

        reader.Process.ExpectLine("at " + step);
        BufferChecks.IsRefused(segment.Name);

        reader.Kill();

        Assert.False(ZeroBufferWriter.TryConnect(segment.Name, out _));
        BufferChecks.TakeOver(segment.Name);
    }

    private static void WriteUntilRefused(ZeroBufferWriter writer)
    {
        for (int i = 0; i < 100; i++)
        {
            writer.Write(new byte[Size]);
        }
    }
}
