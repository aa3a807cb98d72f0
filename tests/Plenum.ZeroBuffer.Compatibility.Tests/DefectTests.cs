using System.Buffers.Binary;
using Plenum.TestSupport;
using ZeroBuffer;
using ZeroBuffer.DuplexChannel;

namespace Compatibility.Tests;

/// <summary>The known defects of the replaced package, each shown fixed (numbers of the specification).</summary>
public sealed class DefectTests
{
    private const int WriterPidOffset = 0x50;
    private static readonly BufferConfig s_small = new(64, 128);

    [Fact]
    public void B1_SemaphoresAreMissing_ExceptionInsteadOfCrash() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("b1");
        using var reader = new Reader(name.Name, s_small);
        File.Delete("/dev/shm/sem.sem-w-" + name.Name);
        File.Delete("/dev/shm/sem.sem-r-" + name.Name);

        Assert.Throws<InvalidOperationException>(() => new Writer(name.Name));
    });

    [Fact]
    public void B2_SecondWriterIsRejected_FirstKeepsItsPlace() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("b2");
        using var reader = new Reader(name.Name, s_small);
        using var writer = new Writer(name.Name);
        Assert.Throws<WriterAlreadyConnectedException>(() => new Writer(name.Name));

        Assert.Equal((ulong)Environment.ProcessId, Field(name, WriterPidOffset));
        Assert.Throws<WriterAlreadyConnectedException>(() => new Writer(name.Name));
        writer.WriteFrame([1]);
        using Frame frame = reader.ReadFrame();
        Assert.True(frame.IsValid);
    });

    [Fact]
    public void B3_EmptyFrame_IsRefusedAndStreamGoesOn() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("b3");
        using var reader = new Reader(name.Name, s_small);
        using var writer = new Writer(name.Name);

        Assert.Throws<ArgumentException>(() => writer.WriteFrame([]));
        Assert.Throws<ArgumentException>(() => { writer.GetFrameBuffer(0, out _); });

        writer.WriteFrame([5]);
        using Frame frame = reader.ReadFrame();
        Assert.Equal([5], frame.ToArray());
    });

    [Fact]
    public void B4_FrameDisposedTwice_CreditedOnce() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("b4");
        using var reader = new Reader(name.Name, s_small);
        using var writer = new Writer(name.Name);
        writer.WriteFrame(new byte[20]);
        Frame frame = reader.ReadFrame();
        Frame copy = frame;

        frame.Dispose();
        frame.Dispose();
        copy.Dispose();

        Assert.Equal(128UL, Field(name, 0x28));
    });

    [Fact]
    public void B5_SizesThatLeaveAShortTail_AreWrittenAndRead() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("b5");
        using var reader = new Reader(name.Name, new BufferConfig(64, 256));
        using var writer = new Writer(name.Name);

        // Totals of 64 and 57 bytes come to positions from which the next frame would leave 1 to 15 of 256 bytes.
        for (byte i = 0; i < 100; i++)
        {
            int size = i % 3 == 0 ? 48 : 41;
            writer.WriteFrame(Enumerable.Repeat(i, size).ToArray());
            using Frame frame = reader.ReadFrame();
            Assert.Equal((size, i), (frame.Size, frame.Span[size - 1]));
        }
    });

    [Fact]
    public void B6_DeadWriterOfLivingReader_NamesStayAndOrphanIsTakenOver() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("b6");
        using (var reader = new Reader(name.Name, s_small))
        {
            // A pid that no process can have: the writer "died".
            Write(name, WriterPidOffset, 0x7FFF_FFFE);
            Assert.Throws<ReaderAlreadyConnectedException>(() => new Reader(name.Name, s_small));
            Assert.True(File.Exists(name.FilePath));
            Assert.True(File.Exists("/dev/shm/sem.sem-w-" + name.Name));
            byte[] orphan = File.ReadAllBytes(name.FilePath);
            reader.Dispose();

            // The orphan: both ends closed in good order, names left.
            BinaryPrimitives.WriteUInt64LittleEndian(orphan.AsSpan(WriterPidOffset), 0);
            BinaryPrimitives.WriteUInt64LittleEndian(orphan.AsSpan(0x58), 0);
            File.WriteAllBytes(name.FilePath, orphan);
        }

        using var successor = new Reader(name.Name, s_small);
        using var writer = new Writer(name.Name);
        writer.WriteFrame([1]);
        using Frame frame = successor.ReadFrame();
        Assert.True(frame.IsValid);
    });

    [Fact]
    public void B7_StopWhileReading_NeverThrowsAndRemovesTheNames() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("b7");
        int rounds = Campaign.Count(20, 500);
        for (int i = 0; i < rounds; i++)
        {
            using IImmutableDuplexServer server = new DuplexChannelFactory().CreateImmutableServer(name.Name,
                new BufferConfig(64, 4096));
            server.Start((request, responses) => responses.WriteFrame(request.Span));
            using (IDuplexClient client = new DuplexChannelFactory().CreateClient(name.Name))
            {
                client.SendRequest([1]);
                client.ReceiveResponse(TimeSpan.FromSeconds(30)).Dispose();
                server.Stop();
            }

            Assert.False(server.IsRunning);
            Assert.False(File.Exists(name.FilePath + "_request"));
        }
    });

    [Fact]
    public void B7_ClientGoneBeforeStop_NamesAreRemovedAndErrorWasRaised() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("b7");
        using IImmutableDuplexServer server =
            new DuplexChannelFactory().CreateImmutableServer(name.Name, new BufferConfig(64, 4096),
                TimeSpan.FromMilliseconds(200));
        using var raised = new ManualResetEventSlim();
        Exception? error = null;
        server.OnError += (_, e) =>
        {
            error = e.Exception;
            raised.Set();
        };
        server.Start((request, responses) => responses.WriteFrame(request.Span));

        raised.Wait();

        Assert.IsType<TimeoutException>(error);
        SpinWait.SpinUntil(() => !File.Exists(name.FilePath + "_request"));
        Assert.False(server.IsRunning);
        server.Stop();
    });

    [Fact]
    public void B8_ResponseBufferStillBeingCreated_ServerWaits() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("b8");
        using IImmutableDuplexServer server =
            new DuplexChannelFactory().CreateImmutableServer(name.Name, new BufferConfig(64, 4096),
                TimeSpan.FromSeconds(30));
        Exception? error = null;
        server.OnError += (_, e) => error = e.Exception;
        string response = name.Name + "_response";

        // The file exists, first empty, then as zeros: the two moments of a peer that fills a buffer under its final
        // name.
        File.WriteAllBytes(TempSegment.PathOf(response), []);
        server.Start((request, responses) => responses.WriteFrame(request.Span));
        Thread.Sleep(50);
        File.WriteAllBytes(TempSegment.PathOf(response), new byte[8192]);
        Thread.Sleep(50);
        Assert.True(server.IsRunning);
        using IDuplexClient client = new DuplexChannelFactory().CreateClient(name.Name);
        client.SendRequest([9]);
        using Frame answer = client.ReceiveResponse(TimeSpan.FromSeconds(30));

        Assert.Equal([9], answer.ToArray());
        Assert.Null(error);
    });

    [Fact]
    public void B9_SequenceJumps_ReaderRefusesIt() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("b9");
        using var reader = new Reader(name.Name, s_small);
        using var writer = new Writer(name.Name);
        writer.WriteFrame([1]);
        Write(name, 0x80 + 64 + 8, 5);

        Assert.Throws<InvalidOperationException>(() => reader.ReadFrame().Dispose());
    });

    [Fact]
    public void B9_MetadataLengthLies_ReaderRefusesIt() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("b9");
        using var reader = new Reader(name.Name, s_small);
        using var writer = new Writer(name.Name);
        writer.SetMetadata([1, 2, 3]);
        Write(name, 0x80, 1_000_000);

        Assert.Throws<InvalidOperationException>(() => { reader.GetMetadata(); });
    });

    [Fact]
    public void B10_GetFrameBufferWhenFull_HonoursWriteTimeout() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("b10");
        using var reader = new Reader(name.Name, s_small);
        using var writer = new Writer(name.Name) { WriteTimeout = TimeSpan.FromMilliseconds(30) };
        writer.WriteFrame(new byte[64]);
        var clock = System.Diagnostics.Stopwatch.StartNew();

        Assert.Throws<BufferFullException>(() => { writer.GetFrameBuffer(48, out _); });

        // Only the lower bound is asserted: the old package's fixed 5 seconds would hold the writer's field at its old
        // value.
        Assert.True(clock.Elapsed >= TimeSpan.FromMilliseconds(30));
        Assert.Equal(TimeSpan.FromMilliseconds(30), writer.WriteTimeout);
    });

    private static ulong Field(TempSegment name, int offset)
    {
        using FileStream file = File.Open(name.FilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[8];
        file.Position = offset;
        file.ReadExactly(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    private static void Write(TempSegment name, int offset, ulong value)
    {
        using FileStream file = File.Open(name.FilePath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        file.Position = offset;
        file.Write(bytes);
    }
}
