using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text.Json.Serialization;

namespace Plenum.ZeroBuffer.Tests;

/// <summary>Batches, gather writes, asynchronous use, metadata forms, announcements, sizing, health and metrics.</summary>
public sealed partial class ExchangeTests
{
    [Fact]
    public void WriteBatch_PublishesOnce_AndReadBatchReadsAll()
    {
        using var pair = new Pair();
        using (FrameBatchWriter batch = pair.Writer.StartBatch())
        {
            for (int i = 1; i <= 5; i++)
            {
                Assert.True(batch.TryAdd(Pair.P(100, i)));
            }

            Assert.Equal(5, batch.Count);
            Assert.Equal(0, pair.SemW.Count);
            Assert.Equal(10240ul, pair.Free);
            Assert.Throws<InvalidOperationException>(() => pair.Writer.TryWrite([1]));
            batch.Publish();
        }

        Assert.Equal(5, pair.SemW.Count);
        Assert.Equal(10240ul - 580, pair.Free);
        Assert.Equal(ReadOutcome.Frame, pair.Reader.ReadBatch(out FrameBatch read, 16, Pair.Patience));
        Assert.Equal(5, read.Count);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal((ulong)i + 1, read.SequenceOf(i));
            Assert.True(read[i].SequenceEqual(Pair.P(100, i + 1)));
        }

        read.Dispose();
        read.Dispose();
        Assert.Equal(0, read.Count);
        Assert.Equal(10240ul, pair.Free);
        Assert.Equal(5, pair.SemR.Count);
    }

    [Fact]
    public void StartBatch_NotPublished_LeavesNoTrace()
    {
        using var pair = new Pair();
        byte[] header = pair.Bytes()[..128];

        using (FrameBatchWriter batch = pair.Writer.StartBatch())
        {
            Assert.True(batch.TryAdd(Pair.P(100, 1)));
            Assert.True(batch.TryAdd(Pair.P(100, 2)));
        }

        Assert.Equal(header, pair.Bytes()[..128]);
        pair.WriteP(10, 1);
        pair.ReadAndCheck(1, 10);
    }

    [Fact]
    public void Batches_ThroughWraps_KeepEveryFrame()
    {
        using var pair = new Pair(0, 1024);
        int next = 1;
        int read = 1;
        while (read <= 500)
        {
            using (FrameBatchWriter batch = pair.Writer.StartBatch())
            {
                while (batch.TryAdd(Pair.P(1 + (next % 90), next)))
                {
                    next++;
                }

                batch.Publish();
            }

            while (pair.Reader.ReadBatch(out FrameBatch frames, 7, TimeSpan.Zero) == ReadOutcome.Frame)
            {
                for (int i = 0; i < frames.Count; i++, read++)
                {
                    Assert.Equal((ulong)read, frames.SequenceOf(i));
                    Assert.True(frames[i].SequenceEqual(Pair.P(1 + (read % 90), read)));
                }

                frames.Dispose();
            }
        }

        Assert.Equal(1024ul, pair.Free);
        Assert.Equal(next, read);
    }

    [Fact]
    public void WriteBatch_OfMemories_WritesWhatFits()
    {
        using var pair = new Pair(0, 1024);
        ReadOnlyMemory<byte>[] frames = [.. Enumerable.Range(1, 20).Select(i => (ReadOnlyMemory<byte>)Pair.P(100, i))];

        int first = pair.Writer.WriteBatch(frames);

        Assert.Equal(8, first);
        for (int i = 1; i <= first; i++)
        {
            pair.ReadAndCheck((ulong)i, 100);
        }

        Assert.Equal(8, pair.SemR.Count);
        Assert.True(pair.Writer.WriteBatch(frames.AsSpan(first)) > 0);
    }

    [Fact]
    public void TryWrite_Pieces_BecomeOneFrame()
    {
        using var pair = new Pair();
        var second = new Piece(new byte[] { 4, 5 }, 3);
        var first = new Piece(new byte[] { 1, 2, 3 }, 0) { Following = second };

        Assert.True(pair.Writer.TryWrite([1, 2, 3], [4, 5]));
        Assert.True(pair.Writer.TryWrite(new ReadOnlySequence<byte>(first, 0, second, 2)));

        for (int i = 0; i < 2; i++)
        {
            Assert.True(pair.Reader.TryRead(out Frame frame));
            Assert.Equal([1, 2, 3, 4, 5], frame.ToArray());
            frame.Dispose();
        }
    }

    [Fact]
    public async Task ReadAllAsync_YieldsAllFramesUntilTheWriterCloses()
    {
        using var pair = new Pair(0, 4096);
        Task writer = Task.Run(async () =>
        {
            for (int i = 1; i <= 300; i++)
            {
                await pair.Writer.WriteAsync(Pair.P(500, i));
            }

            pair.Writer.Dispose();
        });

        ulong count = 0;
        await foreach (OwnedFrame frame in pair.Reader.ReadAllAsync())
        {
            using (frame)
            {
                count++;
                Assert.Equal(count, frame.Sequence);
                Assert.True(frame.Memory.Span.SequenceEqual(Pair.P(500, (long)count)));
            }
        }

        await writer;
        Assert.Equal(300ul, count);
        Assert.Equal(4096ul, pair.Free);
    }

    [Fact]
    public async Task ReadAsync_TimedOutAndCancelled_LeaveTheReaderUsable()
    {
        using var pair = new Pair();
        ReadResult late = await pair.Reader.ReadAsync(TimeSpan.FromMilliseconds(5));
        Assert.Equal(new ReadResult(ReadOutcome.TimedOut, null), late);

        using var cancel = new CancellationTokenSource();
        ValueTask<OwnedFrame?> pending = pair.Reader.ReadAsync(cancel.Token);
        Assert.Throws<InvalidOperationException>(() => pair.Reader.TryRead(out _));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pending);

        pair.WriteP(10, 1);
        using OwnedFrame frame = (await pair.Reader.ReadAsync())!;
        Assert.Equal(10, frame.SizeBytes);
    }

    [Fact]
    public async Task ReadAsync_ReaderDisposed_Ends()
    {
        using var pair = new Pair();
        ValueTask<OwnedFrame?> pending = pair.Reader.ReadAsync();

        pair.Reader.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await pending);
    }

    [Fact]
    public void Metadata_JsonTextAndInPlace_RoundTrip()
    {
        using var json = new Pair();
        json.Writer.Metadata.WriteJson(new Video(1920, 1080, "rgb"), VideoContext.Default.Video);
        Assert.Equal(new Video(1920, 1080, "rgb"), json.Reader.Metadata.ReadJson(VideoContext.Default.Video));

        using var text = new Pair();
        Assert.Null(text.Reader.Metadata.ReadText());
        using (MetadataReservation reservation = text.Writer.Metadata.Reserve(3))
        {
            "abc"u8.CopyTo(reservation.Span);
            Assert.Null(text.Reader.Metadata.ReadText());
            reservation.Commit();
        }

        Assert.True(text.Reader.Metadata.TryGet(out MetadataView view));
        text.Writer.Dispose();
        text.Reader.Dispose();
        Assert.True(view.Span.SequenceEqual("abc"u8));
        view.Dispose();
        Assert.False(view.IsValid);
    }

    [Fact]
    public void StreamAnnouncement_Line_IsAsDocumentedAndParsesBack()
    {
        using var pair = new Pair(4096, 65536);
        var announcement = StreamAnnouncement.For(pair.Reader);

        string line = announcement.ToLine();

        Assert.Equal(
            "> {\"jsonrpc\":\"2.0\",\"method\":\"start-stream\",\"params\":[\"" + pair.Name + "\",4096,65536]}", line);
        Assert.Equal(announcement, StreamAnnouncement.Parse(line));
        Assert.Equal(announcement, StreamAnnouncement.Parse("  >" + line[2..] + "  "));
        pair.Writer.Dispose();
        using ZeroBufferWriter writer = announcement.Connect(Pair.Patience);
        Assert.Equal(65536, writer.PayloadSizeBytes);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData(">")]
    [InlineData("> {")]
    [InlineData("> []")]
    [InlineData("> {\"jsonrpc\":\"1.0\",\"method\":\"start-stream\",\"params\":[\"x\",1,1]}")]
    [InlineData("> {\"jsonrpc\":\"2.0\",\"method\":\"stop-stream\",\"params\":[\"x\",1,1]}")]
    [InlineData("> {\"jsonrpc\":\"2.0\",\"method\":\"start-stream\",\"params\":[\"x\",1]}")]
    [InlineData("> {\"jsonrpc\":\"2.0\",\"method\":\"start-stream\",\"params\":[\"a/b\",1,1]}")]
    [InlineData("> {\"jsonrpc\":\"2.0\",\"method\":\"start-stream\",\"params\":[\"x\",-1,1]}")]
    [InlineData("> {\"jsonrpc\":\"2.0\",\"method\":\"start-stream\",\"params\":[\"x\",1,9223372036854775807]}")]
    [InlineData("> {\"jsonrpc\":\"2.0\",\"method\":\"start-stream\",\"params\":[\"\\ud800\",1,1]}")]
    public void StreamAnnouncement_OtherLines_AreNotRecognised(string? line)
    {
        Assert.False(StreamAnnouncement.TryParse(line, out _));
        Assert.Throws<FormatException>(() => StreamAnnouncement.Parse(line ?? string.Empty));
    }

    [Fact]
    public async Task StreamAnnouncement_FindAsync_SkipsOtherOutput()
    {
        using var output = new StringReader("starting\n> not this\n" + new StreamAnnouncement("x", 0, 64).ToLine() + "\nrest");

        Assert.Equal(new StreamAnnouncement("x", 0, 64), await StreamAnnouncement.FindAsync(output));
        Assert.Equal("rest", await output.ReadLineAsync());
        using var empty = new StringReader("nothing");
        Assert.Null(await StreamAnnouncement.FindAsync(empty));
    }

    [Fact]
    public void Sizing_DocumentedExamples_ComeOut()
    {
        Assert.Equal(20L << 20, ZeroBufferSizing.RoundedRuleOfThumb(6L << 20, 4));
        Assert.Equal(20L << 20, ZeroBufferSizing.RoundedRuleOfThumb(1920 * 1080 * 3, 10));
        Assert.Equal(80L << 20, ZeroBufferSizing.RoundedRuleOfThumb(25L << 20, 4));
        Assert.Equal(80L << 20, ZeroBufferSizing.RoundedRuleOfThumb(3840 * 2160 * 3, 10));
        Assert.Equal(8192, ZeroBufferSizing.RoundedRuleOfThumb(1024, 100));
        Assert.Equal((3 * 1024) + 1600, ZeroBufferSizing.RuleOfThumb(1024, 100));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(100, 1)]
    [InlineData(100, 7)]
    [InlineData(1000, 3)]
    public void Sizing_RequiredPayload_HoldsTheFramesAtAnyPosition(int size, int inFlight)
    {
        using var pair = new Pair(0, ZeroBufferSizing.RequiredPayload(size, inFlight));
        ulong read = 0;
        for (int start = 1; start < 60; start++)
        {
            // Moves the position by an odd amount, then fills.
            pair.Writer.Write(new byte[1 + (start % size)]);
            Assert.True(pair.Reader.TryRead(out Frame shift));
            shift.Dispose();
            read++;
            for (int i = 0; i < inFlight; i++)
            {
                Assert.True(pair.Writer.TryWrite(new byte[size]), $"frame {i} at start {start}");
            }

            for (int i = 0; i < inFlight; i++)
            {
                Assert.True(pair.Reader.TryRead(out Frame frame));
                Assert.Equal(++read, frame.Sequence);
                frame.Dispose();
            }
        }
    }

    [Fact]
    public void Health_FollowsTheThresholds_AndRaisesChanges()
    {
        using var pair = new Pair(0, 6400);
        var seen = new List<BufferHealthChange>();
        pair.Writer.HealthChanged += (sender, change) =>
        {
            Assert.Same(pair.Writer, sender);
            Assert.True(pair.Writer.Statistics.Frames > 0);
            seen.Add(change);
        };
        var atReader = new List<BufferHealth>();
        pair.Reader.HealthChanged += (_, change) => atReader.Add(change.Current);

        // 100 frames of 64 bytes in total fill the ring: 79 % is healthy, 80 % and 95 % degraded, 96 % critical.
        for (int i = 1; i <= 96; i++)
        {
            pair.WriteP(48, i);
            Assert.Equal(
                i < 80 ? BufferHealth.Healthy : i <= 95 ? BufferHealth.Degraded : BufferHealth.Critical, pair.Writer.Health);
        }

        Assert.Equal([BufferHealth.Degraded, BufferHealth.Critical], seen.Select(change => change.Current));
        Assert.Equal(0.96, pair.Reader.Utilisation, 6);
        for (ulong i = 1; i <= 96; i++)
        {
            pair.ReadAndCheck(i, 48);
        }

        Assert.Equal(BufferHealth.Healthy, atReader[^1]);
        Assert.Equal(0, pair.Writer.Utilisation, 6);
    }

    [Fact]
    public void States_FollowWhatTheEndpointsDo()
    {
        using var pair = new Pair();
        Assert.Equal(ReaderState.Created, pair.Reader.State);
        Assert.Equal(WriterState.Connected, pair.Writer.State);
        Assert.True(pair.Reader.IsWriterConnected);
        Assert.True(pair.Writer.IsReaderConnected);

        FrameReservation reservation = pair.Writer.Reserve(10);
        Assert.Equal(WriterState.Writing, pair.Writer.State);
        reservation.Commit();
        Assert.True(pair.Reader.TryRead(out Frame frame));
        Assert.Equal(ReaderState.Processing, pair.Reader.State);
        frame.Dispose();
        Assert.Equal(ReaderState.Reading, pair.Reader.State);

        pair.Writer.Dispose();
        Assert.Equal(WriterState.Shutdown, pair.Writer.State);
        Assert.False(pair.Reader.IsWriterConnected);
        Assert.False(pair.Writer.IsReaderConnected);
        Assert.Equal(new BufferStatistics(1, 10, 0, 0), pair.Reader.Statistics);
        pair.Reader.Dispose();
        Assert.Equal(ReaderState.Shutdown, pair.Reader.State);
        Assert.Equal(0, pair.Reader.Utilisation, 6);
    }

    [Fact]
    public void Metrics_AreObservable()
    {
        using var pair = new Pair();
        pair.WriteP(100, 1);
        var values = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Plenum.ZeroBuffer")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Keep(i, value, tags));
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Keep(i, value, tags));
        listener.Start();

        listener.RecordObservableInstruments();

        Assert.Equal(1, values["plenum.zerobuffer.frames/writer"]);
        Assert.Equal(100, values["plenum.zerobuffer.bytes/writer"]);
        Assert.Equal(0, values["plenum.zerobuffer.frames/reader"]);
        Assert.Equal(116 / 10240.0, values["plenum.zerobuffer.utilisation/reader"], 6);

        void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if ((string?)tags[0].Value == pair.Name)
            {
                values[$"{instrument.Name}/{tags[1].Value}"] = value;
            }
        }
    }

    internal sealed record Video(int Width, int Height, string Format);

    [JsonSerializable(typeof(Video))]
    internal sealed partial class VideoContext : JsonSerializerContext;

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        internal Piece(byte[] data, long index)
        {
            Memory = data;
            RunningIndex = index;
        }

        internal Piece Following
        {
            set => Next = value;
        }
    }
}
