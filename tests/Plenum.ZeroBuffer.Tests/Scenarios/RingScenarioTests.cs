namespace Plenum.ZeroBuffer.Tests.Scenarios;

/// <summary>Features 4, 5, 6, 7, 10 and 12: the ring, its accounting and its errors.</summary>
public sealed class RingScenarioTests
{
    [Fact]
    public void Scenario_4_1_AlternatingFrameSizes()
    {
        using var pair = new Pair();
        for (ulong i = 1; i <= 60; i++)
        {
            WriteRead(pair, i, i % 3 == 2 ? 1 : 9216);
        }

        Assert.Equal(10240ul, pair.Free);
    }

    [Fact]
    public void Scenario_4_2_SemaphoreSignalCoalescing()
    {
        using var pair = new Pair();
        for (int i = 1; i <= 10; i++)
        {
            pair.WriteP(10, i);
        }

        Assert.Equal(10, pair.SemW.Count);
        for (ulong i = 1; i <= 10; i++)
        {
            pair.ReadAndCheck(i, 10);
        }

        Assert.Equal(0, pair.SemW.Count);
        Assert.Equal(10, pair.SemR.Count);
    }

    [Fact]
    public void Scenario_4_3_ZeroSizedMetadataBlock()
    {
        using var pair = new Pair(0, 1024);

        Assert.Throws<ArgumentException>(() => pair.Writer.Metadata.WriteText("x"));
        pair.WriteP(10, 1);
        pair.ReadAndCheck(1, 10);
        Assert.Null(pair.Reader.Metadata.ReadText());
    }

    [Fact]
    public void Scenario_4_4_MinimumBufferSizes()
    {
        using var pair = new Pair(0, 17);

        Assert.Equal(64, pair.Reader.PayloadSizeBytes);
        FrameSizeException error = Assert.Throws<FrameSizeException>(() => pair.Writer.TryWrite(new byte[49]));
        Assert.Equal(FrameSizeError.LargerThanRing, error.Error);
        Assert.Equal(48, error.FittingSizeBytes);
        WriteRead(pair, 1, 1);
    }

    [Fact]
    public async Task Scenario_4_5_ReaderSlowerThanWriter()
    {
        using var pair = new Pair(0, 1024);
        Task writer = BasicScenarioTests.Background(() =>
        {
            for (int i = 1; i <= 100; i++)
            {
                Assert.True(pair.Writer.TryWrite(Pair.P(100, i), Pair.Patience));
            }
        });

        for (ulong i = 1; i <= 100; i++)
        {
            await Task.Yield();
            pair.ReadAndCheck(i, 100);
        }

        await writer;
        Assert.Equal(1024ul, pair.Free);
    }

    [Fact]
    public void Scenario_4_6_ExactBufferFit()
    {
        using var pair = new Pair();
        pair.WriteP(10224, 1);

        Assert.Equal(0ul, pair.Free);
        Assert.False(pair.Writer.TryWrite([1]));
        pair.ReadAndCheck(1, 10224);
        Assert.True(pair.Writer.TryWrite(Pair.P(10224, 2)));
        pair.ReadAndCheck(2, 10224);
    }

    [Fact]
    public void Scenario_4_7_MinimumFrameSize()
    {
        using var pair = new Pair();

        FrameSizeException error = Assert.Throws<FrameSizeException>(() => pair.Writer.Write([]));
        Assert.Equal(FrameSizeError.Empty, error.Error);
        pair.WriteP(1, 1);
        Assert.Equal(10240ul - 17, pair.Free);
        pair.ReadAndCheck(1, 1);
    }

    [Fact]
    public void Scenario_4_8_WrapAroundBehavior()
    {
        using var pair = new Pair();
        WriteRead(pair, 1, 6144);

        // 7168 fits neither behind 6160 nor, with the skipped end, at the start: it can never be written from here.
        FrameSizeException error = Assert.Throws<FrameSizeException>(
            () => pair.Writer.TryWrite(new byte[7168], Pair.Patience));

        Assert.Equal(FrameSizeError.NeverFitsHere, error.Error);
        Assert.Equal(6144, error.FittingSizeBytes);
        WriteRead(pair, 2, (int)error.FittingSizeBytes);
        Assert.Equal(1, pair.Writer.Statistics.Wraps);
    }

    [Fact]
    public async Task Scenario_4_9_RapidWriteReadCycles()
    {
        using var pair = new Pair();
        Task writer = BasicScenarioTests.Background(() => BasicScenarioTests.WriteMany(pair, 10_000));

        for (ulong i = 1; i <= 10_000; i++)
        {
            pair.ReadAndCheck(i, 1024);
        }

        await writer;
    }

    [Fact]
    public void Scenario_4_10_BufferFullWithMultipleWritersRejected()
    {
        using var pair = new Pair();
        for (int i = 1; i <= 8; i++)
        {
            pair.WriteP(1024, i);
        }

        Assert.Equal(BufferHealth.Degraded, pair.Writer.Health);
        Assert.Throws<SegmentBusyException>(() => ZeroBufferWriter.Connect(pair.Name));
        pair.WriteP(1024, 9);
        Assert.False(pair.Writer.TryWrite(Pair.P(1024, 10)));
    }

    [Fact]
    public void Scenario_5_2_InvalidFrameHeaderDetection()
    {
        using var pair = new Pair();
        pair.WriteP(100, 1);
        pair.Poke(0x480, 0);

        SegmentCorruptedException error = Assert.Throws<SegmentCorruptedException>(() => pair.Reader.TryRead(out _));

        Assert.Equal("payload_size", error.Field);
        Assert.Equal(ReaderState.Error, pair.Reader.State);
        Assert.Throws<SegmentCorruptedException>(() => pair.Reader.TryRead(out _));
    }

    [Fact]
    public void Scenario_5_5_WrapAroundWithWastedSpace()
    {
        using var pair = new Pair();
        WriteRead(pair, 1, 10240 - 100 - 16);

        pair.WriteP(200, 2);

        Assert.True(pair.Raw.ReadOnlySpan(0x480 + 10140, 16).IndexOfAnyExcept((byte)0) < 0);
        Assert.Equal(10240ul - 100 - 216, pair.Free);
        Assert.Equal(216ul, pair.WritePosition);
        Assert.Equal(3ul, pair.WrittenCount);
        pair.ReadAndCheck(2, 200);
        Assert.Equal(10240ul, pair.Free);
        Assert.Equal(3ul, pair.ReadCount);
    }

    [Theory]
    [InlineData(5000, 2000, 5224)]
    [InlineData(2000, 5000, 2984)]
    [InlineData(5000, 5000, 5224)]
    [InlineData(0, 0, 10224)]
    [InlineData(5000, 0, 5224)]
    public void Scenario_5_6_ContinuousFreeSpaceCalculation(long write, long read, long largest)
    {
        using var pair = new Pair(connect: false);
        ulong free = write >= read ? (ulong)(10240 - (write - read)) : (ulong)(read - write);
        pair.Poke(0x30, (ulong)write);
        pair.Poke(0x38, (ulong)read);
        pair.Poke(0x28, free);
        pair.Connect();

        int size = 10224;
        while (!Fits(pair, size))
        {
            size--;
        }

        Assert.Equal(largest, size);
    }

    [Fact]
    public void Scenario_5_7_MaximumFrameSize()
    {
        using var pair = new Pair(0, 100L * 1024 * 1024);
        const int maximum = (100 * 1024 * 1024) - 16;

        Assert.Throws<FrameSizeException>(() => pair.Writer.TryReserve(maximum + 1, out _));
        using (FrameReservation reservation = pair.Writer.Reserve(maximum))
        {
            reservation.Span[0] = 1;
            reservation.Span[^1] = 2;
            reservation.Commit();
        }

        Assert.True(pair.Reader.TryRead(out Frame frame));
        Assert.Equal(maximum, frame.SizeBytes);
        Assert.Equal(1, frame.Span[0]);
        Assert.Equal(2, frame.Span[^1]);
        frame.Dispose();
    }

    [Fact]
    public void Scenario_6_1_SequenceNumberGapDetection()
    {
        using var pair = new Pair();
        for (int i = 1; i <= 3; i++)
        {
            pair.WriteP(100, i);
        }

        pair.Poke(0x480 + (2 * 116) + 8, 5);
        pair.ReadAndCheck(1, 100);
        pair.ReadAndCheck(2, 100);

        SegmentCorruptedException error = Assert.Throws<SegmentCorruptedException>(() => pair.Reader.TryRead(out _));

        Assert.Equal("sequence_number", error.Field);
        Assert.Equal("5", error.Value);
        Assert.Contains("3 was expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scenario_6_2_BurstWrite()
    {
        using var pair = new Pair(payload: 102400);

        for (int i = 1; i <= 50; i++)
        {
            Assert.True(pair.Writer.TryWrite(Pair.P(1024, i)));
        }

        for (ulong i = 1; i <= 50; i++)
        {
            pair.ReadAndCheck(i, 1024);
        }
    }

    [Fact]
    public async Task Scenario_6_3_SlowReaderFlowControl()
    {
        using var pair = new Pair(0, 51200);
        Task writer = BasicScenarioTests.Background(() => BasicScenarioTests.WriteMany(pair, 200));

        for (ulong i = 1; i <= 200; i++)
        {
            await Task.Yield();
            pair.ReadAndCheck(i, 1024);
        }

        await writer;
        Assert.Equal(51200ul, pair.Free);
    }

    [Fact]
    public void Scenario_6_4_SemaphoreSignalOrdering()
    {
        using var pair = new Pair();
        pair.WriteP(10, 1);
        pair.WriteP(20, 2);

        Assert.Equal(2, pair.SemW.Count);
        pair.ReadAndCheck(1, 10);
        Assert.Equal(1, pair.SemW.Count);
        pair.ReadAndCheck(2, 20);
        Assert.Equal(0, pair.SemW.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1024)]
    [InlineData(1024 * 1024)]
    [InlineData(10 * 1024 * 1024)]
    public void Scenario_7_4_PatternValidation(int size)
    {
        using var pair = new Pair(payload: 24L * 1024 * 1024);

        WriteRead(pair, 1, size);
        WriteRead(pair, 2, size);
    }

    [Fact]
    public void Scenario_10_2_InvalidFrameHeaderVariations()
    {
        foreach ((int offset, ulong value, string field) in new[]
        {
            (0, 10225ul, "payload_size"),
            (0, ulong.MaxValue, "payload_size"),
            (0, 0x4D41474943ul, "payload_size"),
            (8, 7ul, "sequence_number"),
            (8, 0ul, "sequence_number"),
        })
        {
            using var pair = new Pair();
            pair.WriteP(100, 1);
            pair.Poke(0x480 + offset, value);

            SegmentCorruptedException error = Assert.Throws<SegmentCorruptedException>(
                () => pair.Reader.TryRead(out _));
            Assert.Equal(field, error.Field);
        }
    }

    internal static void WriteRead(Pair pair, ulong sequence, int size)
    {
        Assert.True(pair.Writer.TryWrite(Pair.P(size, (long)sequence)));
        pair.ReadAndCheck(sequence, size);
    }

    private static bool Fits(Pair pair, int size)
    {
        try
        {
            if (!pair.Writer.TryReserve(size, out FrameReservation reservation))
            {
                return false;
            }

            reservation.Dispose();
            return true;
        }
        catch (FrameSizeException) when (size > 64)
        {
            return false;
        }
    }
}
