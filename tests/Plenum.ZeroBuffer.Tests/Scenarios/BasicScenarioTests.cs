namespace Plenum.ZeroBuffer.Tests.Scenarios;

/// <summary>Features 1 and 3: basic exchange and metadata. Names carry the scenario's number.</summary>
public sealed class BasicScenarioTests
{
    [Fact]
    public void Scenario_1_1_SimpleWriteReadCycle()
    {
        using var pair = new Pair();
        pair.Writer.Metadata.Write(Pair.P(100, 0));

        pair.WriteP(1024, 1);

        Assert.Equal(Pair.P(100, 0), pair.Reader.Metadata.ToArray());
        pair.ReadAndCheck(1, 1024);
    }

    [Fact]
    public void Scenario_1_2_MultipleFramesSequential()
    {
        using var pair = new Pair();

        for (int i = 1; i <= 3; i++)
        {
            pair.WriteP(1024, i);
        }

        for (ulong i = 1; i <= 3; i++)
        {
            pair.ReadAndCheck(i, 1024);
        }
    }

    [Fact]
    public void Scenario_1_3_BufferFullHandling()
    {
        using var pair = new Pair();
        byte[] data = Pair.P(1024, 1);
        int written = 0;
        while (pair.Writer.TryWrite(data))
        {
            written++;
        }

        Assert.Equal(9, written);
        Assert.False(pair.Writer.TryWrite(data, TimeSpan.FromMilliseconds(20)));

        // The tail of 880 bytes cannot take a frame, so one at the start needs two released frames.
        Assert.True(pair.Reader.TryRead(out Frame first));
        first.Dispose();
        Assert.True(pair.Writer.TryWrite(Pair.P(800, 10)));
        Assert.True(pair.Reader.TryRead(out Frame second));
        second.Dispose();
        Assert.True(pair.Writer.TryWrite(data));
    }

    [Fact]
    public void Scenario_1_3_WriteThatStaysFull_Throws()
    {
        using var name = new TempSegment("full");
        using var reader = ZeroBufferReader.Create(name.Name, new ZeroBufferOptions { PayloadSizeBytes = 64 });
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(
            name.Name, new ZeroBufferOptions { WriteTimeout = TimeSpan.FromMilliseconds(1) });
        writer.Write(new byte[48]);

        Assert.Throws<TimeoutException>(() => writer.Write(new byte[48]));
    }

    [Fact]
    public void Scenario_1_4_ZeroCopyWriteOperations()
    {
        using var pair = new Pair();

        using (FrameReservation reservation = pair.Writer.Reserve(4096))
        {
            Assert.Equal(1ul, reservation.Sequence);
            Pair.P(4096, 1).CopyTo(reservation.Span);
            Assert.False(pair.Reader.TryRead(out _));
            reservation.Commit();
        }

        pair.ReadAndCheck(1, 4096);
    }

    [Fact]
    public void Scenario_1_5_MixedFrameSizes()
    {
        using var pair = new Pair(payload: 40960);
        int[] sizes = [100, 1024, 10240, 1];

        for (int i = 0; i < sizes.Length; i++)
        {
            pair.WriteP(sizes[i], i + 1);
        }

        for (int i = 0; i < sizes.Length; i++)
        {
            pair.ReadAndCheck((ulong)i + 1, sizes[i]);
        }
    }

    [Fact]
    public async Task Scenario_1_6_SlowReaderWithFastWriter()
    {
        using var pair = new Pair(64, 10240);
        Task writer = Background(() => WriteMany(pair, 20));

        for (ulong i = 1; i <= 20; i++)
        {
            await Task.Yield();
            pair.ReadAndCheck(i, 1024);
        }

        await writer;
        Assert.Equal(10240ul, pair.Free);
    }

    [Fact]
    public async Task Scenario_1_7_SlowReaderHighVolume()
    {
        using var pair = new Pair(64, 10240);
        Task writer = Background(() => WriteMany(pair, 5000));

        for (ulong i = 1; i <= 5000; i++)
        {
            pair.ReadAndCheck(i, 1024);
        }

        await writer;
        Assert.Equal(10240ul, pair.Free);
        Assert.Equal(0, pair.SemW.Count);
    }

    [Fact]
    public void Scenario_3_1_MetadataWriteOnce()
    {
        using var pair = new Pair();
        pair.Writer.Metadata.WriteText("first");

        Assert.Throws<InvalidOperationException>(() => pair.Writer.Metadata.WriteText("second"));

        Assert.Equal("first", pair.Reader.Metadata.ReadText());
        pair.Writer.Dispose();
        pair.Connect();
        Assert.True(pair.Writer.Metadata.IsWritten);
        Assert.Throws<InvalidOperationException>(() => pair.Writer.Metadata.WriteText("third"));
        Assert.Equal("first", pair.Reader.Metadata.ReadText());
    }

    [Fact]
    public void Scenario_3_2_MetadataSizeOverflow()
    {
        using var pair = new Pair();

        Assert.Throws<ArgumentException>(() => pair.Writer.Metadata.Write(new byte[2048]));
        Assert.Throws<ArgumentException>(() => pair.Writer.Metadata.Write(new byte[1017]));

        Assert.False(pair.Writer.Metadata.IsWritten);
        Assert.Null(pair.Reader.Metadata.ToArray());
        pair.Writer.Metadata.Write(Pair.P(1016, 0));
        Assert.Equal(Pair.P(1016, 0), pair.Reader.Metadata.ToArray());
    }

    [Fact]
    public void Scenario_3_3_ZeroMetadataConfiguration()
    {
        using var pair = new Pair(0, 10240);

        Assert.Equal(0, pair.Writer.Metadata.CapacityBytes);
        Assert.Throws<ArgumentException>(() => pair.Writer.Metadata.Write(new byte[1]));
        Assert.Throws<ArgumentException>(() => pair.Writer.Metadata.Write([]));
        pair.WriteP(100, 1);
        pair.ReadAndCheck(1, 100);
    }

    internal static void WriteMany(Pair pair, int count)
    {
        for (int i = 1; i <= count; i++)
        {
            Assert.True(pair.Writer.TryWrite(Pair.P(1024, i), Pair.Patience));
        }
    }

    internal static Task Background(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
