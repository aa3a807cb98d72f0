using System.Text.Json;
using Plenum.Platform;
using Plenum.ZeroBuffer;
using static Plenum.CrossProcess.Tests.ZeroBuffer.BufferChecks;
using static Plenum.CrossProcess.Tests.ZeroBuffer.HostileProcess;
using static Plenum.CrossProcess.Tests.ZeroBuffer.ScenarioEnds;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>Header fields set to boundary and random values by the other process while an end of ours reads, waits or writes.</summary>
/// <remarks>Each end works on copies of its own, so most fields do not matter once it runs: then the next frames must be right, to the
/// byte. The others have a test of their own below, with the error they must give.</remarks>
public sealed class ZeroBufferHostileHeaderTests(HostileProcess hostile) : IClassFixture<HostileProcess>
{
    private const int Size = 112;

    public static TheoryData<string> AllFields => HeaderField.AllBut();

    public static TheoryData<string> FieldsThatAWaitingReaderIgnores => HeaderField.AllBut(
        "payload_free_bytes", "payload_write_pos", "writer_pid", "reader_pid");

    public static TheoryData<string> FieldsThatAWriterIgnores => HeaderField.AllBut("payload_free_bytes", "reader_pid");

    [Theory]
    [MemberData(nameof(AllFields))]
    public void Read_FieldSetByTheOtherProcess_NextFrameIsRight(string name)
    {
        HeaderField field = HeaderField.Of(name);
        using var segment = new TempSegment("hrd");
        using var reader = ScenarioEnds.Create(segment.Name, Metadata, Payload);
        hostile.Connect(segment.Name);
        ulong sequence = 0;
        foreach (ulong value in field.Values)
        {
            PeerWrites(hostile.Peer, ++sequence, Size);
            ulong original = Field(segment.Name, field.Offset);
            hostile.Poke(segment.Name, (field.Offset, value));

            ReadFrame(reader, sequence, Size);

            // Its own fields it stores anew; the others are put right, the free bytes to what they are when all is read.
            bool own = field.Name is "payload_read_pos" or "payload_read_count";
            ulong right = field.Name == "payload_free_bytes" ? Payload : own ? Field(segment.Name, field.Offset) : original;
            hostile.Poke(segment.Name, (field.Offset, right));
            Assert.Equal(sequence, (ulong)reader.Statistics.Frames);
        }

        hostile.EndWriter();
        Assert.Equal(0, DrainUntil(reader, ReadOutcome.WriterClosed));
        Drained(segment.Name);
    }

    [Theory]
    [MemberData(nameof(FieldsThatAWaitingReaderIgnores))]
    public void Wait_FieldSetWhileTheReaderIsBlocked_NextFrameWakesIt(string name)
    {
        HeaderField field = HeaderField.Of(name);
        using var segment = new TempSegment("hwt");
        using var reader = ScenarioEnds.Create(segment.Name, Metadata, Payload);
        hostile.Connect(segment.Name);
        ulong sequence = 0;
        foreach (ulong value in field.Values)
        {
            ulong original = Field(segment.Name, field.Offset);
            Task<ReadResult> blocked = Task.Run(() => Blocked(reader));
            Until(() => reader.State == ReaderState.Waiting);

            hostile.Poke(segment.Name, (field.Offset, value));
            PeerWrites(hostile.Peer, ++sequence, Size);

            RequireFrame(blocked, sequence);
            bool written = field.Name is "payload_written_count" or "payload_read_pos" or "payload_read_count";
            hostile.Poke(segment.Name, (field.Offset, written ? Field(segment.Name, field.Offset) : original));
        }

        hostile.EndWriter();
        Assert.Equal(0, DrainUntil(reader, ReadOutcome.WriterClosed));
    }

    [Fact]
    public void Wait_WriterPidSetWhileTheReaderIsBlocked_OnlyZeroMeansClosed()
    {
        HeaderField field = HeaderField.Of("writer_pid");
        using var segment = new TempSegment("hwp");
        using var reader = ScenarioEnds.Create(segment.Name, Metadata, Payload);
        hostile.Connect(segment.Name);
        PeerWrites(hostile.Peer, 1, Size);
        ReadFrame(reader, 1, Size);
        ulong sequence = 1;
        foreach (ulong value in field.Values)
        {
            Task<ReadResult> blocked = Task.Run(() => Blocked(reader));
            Until(() => reader.State == ReaderState.Waiting || blocked.IsCompleted);
            hostile.Poke(segment.Name, (field.Offset, value));
            if (value == 0)
            {
                Assert.Equal(ReadOutcome.WriterClosed, Result(blocked).Outcome);
            }
            else
            {
                // The lock says that the writer lives, whatever the number says.
                PeerWrites(hostile.Peer, ++sequence, Size);
                RequireFrame(blocked, sequence);
            }

            hostile.Poke(segment.Name, (field.Offset, (ulong)hostile.Peer.Process.Id));
        }

        hostile.EndWriter();
    }

    [Fact]
    public void Wait_WritePositionSetWhileTheReaderIsBlocked_IsAnError()
    {
        HeaderField field = HeaderField.Of("payload_write_pos");
        foreach (ulong value in field.Values.Where((value, index) => index % 3 == 1 && value != Payload))
        {
            using var segment = new TempSegment("hpos");
            using var reader = ScenarioEnds.Create(segment.Name, Metadata, Payload);
            hostile.Connect(segment.Name);
            Task<ReadResult> blocked = Task.Run(() => Blocked(reader));
            Until(() => reader.State == ReaderState.Waiting);

            hostile.Poke(segment.Name, (field.Offset, value));

            // Out of the ring: the position is wrong. Inside it: it says that there is a frame, and there is none.
            SegmentCorruptedException error = Assert.Throws<SegmentCorruptedException>(() => Result(blocked));
            Assert.Equal(value > Payload ? "payload_write_pos" : "payload_size", error.Field);
            hostile.EndWriter();
        }
    }

    [Fact]
    public void Wait_FreeBytesSetWhileTheReaderIsBlocked_TheWriterSaysSoAndTheReaderWaitsOn()
    {
        HeaderField field = HeaderField.Of("payload_free_bytes");
        using var segment = new TempSegment("hfree");
        using var reader = ScenarioEnds.Create(segment.Name, Metadata, Payload);
        foreach (ulong value in field.Values.Where(value => value != Payload))
        {
            hostile.Connect(segment.Name);
            using var stop = new CancellationTokenSource();
            Task<ReadResult> blocked = Task.Run(() => Blocked(reader, stop.Token));
            Until(() => reader.State == ReaderState.Waiting);

            hostile.Poke(segment.Name, (field.Offset, value));
            JsonElement error = hostile.Peer.Send($"write {Size}", "error");

            Assert.Equal("payload_free_bytes", ZeroBufferPeer.Text(error, "field"));
            Assert.False(blocked.IsCompleted);
            stop.Cancel();
            Assert.ThrowsAny<OperationCanceledException>(() => Result(blocked));
            hostile.Poke(segment.Name, (field.Offset, Payload));
            hostile.EndWriter();
        }
    }

    [Theory]
    [MemberData(nameof(FieldsThatAWriterIgnores))]
    public void Write_FieldSetByTheOtherProcess_NextFrameIsRight(string name)
    {
        HeaderField field = HeaderField.Of(name);
        using var segment = new TempSegment("hwr");
        hostile.Create(segment.Name);
        using (ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name))
        {
            ulong sequence = 0;
            foreach (ulong value in field.Values)
            {
                WriteFrame(writer, Size);
                ulong original = Field(segment.Name, field.Offset);
                hostile.Poke(segment.Name, (field.Offset, value));

                WriteFrame(writer, Size);

                bool own = field.Name is "payload_write_pos" or "payload_written_count";
                hostile.Poke(segment.Name, (field.Offset, own ? Field(segment.Name, field.Offset) : original));
                PeerReadsAndReleases(hostile.Peer, ++sequence, Size);
                PeerReadsAndReleases(hostile.Peer, ++sequence, Size);
            }

            Drained(segment.Name);
        }

        hostile.EndReader();
        NoNames(segment.Name);
    }

    [Theory]
    [MemberData(nameof(FieldsThatAWriterIgnores))]
    public void Write_FieldSetWhileTheWriterIsBlocked_TheNextReleaseWakesIt(string name)
    {
        HeaderField field = HeaderField.Of(name);
        using var segment = new TempSegment("hbl");
        hostile.Create(segment.Name);
        using (ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name))
        {
            // Frames of an eighth of the ring, header included: full, and full again after each one.
            for (int i = 0; i < 8; i++)
            {
                WriteFrame(writer, Size);
            }

            ulong sequence = 0;
            foreach (ulong value in field.Values)
            {
                Task blocked = Task.Run(() => WriteFrame(writer, Size));
                Until(() => writer.State == WriterState.Blocked);
                ulong original = Field(segment.Name, field.Offset);
                hostile.Poke(segment.Name, (field.Offset, value));

                PeerReadsAndReleases(hostile.Peer, ++sequence, Size);

                Assert.True(blocked.Wait(Watchdog.Limit));
                bool moved = field.Name is "payload_write_pos" or "payload_written_count" or "payload_read_pos" or "payload_read_count";
                hostile.Poke(segment.Name, (field.Offset, moved ? Field(segment.Name, field.Offset) : original));
            }
        }

        hostile.EndReader();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_FreeBytesImpossible_IsAnError(bool blocked)
    {
        HeaderField field = HeaderField.Of("payload_free_bytes");
        int frames = blocked ? 8 : 1;
        ulong known = blocked ? 0 : Payload - (ulong)(frames * (Size + 16));
        foreach (ulong value in field.Values.Where(value => value < known || value > Payload))
        {
            using var segment = new TempSegment("hfw");
            hostile.Create(segment.Name);
            using (ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name))
            {
                for (int i = 0; i < frames; i++)
                {
                    WriteFrame(writer, Size);
                }

                Task? waiting = blocked ? Task.Run(() => WriteFrame(writer, Size)) : null;
                Until(() => waiting is null || writer.State == WriterState.Blocked);
                hostile.Poke(segment.Name, (field.Offset, value));

                SegmentCorruptedException error = Assert.Throws<SegmentCorruptedException>(
                    () => (waiting ?? Task.Run(() => WriteFrame(writer, Size))).GetAwaiter().GetResult());
                Assert.Equal("payload_free_bytes", error.Field);
            }

            hostile.EndReader();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_ReaderPidSet_OnlyZeroMeansClosed(bool blocked)
    {
        HeaderField field = HeaderField.Of("reader_pid");
        using var segment = new TempSegment("hrp");
        hostile.Create(segment.Name);
        ulong sequence = 0;
        foreach (ulong value in field.Values)
        {
            using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name, Patience);
            for (int i = 0; blocked && i < 8; i++)
            {
                WriteFrame(writer, Size);
            }

            Task? waiting = blocked ? Task.Run(() => WriteFrame(writer, Size)) : null;
            Until(() => waiting is null || writer.State == WriterState.Blocked);
            hostile.Poke(segment.Name, (field.Offset, value));
            waiting ??= Task.Run(() => WriteFrame(writer, Size));
            if (value == 0)
            {
                Assert.Throws<PeerClosedException>(() => waiting.GetAwaiter().GetResult());
                Assert.Equal(WriterState.NoReader, writer.State);
            }

            // Another number is that of the same reader, as the lock says. Its sequence starts at 1 with each writer of ours.
            hostile.Poke(segment.Name, (field.Offset, (ulong)hostile.Peer.Process.Id));
            sequence = Drain();
            Assert.True(value == 0 || waiting.Wait(Watchdog.Limit));
            sequence += Drain();
            Assert.InRange(sequence, 1UL, 9UL);
        }

        hostile.EndReader();

        ulong Drain()
        {
            ulong frames = 0;
            while (ZeroBufferPeer.Text(hostile.Peer.Send("read 20"), "event") == "frame")
            {
                hostile.Peer.Send("release", "released");
                frames++;
            }

            return frames;
        }
    }

    private static ReadResult Blocked(ZeroBufferReader reader, CancellationToken cancellationToken = default)
    {
        ReadOutcome outcome = reader.Read(out Frame frame, Patience, cancellationToken);
        return new ReadResult(outcome, outcome == ReadOutcome.Frame ? frame.ToOwned() : null);
    }

    private static ReadResult Result(Task<ReadResult> blocked)
    {
        Assert.True(Task.WaitAny([blocked], Watchdog.Limit) == 0, Watchdog.Threads());
        return blocked.GetAwaiter().GetResult();
    }

    private static void RequireFrame(Task<ReadResult> blocked, ulong sequence)
    {
        ReadResult result = Result(blocked);
        Assert.Equal(ReadOutcome.Frame, result.Outcome);
        using OwnedFrame frame = result.Frame!;
        Assert.Equal(sequence, frame.Sequence);
        Assert.True(FramePattern.Matches(frame.Memory.Span, sequence), $"the bytes of frame {sequence}");
    }
}
