namespace Plenum.ZeroBuffer.Tests.Scenarios;

/// <summary>Features 2, 5, 7, 8, 10, 11 as far as one process can show them; deaths are shown with a pid that is
/// gone.</summary>
public sealed class LifecycleScenarioTests
{
    // Above the kernel's largest pid (2^22), so nobody has it.
    private const ulong DeadPid = 5_000_000;

    [Fact]
    public void Scenario_2_1_WriterCrashDetection()
    {
        using var pair = new Pair(connect: false);
        pair.Raw.UInt64(0x50).WriteRelease(DeadPid);

        Assert.Equal(ReadOutcome.WriterDied, pair.Reader.Read(out Frame frame, Pair.Patience));

        Assert.False(frame.IsValid);
        Assert.Equal(ReaderState.Dead, pair.Reader.State);
        Assert.Throws<PeerTerminatedException>(() => pair.Reader.Read(Pair.Patience).Dispose());
    }

    [Fact]
    public void Scenario_2_1_WriterCrash_FramesBeforeItAreRead()
    {
        using var pair = new Pair();
        pair.WriteP(100, 1);
        pair.WriteP(100, 2);
        AbandonWriter(pair);

        pair.ReadAndCheck(1, 100);
        pair.ReadAndCheck(2, 100);

        Assert.Equal(ReadOutcome.WriterDied, pair.Reader.Read(out _, Pair.Patience));
    }

    [Fact]
    public void Scenario_2_2_ReaderCrashDetection()
    {
        using var pair = new Pair(payload: 64);
        pair.WriteP(48, 1);
        pair.Raw.UInt64(0x58).WriteRelease(DeadPid);

        // The reader of this process still holds its lock; only the pid says dead, and the lock wins.
        Assert.False(pair.Writer.TryWrite(Pair.P(48, 2), TimeSpan.FromMilliseconds(1)));

        pair.Raw.UInt64(0x58).WriteRelease(0);
        Assert.Throws<PeerClosedException>(() => pair.Writer.TryWrite(Pair.P(48, 2), Pair.Patience));
        Assert.Equal(WriterState.NoReader, pair.Writer.State);
    }

    [Fact]
    public void Scenario_2_3_ReaderReplacementAfterCrash()
    {
        using var name = new TempSegment("replace");
        MakeOrphan(name.Name, readerPid: DeadPid, writerPid: 0);

        using var reader = ZeroBufferReader.Create(name.Name, new ZeroBufferOptions { PayloadSizeBytes = 4096 });
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(name.Name);

        writer.Write(Pair.P(10, 1));
        Assert.True(reader.TryRead(out Frame frame));
        Assert.Equal(1ul, frame.Sequence);
        frame.Dispose();
        Assert.Equal(4096, writer.PayloadSizeBytes);
    }

    [Fact]
    public void Scenario_2_3_WriterReplaced_RestartsAtOneAndIsRead()
    {
        using var pair = new Pair();
        pair.WriteP(10, 1);
        pair.WriteP(10, 2);
        pair.Writer.Dispose();
        pair.Connect();
        pair.WriteP(10, 1);

        pair.ReadAndCheck(1, 10);
        pair.ReadAndCheck(2, 10);
        pair.ReadAndCheck(1, 10);
    }

    [Fact]
    public void Scenario_2_4_MultipleWriterRejection()
    {
        using var pair = new Pair();
        byte[] before = pair.Bytes();

        SegmentBusyException error = Assert.Throws<SegmentBusyException>(() => ZeroBufferWriter.Connect(pair.Name));
        Assert.Throws<SegmentBusyException>(() => ZeroBufferWriter.TryConnect(pair.Name, out _));

        Assert.Equal(Environment.ProcessId, error.ProcessId);
        Assert.Equal(before, pair.Bytes());
        pair.WriteP(10, 1);
        pair.ReadAndCheck(1, 10);
    }

    [Fact]
    public void Scenario_2_4_ForeignLiveWriter_IsRespected()
    {
        using var pair = new Pair(connect: false);
        pair.Raw.UInt64(0x50).WriteRelease(1);

        Assert.Throws<SegmentBusyException>(() => ZeroBufferWriter.Connect(pair.Name));

        Assert.Equal(1ul, pair.Field(0x50));
    }

    [Fact]
    public void Scenario_4_11_ConcurrentInitializationRace()
    {
        using var name = new TempSegment("race");
        int won = 0;
        int lost = 0;
        var winners = new ZeroBufferReader?[8];

        Parallel.For(0, 8, i =>
        {
            try
            {
                winners[i] = ZeroBufferReader.Create(name.Name, new ZeroBufferOptions { SweepStaleBuffers = false });
                Interlocked.Increment(ref won);
            }
            catch (SegmentBusyException)
            {
                Interlocked.Increment(ref lost);
            }
        });

        foreach (ZeroBufferReader? winner in winners)
        {
            winner?.Dispose();
        }

        Assert.Equal(1, won);
        Assert.Equal(7, lost);
    }

    [Fact]
    public void Scenario_4_12_WriterBeforeReader()
    {
        using var name = new TempSegment("early");

        Assert.Throws<SegmentNotFoundException>(() => ZeroBufferWriter.Connect(name.Name));
        Assert.False(ZeroBufferWriter.TryConnect(name.Name, out _));
        Assert.Throws<TimeoutException>(() => ZeroBufferWriter.Connect(name.Name, TimeSpan.FromMilliseconds(5)));
    }

    [Fact]
    public async Task Scenario_4_12_WriterBeforeReader_WaitsForIt()
    {
        using var name = new TempSegment("early");
        Task<ZeroBufferWriter> connecting = ZeroBufferWriter.ConnectAsync(name.Name, Pair.Patience);

        using var reader = ZeroBufferReader.Create(name.Name);
        using ZeroBufferWriter writer = await connecting;

        writer.Write(Pair.P(5, 1));
        Assert.True(reader.TryRead(out Frame frame));
        frame.Dispose();
    }

    [Fact]
    public void Scenario_5_3_ReaderDeathDuringWrite()
    {
        using var pair = new Pair();
        FrameReservation reservation = pair.Writer.Reserve(100);
        pair.Reader.Dispose();

        bool refused = false;
        try
        {
            reservation.Commit();
        }
        catch (PeerClosedException)
        {
            refused = true;
        }

        Assert.True(refused);
        Assert.Throws<PeerClosedException>(() => pair.WriteP(10, 1));
    }

    [Fact]
    public void Scenario_7_1_PartialInitializationFailure()
    {
        // The segment's name is free, but the folder of the second semaphore's file is not: a directory stands in its
        // place.
        using var name = new TempSegment("partial");
        string blocked = "/dev/shm/sem.sem-r-" + name.Name;
        Directory.CreateDirectory(blocked);
        try
        {
            Assert.ThrowsAny<SharedMemoryException>(() => ZeroBufferReader.Create(name.Name));

            Assert.False(File.Exists(name.FilePath));
            Assert.False(File.Exists("/dev/shm/sem.sem-w-" + name.Name));
            Assert.False(File.Exists($"/tmp/zerobuffer/{name.Name}.lock"));
        }
        finally
        {
            Directory.Delete(blocked);
        }

        using var reader = ZeroBufferReader.Create(name.Name);
    }

    [Fact]
    public void Scenario_7_2_SystemResourceExhaustion()
    {
        using var name = new TempSegment("space");
        var options = new ZeroBufferOptions { PayloadSizeBytes = 1L << 45 };

        Assert.ThrowsAny<SharedMemoryException>(() => ZeroBufferReader.Create(name.Name, options));

        AssertNoFiles(name.Name);
    }

    [Fact]
    public void Scenario_8_1_LinuxSharedMemoryVerification()
    {
        using var name = new TempSegment("files");
        using (ZeroBufferReader.Create("/" + name.Name))
        {
            Assert.True(File.Exists(name.FilePath));
            Assert.Equal(32, new FileInfo("/dev/shm/sem.sem-w-" + name.Name).Length);
            Assert.Equal(32, new FileInfo("/dev/shm/sem.sem-r-" + name.Name).Length);
            Assert.True(FileLock.IsHeld($"/tmp/zerobuffer/{name.Name}.lock"));
            Assert.True(FileLock.IsHeld(Path.Combine(Path.GetTempPath(), "zerobuffer", "locks", name.Name + ".lock")));
        }

        AssertNoFiles(name.Name);
    }

    [Fact]
    public void Scenario_8_4_StaleResourceCleanup()
    {
        using var stale = new TempSegment("stale");
        using var other = new TempSegment("sweeper");
        MakeOrphan(stale.Name, readerPid: DeadPid, writerPid: DeadPid);
        Directory.CreateDirectory("/tmp/zerobuffer");
        File.WriteAllText($"/tmp/zerobuffer/{stale.Name}.lock", string.Empty);

        using var reader = ZeroBufferReader.Create(other.Name);

        AssertNoFiles(stale.Name);
    }

    [Fact]
    public void Scenario_8_4_SweepLeavesLiveAndForeignSegments()
    {
        using var live = new TempSegment("live");
        using var foreign = new TempSegment("foreign");
        using var other = new TempSegment("sweeper");
        MakeOrphan(live.Name, readerPid: DeadPid, writerPid: (ulong)Environment.ProcessId);
        File.WriteAllText(foreign.FilePath, new string('x', 300));
        File.WriteAllText($"/tmp/zerobuffer/{live.Name}.lock", string.Empty);
        File.WriteAllText($"/tmp/zerobuffer/{foreign.Name}.lock", string.Empty);

        using var reader = ZeroBufferReader.Create(other.Name);

        Assert.True(File.Exists(live.FilePath));
        Assert.True(File.Exists(foreign.FilePath));
        Assert.Throws<SegmentExistsException>(() => ZeroBufferReader.Create(foreign.Name));
    }

    [Fact]
    public void Scenario_11_1_RapidCreateDestroyCycles()
    {
        using var name = new TempSegment("cycles");
        var options = new ZeroBufferOptions { SweepStaleBuffers = false };

        for (int i = 0; i < Campaign.Count(200, 1000); i++)
        {
            using var reader = ZeroBufferReader.Create(name.Name, options);
            using ZeroBufferWriter writer = ZeroBufferWriter.Connect(name.Name);
            writer.Write(Pair.P(10, 1));
            Assert.True(reader.TryRead(out Frame frame));
            frame.Dispose();
        }

        AssertNoFiles(name.Name);
    }

    [Fact]
    public async Task Scenario_11_5_RapidCreateDestroyUnderLoad()
    {
        using var name = new TempSegment("load");
        var options = new ZeroBufferOptions { SweepStaleBuffers = false };
        using var stop = new CancellationTokenSource();
        Task<int> writers = Task.Run(() => WriteWhenever(name.Name, stop.Token));

        for (int i = 0; i < Campaign.Count(100, 1000); i++)
        {
            using var reader = ZeroBufferReader.Create(name.Name, options);
            if (reader.Read(out Frame frame, TimeSpan.FromMilliseconds(i % 5)) == ReadOutcome.Frame)
            {
                frame.Dispose();
            }
        }

        await stop.CancelAsync();
        Assert.True(await writers >= 0);
        AssertNoFiles(name.Name);
    }

    [Fact]
    public void Scenario_12_3_LockFileSemantics()
    {
        using var name = new TempSegment("lock");
        string path = $"/tmp/zerobuffer/{name.Name}.lock";
        Assert.True(FileLock.TryAcquire(path, out FileLock? peer));

        SegmentBusyException refused = Assert.Throws<SegmentBusyException>(() =>
            ZeroBufferReader.Create(name.Name, new() { CreateTimeout = TimeSpan.FromMilliseconds(50) }));
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(name.FilePath));

        peer.Dispose();
        using (ZeroBufferReader.Create(name.Name))
        {
            Assert.Throws<SegmentBusyException>(() => ZeroBufferReader.Create(name.Name));
            Assert.False(FileLock.TryAcquire(path, out _));
        }

        Assert.False(File.Exists(path));
    }

    private static void AssertNoFiles(string name) => Assert.Empty(TempSegment.StillThere(name));

    // What a killed reader (and writer) leaves in shared memory: the names stay, the kernel's locks are gone.
    private static void MakeOrphan(string name, ulong readerPid, ulong writerPid)
    {
        using SharedSegment segment = SharedSegment.Create(SegmentName.Parse(name), 128 + 1024 + 10240, s =>
        {
            s.UInt32(0).WriteOwned(128);
            s.UInt32(4).WriteOwned(1);
            s.UInt64(0x08).WriteOwned(1024);
            s.UInt64(0x10).WriteOwned(1024);
            s.UInt64(0x20).WriteOwned(10240);
            s.UInt64(0x28).WriteOwned(10240);
            s.UInt64(0x50).WriteOwned(writerPid);
            s.UInt64(0x58).WriteOwned(readerPid);
        });
        NamedSemaphore.Create("sem-w-" + name, 3).Dispose();
        NamedSemaphore.Create("sem-r-" + name).Dispose();
    }

    // The writer's objects go without its close: the lock goes with them, the pid stays.
    private static void AbandonWriter(Pair pair)
    {
        pair.Writer.Dispose();
        pair.Raw.UInt64(0x50).WriteRelease(DeadPid);
    }

    private static int WriteWhenever(string name, CancellationToken stop)
    {
        int written = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (ZeroBufferWriter.TryConnect(name, out ZeroBufferWriter? writer))
                {
                    using (writer)
                    {
                        written += writer.TryWrite(new byte[10]) ? 1 : 0;
                    }
                }
            }
            catch (PeerClosedException)
            {
                // The reader closed between the connection and the write.
            }
        }

        return written;
    }
}
