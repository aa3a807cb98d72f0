using Plenum.Platform;
using Plenum.ZeroBuffer;
using static Plenum.CrossProcess.Tests.ZeroBuffer.BufferChecks;
using static Plenum.CrossProcess.Tests.ZeroBuffer.HostileProcess;
using static Plenum.CrossProcess.Tests.ZeroBuffer.ScenarioEnds;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>Frame headers, metadata lengths and semaphores made by a hostile process, and fields that never come to rest.</summary>
public sealed class ZeroBufferHostileFrameTests(HostileProcess hostile, ITestOutputHelper output) : IClassFixture<HostileProcess>
{
    private const int Size = 100;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_PayloadSizeOfAFrame_FrameInsideTheRingOrAnErrorThatNamesIt(bool waiting)
    {
        foreach (ulong value in HeaderField.Of("payload_size").Values)
        {
            using var segment = new TempSegment("hfs");
            using var reader = ScenarioEnds.Create(segment.Name, Metadata, Payload);

            (ReadOutcome outcome, int size, SegmentCorruptedException? error) = Read(reader, waiting, value, sequence: 1);

            if (value is >= 1 and <= Payload - 16)
            {
                Assert.Equal(ReadOutcome.Frame, outcome);
                Assert.Equal((int)value, size);
            }
            else
            {
                Assert.Equal("payload_size", error?.Field);
                Assert.Equal(ReaderState.Error, reader.State);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_SequenceNumberOfAFrame_TheExpectedOneOrAnErrorThatNamesIt(bool waiting)
    {
        foreach (ulong value in HeaderField.Of("payload_size").Values)
        {
            using var segment = new TempSegment("hsq");
            using var reader = ScenarioEnds.Create(segment.Name, Metadata, Payload);

            (ReadOutcome outcome, _, SegmentCorruptedException? error) = Read(reader, waiting, Size, value);

            if (value == 1)
            {
                Assert.Equal(ReadOutcome.Frame, outcome);
            }
            else
            {
                Assert.Equal("sequence_number", error?.Field);
            }
        }
    }

    [Fact]
    public void Read_WrapMarkerWhereNoneMayBe_IsAnError()
    {
        using var segment = new TempSegment("hmk");
        using var reader = ScenarioEnds.Create(segment.Name, Metadata, Payload);

        (_, _, SegmentCorruptedException? error) = Read(reader, waiting: false, 0, 0);

        Assert.Equal("payload_size", error?.Field);
    }

    [Fact]
    public void Metadata_LengthsThatLie_AreAnErrorThatNamesThem()
    {
        using var segment = new TempSegment("hmd");
        using var reader = ScenarioEnds.Create(segment.Name, Metadata, Payload);
        foreach (ulong value in HeaderField.Of("metadata_written_bytes").Values)
        {
            // The header's field, then the length before the metadata, each with a right value of the other.
            hostile.Poke(segment.Name, (0x18, value), (0x80, value - 8));
            if (value is 0 or (>= 8 and <= Metadata))
            {
                Assert.Equal(value == 0 ? null : (int)value - 8, reader.Metadata.ToArray()?.Length);
            }
            else
            {
                Assert.Equal(
                    "metadata_written_bytes", Assert.Throws<SegmentCorruptedException>(() => reader.Metadata.ToArray()).Field);
            }

            hostile.Poke(segment.Name, (0x18, 28), (0x80, value));
            if (value != 20)
            {
                Assert.Equal("metadata length", Assert.Throws<SegmentCorruptedException>(() => reader.Metadata.ToArray()).Field);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(1_000_000_000)]
    public void Read_TokensWithoutFrames_AreNoFramesAndNoEndlessLoop(int tokens)
    {
        using var segment = new TempSegment("htk");
        using var reader = ScenarioEnds.Create(segment.Name, Metadata, Payload);
        hostile.Connect(segment.Name);
        PeerWrites(hostile.Peer, 1, Size);
        hostile.Post("sem-w-" + segment.Name, tokens);
        ReadFrame(reader, 1, Size);

        // A ring of 1024 bytes holds no thousand million frames: that is an error; a few too many are passed over.
        if (tokens > Payload)
        {
            SegmentCorruptedException error = Assert.Throws<SegmentCorruptedException>(() => reader.Read(out _, Patience));
            Assert.Equal("sem-w-" + segment.Name, error.Field);
            hostile.EndWriter();
            return;
        }

        Assert.Equal(ReadOutcome.TimedOut, reader.Read(out _, TimeSpan.FromMilliseconds(20)));
        PeerWrites(hostile.Peer, 2, Size);
        ReadFrame(reader, 2, Size);
        hostile.EndWriter();
        Assert.Equal(0, DrainUntil(reader, ReadOutcome.WriterClosed));
        Drained(segment.Name);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_000_000_000)]
    public void Write_TokensWithoutSpace_AreNoSpaceAndNoEndlessLoop(int tokens)
    {
        using var segment = new TempSegment("hts");
        hostile.Create(segment.Name);
        using (ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name))
        {
            while (writer.TryWrite(FramePattern.Make(Size, (ulong)writer.Statistics.Frames + 1)))
            {
            }

            hostile.Post("sem-r-" + segment.Name, tokens);

            Assert.False(writer.TryWrite(new byte[Size], TimeSpan.FromMilliseconds(20)));

            int frames = (int)writer.Statistics.Frames;
            for (ulong sequence = 1; sequence <= (ulong)frames; sequence++)
            {
                PeerReadsAndReleases(hostile.Peer, sequence, Size);
            }

            WriteFrame(writer, Size);
            PeerReadsAndReleases(hostile.Peer, (ulong)frames + 1, Size);
        }

        hostile.EndReader();
    }

    // From, to: the header, the header without pids and sizes, the ring.
    [Theory]
    [InlineData(0x00, 0x80)]
    [InlineData(0x28, 0x50)]
    [InlineData(Ring, Ring + Payload)]
    [InlineData(0x00, Ring + Payload)]
    public void Storm_FieldsThatNeverComeToRest_FramesOrErrorsAndNothingElse(int from, int to)
    {
        int rounds = Campaign.Count(6, 300);
        long stores = 0;
        int frames = 0;
        var errors = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int round = 0; round < rounds; round++)
        {
            using var segment = new TempSegment("hst");
            bool reading = round % 2 == 0;
            ZeroBufferReader? reader = reading ? ScenarioEnds.Create(segment.Name, Metadata, Payload) : null;
            if (!reading)
            {
                hostile.Create(segment.Name);
            }

            // The other end of the exchange is in this process too: what is tested is what each does with what it finds.
            using ZeroBufferWriter? writer = reading ? null : ZeroBufferWriter.Connect(segment.Name);
            using ZeroBufferWriter? source = reading ? ZeroBufferWriter.Connect(segment.Name) : null;
            hostile.Peer.Send($"storm {segment.Name} {from} {to} {round + 1}", "storming");
            string end = Watchdog.Run(() => Exchange(reader, writer ?? source!, ref frames));
            stores += ZeroBufferPeer.Number(hostile.Peer.Send("calm", "calm"), "stores");
            errors[end] = errors.GetValueOrDefault(end) + 1;
            writer?.Dispose();
            source?.Dispose();
            reader?.Dispose();
            if (!reading)
            {
                hostile.EndReader();
            }
        }

        Assert.Equal(rounds, errors.Values.Sum());
        Assert.True(stores >= rounds);
        output.WriteLine(
            $"{from:x}..{to:x}: {rounds} rounds, {stores} hostile stores, {frames} frames; ends: "
            + string.Join(", ", errors.Select(error => $"{error.Key} {error.Value}")));
    }

    // A few hundred operations, or the first error of a kind that a user is told of; anything else fails the test.
    private static string Exchange(ZeroBufferReader? reader, ZeroBufferWriter writer, ref int frames)
    {
        byte[] data = new byte[Size];
        try
        {
            for (int i = 0; i < 400; i++)
            {
                writer.TryWrite(data, TimeSpan.FromMilliseconds(reader is null ? 1 : 0));
                if (reader is not null && reader.Read(out Frame frame, TimeSpan.FromMilliseconds(1)) == ReadOutcome.Frame)
                {
                    using (frame)
                    {
                        Assert.InRange(frame.SizeBytes, 1, Payload - 16);
                        Assert.True(FramePattern.Checksum(frame.Span) != 0);
                        frames++;
                    }
                }
            }

            return "all operations";
        }
        catch (SegmentCorruptedException e)
        {
            return e.Field;
        }
        catch (Exception e) when (e is PeerClosedException or PeerTerminatedException or FrameSizeException)
        {
            return e.GetType().Name;
        }
    }

    // A hostile process makes a frame at the start of the ring by hand.
    private (ReadOutcome Outcome, int Size, SegmentCorruptedException? Error) Read(
        ZeroBufferReader reader, bool waiting, ulong size, ulong sequence)
    {
        Task<(ReadOutcome, int)>? blocked = waiting ? Task.Run(() => ReadOnce(reader)) : null;
        Until(() => blocked is null || reader.State == ReaderState.Waiting);
        hostile.Poke(
            reader.Name, (Ring, size), (Ring + 8, sequence), (0x28, Payload - Size - 16), (0x40, 1), (0x30, Size + 16));
        hostile.Post("sem-w-" + reader.Name);
        try
        {
            (ReadOutcome outcome, int found) = (blocked ?? Task.Run(() => ReadOnce(reader))).GetAwaiter().GetResult();
            return (outcome, found, null);
        }
        catch (SegmentCorruptedException e)
        {
            return (ReadOutcome.TimedOut, 0, e);
        }
    }

    private static (ReadOutcome Outcome, int Size) ReadOnce(ZeroBufferReader reader)
    {
        ReadOutcome outcome = reader.Read(out Frame frame, Patience);
        using (frame)
        {
            return (outcome, outcome == ReadOutcome.Frame ? frame.SizeBytes : 0);
        }
    }
}
