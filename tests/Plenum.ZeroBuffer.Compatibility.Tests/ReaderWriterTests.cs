using Microsoft.Extensions.Logging.Abstractions;
using Plenum.TestSupport;
using ZeroBuffer;

namespace Compatibility.Tests;

/// <summary>The members of reader, writer and frame in use, with the old defaults and exception types.</summary>
public sealed class ReaderWriterTests
{
    private static readonly BufferConfig s_config = new(1024, 10240);

    [Fact]
    public void WriteFrame_ReadFrame_DataSequenceAndMetadataArrive() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("cp");
        using var reader = new Reader(name.Name, s_config, NullLogger<Reader>.Instance);
        using var writer = new Writer(name.Name, NullLogger<Writer>.Instance);
        Assert.Equal(0, reader.GetMetadata().Length);

        writer.SetMetadata("meta"u8);
        writer.WriteFrame("first"u8);
        Span<byte> room = writer.GetFrameBuffer(6, out ulong sequence);
        "second"u8.CopyTo(room);
        writer.CommitFrame();

        Assert.Equal("meta"u8, reader.GetMetadata());
        using Frame first = reader.ReadFrame();
        using Frame second = reader.ReadFrame(TimeSpan.FromSeconds(1));
        Assert.Equal(2UL, sequence);
        Assert.Equal((1UL, 2UL), (first.Sequence, second.Sequence));
        Assert.Equal("first"u8, first.Span);
        Assert.Equal("second"u8.ToArray(), second.ToArray());
        Assert.Equal(6, second.Size);
        Assert.Equal((name.Name, name.Name), (reader.Name, writer.Name));
        Assert.True(writer.IsReaderConnected() && reader.IsWriterConnected() && reader.IsWriterConnected(10));
    });

    [Fact]
    public unsafe void Frame_PointerAndMutableSpan_AreTheRing() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("cp");
        using var reader = new Reader(name.Name, s_config);
        using var writer = new Writer(name.Name);
        writer.WriteFrame([1, 2, 3]);

        using Frame frame = reader.ReadFrame();
        frame.GetMutableSpan()[1] = 9;

        Assert.Equal(9, frame.Pointer[1]);
        Assert.Equal([1, 9, 3], frame.ToArray());
        FrameRef reference = frame.ToFrameRef();
        Assert.Equal((1UL, 3, true), (reference.Sequence, reference.Size, reference.IsValid));
        Assert.Equal([1, 9, 3], reference.Data);
        Assert.Equal([1, 9, 3], reference.Span.ToArray());
        FrameCallback callback = (in Frame f) => Assert.Equal(3, f.Size);
        callback(frame);
    });

    [Fact]
    public unsafe void FrameRef_AfterReaderWasDisposed_MemoryIsStillMapped() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("cp");
        FrameRef reference;
        using (var reader = new Reader(name.Name, s_config))
        {
            using var writer = new Writer(name.Name);
            writer.WriteFrame([1, 2, 3]);
            using Frame frame = reader.ReadFrame();
            reference = FrameRef.FromFrame(frame);
        }

        Assert.Equal([1, 2, 3], reference.ToArray());
        GC.KeepAlive(reference);
    });

    [Fact]
    public unsafe void InvalidFrame_EveryMember_IsEmpty()
    {
        Frame frame = Frame.Invalid;

        Assert.False(frame.IsValid);
        Assert.Equal((0, 0UL, true), (frame.Size, frame.Sequence, frame.Pointer == null));
        Assert.Empty(frame.ToArray());
        Assert.Equal(0, frame.Span.Length + frame.GetMutableSpan().Length);
        Assert.False(FrameRef.Invalid.IsValid);
        Assert.Empty(FrameRef.Invalid.Data);
        bool refused = false;
        try
        {
            _ = FrameRef.FromFrame(frame);
        }
        catch (ArgumentException)
        {
            refused = true;
        }

        Assert.True(refused);
        frame.Dispose();
    }

    [Fact]
    public void ReadFrame_NothingToRead_InvalidWithWriterAndExceptionWithout() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("cp");
        using var reader = new Reader(name.Name, s_config);

        Assert.Throws<WriterDeadException>(() => reader.ReadFrame(TimeSpan.FromMilliseconds(20)).Dispose());
        using (var writer = new Writer(name.Name))
        {
            Assert.False(reader.ReadFrame(TimeSpan.FromMilliseconds(20)).IsValid);
        }

        Assert.Throws<WriterDeadException>(() => reader.ReadFrame(TimeSpan.FromMilliseconds(20)).Dispose());
        Assert.False(reader.IsWriterConnected(5));
    });

    [Fact]
    public void ReadFrame_WriterReplacedWhileWaiting_FrameOfSuccessorIsRead() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("cp");
        using var reader = new Reader(name.Name, s_config);
        using (var first = new Writer(name.Name))
        {
            first.WriteFrame([1]);
        }

        reader.ReadFrame().Dispose();
        var successor = new Thread(() =>
        {
            using var second = new Writer(name.Name);
            second.WriteFrame([2]);
        });
        successor.Start();
        using Frame frame = reader.ReadFrame(TimeSpan.FromSeconds(30));

        Assert.Equal([2], frame.ToArray());
        Assert.Equal(1UL, frame.Sequence);
        successor.Join();
    });

    [Fact]
    public void WriteTimeout_DefaultsAndLimits_AreTheOldOnes() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("cp");
        using var reader = new Reader(name.Name, s_config);
        using var writer = new Writer(name.Name);

        Assert.Equal(TimeSpan.FromSeconds(5), writer.WriteTimeout);
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.WriteTimeout = TimeSpan.Zero);
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.WriteTimeout = TimeSpan.FromSeconds(-1));
        Assert.Equal(TimeSpan.FromSeconds(5), writer.WriteTimeout);
    });

    [Fact]
    public void Writer_Errors_HaveTheOldTypes() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("cp");
        Assert.Throws<BufferNotFoundException>(() => new Writer(name.Name));
        Assert.Throws<ArgumentException>(() => new Writer(""));
        Assert.Throws<ArgumentNullException>(() => new Reader(name.Name, null!));
        using var reader = new Reader(name.Name, s_config);
        Assert.Throws<ReaderAlreadyConnectedException>(() => new Reader(name.Name, s_config));
        using var writer = new Writer(name.Name) { WriteTimeout = TimeSpan.FromMilliseconds(20) };
        Assert.Throws<WriterAlreadyConnectedException>(() => new Writer(name.Name));
        Assert.Throws<FrameTooLargeException>(() => writer.WriteFrame(new byte[10240]));
        Assert.Throws<FrameTooLargeException>(() => { writer.GetFrameBuffer(10225, out _); });
        Assert.Throws<ArgumentException>(() => { writer.GetMetadataBuffer(1017); });
        Assert.Throws<InvalidOperationException>(writer.CommitMetadata);
        Assert.Throws<InvalidOperationException>(writer.CommitFrame);
        writer.SetMetadata(new byte[1016]);
        Assert.Throws<InvalidOperationException>(() => writer.SetMetadata("again"u8));
        writer.WriteFrame(new byte[5000]);
        writer.WriteFrame(new byte[5000]);
        Assert.Throws<BufferFullException>(() => writer.WriteFrame(new byte[5000]));

        reader.Dispose();
        Assert.Throws<ReaderDeadException>(() => writer.WriteFrame([1]));
        Assert.Throws<ObjectDisposedException>(() => reader.ReadFrame().Dispose());
        writer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => writer.WriteFrame([1]));
        Assert.False(writer.IsReaderConnected());
    });

    [Fact]
    public void WaitExists_BeforeAndAfterCreation_SaysSo() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("cp");
        Assert.False(Reader.WaitExists(name.Name, TimeSpan.FromMilliseconds(10)));
        using var reader = new Reader(name.Name, s_config);
        Assert.True(Reader.WaitExists(name.Name, TimeSpan.FromSeconds(10)));
    });

    [Fact]
    public void GetFrameBuffer_NotCommitted_IsGivenUp() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("cp");
        using var reader = new Reader(name.Name, s_config);
        using var writer = new Writer(name.Name);
        writer.GetFrameBuffer(100, out ulong abandoned);
        writer.GetFrameBuffer(50, out ulong second)[0] = 7;
        writer.CommitFrame();

        using Frame frame = reader.ReadFrame();

        Assert.Equal((50, 7, 1UL, 1UL, 1UL), (frame.Size, frame.Span[0], frame.Sequence, second, abandoned));
    });
}
