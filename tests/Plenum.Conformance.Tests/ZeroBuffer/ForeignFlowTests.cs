using System.Text.Json;
using Plenum.ZeroBuffer;

namespace Plenum.Conformance.Tests.ZeroBuffer;

/// <summary>Field by field and token by token against the Python implementation, one step at a time.</summary>
public sealed class ForeignFlowTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Write_ForeignReaderHoldsFrames_BytesComeBackOneByOne()
    {
        using var segment = new TempSegment("hold");
        using ZeroBufferPeer reader = ZeroBufferPeer.Reader(PeerKind.Python, segment.Name, "--steps",
            "--payload-size", "1024");
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        for (int i = 0; i < 8; i++)
        {
            Write(writer, 112);
        }

        for (int i = 0; i < 8; i++)
        {
            reader.Send("read", "frame");
        }

        Assert.False(writer.TryWrite(new byte[112]));
        Assert.Equal(0UL, ZeroBufferImage.Of(segment.Name).Free);
        foreach (int sequence in new[] { 1, 2, 3, 4, 5, 6, 7, 8 })
        {
            reader.Send($"release {sequence}", "released");
            Assert.Equal((ulong)sequence * 128, ZeroBufferImage.Of(segment.Name).Free);
        }

        Assert.Equal(8, ZeroBufferImage.Of(segment.Name).SpaceTokens);
        Write(writer, 112);
        Assert.True(ZeroBufferPeer.Flag(reader.Send("read", "frame"), "patternOk"));
    }

    [Fact]
    public void Read_HeldFrames_ForeignWriterWaitsAndBytesStay()
    {
        using var segment = new TempSegment("held");
        using var reader = ZeroBufferReader.Create(segment.Name, new() { PayloadSizeBytes = 1024 });
        using ZeroBufferPeer writer = ZeroBufferPeer.Writer(PeerKind.Python, segment.Name, "--steps", "--timeout-ms",
            "50");
        for (int i = 0; i < 8; i++)
        {
            writer.Send("write 112", "written");
        }

        Assert.Equal(8, ZeroBufferImage.Of(segment.Name).DataTokens);
        reader.Read(out Frame first, s_patience);
        reader.Read(out Frame second, s_patience);
        Assert.Equal("buffer-full", writer.SendError("write 112"));
        Assert.True(FramePattern.Matches(first.Span, 1));
        Assert.True(FramePattern.Matches(second.Span, 2));

        second.Dispose();
        first.Dispose();

        Assert.Equal(256UL, ZeroBufferImage.Of(segment.Name).Free);
        Assert.Equal(2, ZeroBufferImage.Of(segment.Name).SpaceTokens);
        writer.Send("write 112", "written");
        for (ulong sequence = 3; sequence <= 9; sequence++)
        {
            ReadAndRelease(reader, sequence);
        }

        ForeignExchangeTests.RequireDrained(segment.Name);
    }

    [Theory]
    [InlineData("--wrap-position")]
    [InlineData("--per-frame")]
    public void Read_ForeignWriterWrapsAndFitsExactly_CountsAgree(string flag)
    {
        using var segment = new TempSegment("wrap");
        using var reader = ZeroBufferReader.Create(segment.Name, new() { PayloadSizeBytes = 512 });
        using ZeroBufferPeer writer = ZeroBufferPeer.Writer(PeerKind.Python, segment.Name, "--steps", flag);

        // 4 x 116 = 464 leaves 48: a marker, then the start. 3 x 116 + 148 + 16 = 512: an exact fit, no marker.
        foreach (int size in new[] { 100, 100, 100, 100, 100, 100, 100, 148, 496, 100 })
        {
            ulong sequence = (ulong)ZeroBufferPeer.Number(writer.Send($"write {size}", "written"), "sequence");
            ReadAndRelease(reader, sequence);
        }

        var image = ZeroBufferImage.Of(segment.Name);
        Assert.Equal(image.WrittenCount, image.ReadCount);
        Assert.Equal(11UL, image.ReadCount);
        Assert.Equal(image.WritePosition, image.ReadPosition);
        ForeignExchangeTests.RequireDrained(segment.Name);
    }

    [Theory]
    [InlineData("--count-implicit-wraps")]
    [InlineData("--per-frame")]
    public void Read_ForeignWriterLeavesShortTail_NoFrameIsLost(string flag)
    {
        using var segment = new TempSegment("tail");
        using var reader = ZeroBufferReader.Create(segment.Name, new() { PayloadSizeBytes = 128 });
        using ZeroBufferPeer writer = ZeroBufferPeer.Writer(PeerKind.Python, segment.Name, "--steps", flag);

        // 48 + 71 leaves 9 bytes; the last frame is read after the writer has closed.
        ulong sequence = 1;
        for (int round = 0; round < 5; round++)
        {
            foreach (int size in new[] { 32, 55 })
            {
                writer.Send($"write {size}", "written");
                ReadAndRelease(reader, sequence++);
            }
        }

        writer.Send("write 32", "written");
        writer.Close();
        ReadAndRelease(reader, sequence);
        Assert.Equal(ReadOutcome.WriterClosed, reader.Read(out _, s_patience));
        ForeignExchangeTests.RequireDrained(segment.Name);
    }

    [Fact]
    public void Write_OurMarkers_ForeignReaderCountsThem()
    {
        using var segment = new TempSegment("mark");
        using ZeroBufferPeer reader = ZeroBufferPeer.Reader(PeerKind.Python, segment.Name, "--steps",
            "--payload-size", "512");
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        foreach (int size in new[] { 100, 100, 100, 100, 100, 100, 100, 148, 496, 100 })
        {
            Write(writer, size);
            JsonElement frame = reader.Send("read", "frame");
            Assert.True(ZeroBufferPeer.Flag(frame, "patternOk"));
            Assert.Equal(size, ZeroBufferPeer.Number(frame, "size"));
            reader.Send("release", "released");
        }

        JsonElement header = reader.Send("state", "state").GetProperty("header");
        Assert.Equal(header.GetProperty("payload_written_count").GetInt64(),
            header.GetProperty("payload_read_count").GetInt64());
        Assert.Equal(11, header.GetProperty("payload_read_count").GetInt64());
        ForeignExchangeTests.RequireDrained(segment.Name);
    }

    [Fact]
    public void Read_ForeignWriterReplacesOne_SequenceRestartsAndFramesOfBothArrive()
    {
        using var segment = new TempSegment("next");
        using var reader = ZeroBufferReader.Create(segment.Name, new() { PayloadSizeBytes = 1024 });
        foreach (PeerKind kind in new[] { PeerKind.Python, PeerKind.Ours, PeerKind.Python })
        {
            using ZeroBufferPeer writer = ZeroBufferPeer.Writer(kind, segment.Name, "--steps");
            for (ulong sequence = 1; sequence <= 3; sequence++)
            {
                writer.Send("write 100", "written");
            }

            writer.Close();
            for (ulong sequence = 1; sequence <= 3; sequence++)
            {
                ReadAndRelease(reader, sequence);
            }

            Assert.Equal(ReadOutcome.WriterClosed, reader.Read(out _, s_patience));
        }

        ForeignExchangeTests.RequireDrained(segment.Name);
    }

    private static void Write(ZeroBufferWriter writer, int sizeBytes)
    {
        using FrameReservation frame = writer.Reserve(sizeBytes);
        FramePattern.Fill(frame.Span, frame.Sequence);
        frame.Commit();
    }

    private static void ReadAndRelease(ZeroBufferReader reader, ulong sequence)
    {
        Assert.Equal(ReadOutcome.Frame, reader.Read(out Frame frame, s_patience));
        using (frame)
        {
            Assert.Equal(sequence, frame.Sequence);
            Assert.True(FramePattern.Matches(frame.Span, sequence));
        }
    }
}
