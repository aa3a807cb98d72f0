using System.Runtime.InteropServices;
using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>Images of the peers, decoded through the API and, for C++, made again byte for byte.</summary>
public sealed class SyncGoldenTests
{
    [Theory]
    [InlineData("cpp_semaphore.bin", 1)]
    [InlineData("py_semaphore.bin", 0)]
    public void Semaphore_Image_Decodes(string file, int waiting)
    {
        using Segment segment = Image(file);
        var sem = SharedSemaphore.Open(segment.First, "sem");
        var unbounded = SharedSemaphore.Open(segment.First, "unbounded");
        var binary = SharedSemaphore.Open(segment.First, "binary");

        Assert.Equal((2, 0, 5), (sem.CurrentCount, sem.WaitingCount, sem.MaximumCount));
        Assert.Equal((2, 0, 0), (unbounded.CurrentCount, unbounded.WaitingCount, unbounded.MaximumCount));
        Assert.Equal((0, waiting, 1), (binary.CurrentCount, binary.WaitingCount, binary.MaximumCount));
        Assert.False(binary.TryAcquire());
        sem.Release(3);
        Assert.False(sem.TryRelease());
    }

    [Fact]
    public void Semaphore_Recipe_MakesTheCppImage()
    {
        using var segment = new Segment();
        SharedSemaphore.Create(segment.First, "sem", 3, 5).Acquire();
        SharedSemaphore.Create(segment.First, "unbounded", 0).Release(2);
        var binary = SharedSemaphore.Create(segment.First, "binary", 1, 1);
        binary.Acquire();
        Task waiter = Segment.Background(() => binary.Acquire());
        Segment.Until(() => binary.WaitingCount == 1);

        AssertImage("cpp_semaphore.bin", segment);

        binary.Release();
        Segment.Join(waiter);
    }

    [Theory]
    [InlineData("cpp_mutex.bin")]
    [InlineData("py_mutex.bin")]
    public void Mutex_Image_Decodes(string file)
    {
        using Segment segment = Image(file);
        var held = SharedMutex.Open(segment.First, "held");

        using (SharedMutex.Open(segment.First, "free").Lock())
        {
            Assert.True(SharedMutex.Open(segment.First, "free").IsLocked);
        }

        Assert.True(held.IsLocked);
        Assert.False(held.TryLock(out _));
        Assert.Null(held.FindOwner());
        Assert.True(held.UnlockUnowned());
        Assert.False(held.UnlockUnowned());
    }

    [Fact]
    public void Mutex_Recipe_MakesTheCppImage()
    {
        using var segment = new Segment();
        using (SharedMutex.Create(segment.First, "free").Lock())
        {
        }

        using (SharedMutex.Create(segment.First, "held").Lock())
        {
            AssertImage("cpp_mutex.bin", segment);
        }
    }

    [Fact]
    public void Barrier_Images_Decode()
    {
        foreach (string file in new[] { "cpp_barrier.bin", "py_barrier.bin" })
        {
            using Segment segment = Image(file);
            using var bar = SharedBarrier.Open(segment.First, "bar");
            Assert.Equal((3, 0), (bar.ParticipantCount, bar.Generation));
        }

        using Segment cpp = Image("cpp_barrier.bin");
        using var arrived = SharedBarrier.Open(cpp.First, "bar");
        using var bar2 = SharedBarrier.Open(cpp.First, "bar2");
        Assert.Equal(1, arrived.ArrivedCount);
        Assert.Equal((0, 2, 2), (bar2.ArrivedCount, bar2.ParticipantCount, bar2.Generation));
        using Segment c = Image("c_barrier_latch.bin");
        using var idle = SharedBarrier.Open(c.First, "bar");
        Assert.Equal((0, 3), (idle.ArrivedCount, idle.ParticipantCount));
    }

    [Fact]
    public void Barrier_Recipe_MakesTheCppImage()
    {
        using var segment = new Segment();
        using var bar = SharedBarrier.Create(segment.First, "bar", 3);
        using var bar2 = SharedBarrier.Create(segment.First, "bar2", 2);
        for (int i = 0; i < 2; i++)
        {
            Segment.Join(Segment.Background(() => bar2.SignalAndWait()), Segment.Background(() =>
                bar2.SignalAndWait()));
        }

        using var stop = new CancellationTokenSource();
        Task waiter = Segment.Background(() => bar.SignalAndWait(stop.Token));
        Segment.Until(() => bar.ArrivedCount == 1);

        AssertImage("cpp_barrier.bin", segment);

        stop.Cancel();
        _ = Assert.ThrowsAny<OperationCanceledException>(() => waiter.GetAwaiter().GetResult());
        Assert.Equal(0, bar.ArrivedCount);
    }

    [Theory]
    [InlineData("cpp_latch.bin")]
    [InlineData("py_latch.bin")]
    [InlineData("c_barrier_latch.bin")]
    [InlineData("go_sync.bin")]
    public void Latch_Image_Decodes(string file)
    {
        using Segment segment = Image(file);
        var latch = SharedLatch.Open(segment.First, "latch");

        Assert.Equal((3, 5), (latch.CurrentCount, latch.InitialCount));
        if (SharedLatch.TryOpen(segment.First, "zero", out SharedLatch? zero))
        {
            Assert.Equal((0, 2, true), (zero.CurrentCount, zero.InitialCount, zero.IsOpen));
        }
    }

    [Fact]
    public void Latch_Recipe_MakesTheCppImage()
    {
        using var segment = new Segment();
        _ = SharedLatch.Create(segment.First, "latch", 5).CountDown(2);
        Assert.True(SharedLatch.Create(segment.First, "zero", 2).CountDown(7));

        AssertImage("cpp_latch.bin", segment);
    }

    [Theory]
    [InlineData("cpp_once.bin")]
    [InlineData("py_once.bin")]
    [InlineData("go_sync.bin")]
    public void Once_Image_Decodes(string file)
    {
        using Segment segment = Image(file);

        Assert.Equal(OnceState.Pending, SharedOnce.Open(segment.First, "pending").State);
        Assert.Equal(OnceState.Done, SharedOnce.Open(segment.First, "done").State);
        if (SharedOnce.TryOpen(segment.First, "executing", out SharedOnce? executing))
        {
            Assert.Equal(OnceState.Executing, executing.State);
            Assert.Equal(OnceOutcome.TimedOut, executing.Call(() => Assert.Fail(), TimeSpan.Zero));
        }
    }

    [Fact]
    public void Once_Recipe_MakesTheCppImage()
    {
        using var segment = new Segment();
        _ = SharedOnce.Create(segment.First, "pending");
        _ = SharedOnce.Create(segment.First, "done").Call(() => { });
        var executing = SharedOnce.Create(segment.First, "executing");

        Assert.Equal(OnceOutcome.Executed, executing.Call(() => AssertImage("cpp_once.bin", segment)));
    }

    [Theory]
    [InlineData("cpp_event.bin", 1)]
    [InlineData("py_event.bin", 0)]
    public void Event_Image_Decodes(string file, int waiting)
    {
        using Segment segment = Image(file);
        var auto = SharedEvent.Open(segment.First, "auto_sig");
        var manual = SharedEvent.Open(segment.First, "man_sig");

        Assert.Equal(EventMode.Auto, auto.Mode);
        Assert.True(auto.IsSignaled);
        Assert.True(auto.Wait(TimeSpan.Zero));
        Assert.False(auto.IsSignaled);
        Assert.True(auto.Wait(TimeSpan.Zero));
        Assert.False(auto.Wait(TimeSpan.Zero));
        Assert.Equal(EventMode.Manual, manual.Mode);
        Assert.True(manual.Wait(TimeSpan.Zero));
        Assert.True(manual.IsSignaled);
        Assert.Equal(waiting, SharedEvent.Open(segment.First, "man").WaitingCount);
        Assert.False(SharedEvent.Open(segment.First, "auto").Wait(TimeSpan.Zero));
    }

    [Fact]
    public void Event_Recipe_MakesTheCppImage()
    {
        using var segment = new Segment();
        _ = SharedEvent.Create(segment.First, "auto", EventMode.Auto);
        var auto = SharedEvent.Create(segment.First, "auto_sig", EventMode.Auto);
        Assert.True(auto.Signal());
        Assert.True(auto.Signal());
        var manual = SharedEvent.Create(segment.First, "man", EventMode.Manual);
        Task waiter = Segment.Background(() => manual.Wait());
        Segment.Until(() => manual.WaitingCount == 1);
        _ = SharedEvent.Create(segment.First, "man_sig", EventMode.Manual).Signal();

        AssertImage("cpp_event.bin", segment);

        _ = manual.Signal();
        Segment.Join(waiter);
    }

    [Theory]
    [InlineData("cpp_rwlock.bin")]
    [InlineData("py_rwlock.bin")]
    public void ReaderWriterLock_Image_Decodes(string file)
    {
        using Segment segment = Image(file);
        var readers = SharedReaderWriterLock.Open(segment.First, "readers");
        var writer = SharedReaderWriterLock.Open(segment.First, "writer");

        Assert.Equal((2, false), (readers.ReaderCount, readers.IsWriterActive));
        Assert.Equal((0, true), (writer.ReaderCount, writer.IsWriterActive));
        Assert.False(readers.TryWriteLock(TimeSpan.Zero, out _));
        Assert.False(writer.TryReadLock(TimeSpan.Zero, out _));
        Assert.False(writer.TryWriteLock(TimeSpan.Zero, out _));
        Assert.True(readers.ReadUnlockUnowned());
        Assert.True(readers.ReadUnlockUnowned());
        Assert.False(readers.ReadUnlockUnowned());
        Assert.True(readers.TryWriteLock(TimeSpan.Zero, out WriterLock held));
        held.Dispose();
        Assert.True(writer.WriteUnlockUnowned());
        using (SharedReaderWriterLock.Open(segment.First, "idle").ReadLock())
        using (writer.ReadLock())
        {
            Assert.Equal(1, writer.ReaderCount);
        }
    }

    [Fact]
    public void ReaderWriterLock_Recipe_MakesTheCppImage()
    {
        using var segment = new Segment();
        _ = SharedReaderWriterLock.Create(segment.First, "idle");
        var readers = SharedReaderWriterLock.Create(segment.First, "readers");
        var writer = SharedReaderWriterLock.Create(segment.First, "writer");
        using (readers.ReadLock())
        using (readers.ReadLock())
        using (writer.WriteLock())
        {
            AssertImage("cpp_rwlock.bin", segment);
        }

        Assert.Equal((0, false), (readers.ReaderCount, writer.IsWriterActive));
    }

    [Theory]
    [InlineData("cpp_monitor.bin")]
    [InlineData("py_monitor.bin")]
    public void Monitor_Image_Decodes(string file)
    {
        using Segment segment = Image(file);

        Assert.False(SharedMonitor.Open(segment.First, "idle").IsLocked);
        Assert.True(SharedMonitor.Open(segment.First, "locked").IsLocked);
        if (SharedMonitor.TryOpen(segment.First, "waited", out SharedMonitor? waited))
        {
            Assert.Equal(1, waited.WaitingCount);
        }
    }

    [Fact]
    public void Monitor_Recipe_MakesTheCppImage()
    {
        using var segment = new Segment();
        _ = SharedMonitor.Create(segment.First, "idle");
        using MutexLock held = SharedMonitor.Create(segment.First, "locked").Enter();
        var waited = SharedMonitor.Create(segment.First, "waited");
        SharedSemaphore condition = SharedSemaphore.Open(segment.First, "waited_cond");
        Task waiter = Segment.Background(() =>
        {
            using MutexLock mine = waited.Enter();
            Assert.True(waited.Wait(mine, Timeout.InfiniteTimeSpan));
        });
        Segment.Until(() => condition.WaitingCount == 1);

        AssertImage("cpp_monitor.bin", segment);

        waited.Notify();
        Segment.Join(waiter);
    }

    [Theory]
    [InlineData("cpp_signal.bin")]
    [InlineData("py_signal.bin")]
    public void Signal_Image_Decodes(string file)
    {
        using Segment segment = Image(file);
        var integer = SharedSignal<int>.Open(segment.First, "s_i32");
        var number = SharedSignal<double>.Open(segment.First, "s_f64");

        Assert.Equal(new SignalReading<int>(7, 2, false), integer.Read());
        Assert.Equal(new SignalReading<double>(3.0, 1, false), number.Read());
        integer.Set(8);
        Assert.Equal(new SignalReading<int>(8, 3, false), integer.Read());
        if (SharedSignal<Point>.TryOpen(segment.First, "s_p12", out SharedSignal<Point>? point))
        {
            Assert.Equal(new Point(1, 2, 3), point.Get());
        }
    }

    [Fact]
    public void Signal_Recipe_MakesTheCppImage()
    {
        using var segment = new Segment();
        var integer = SharedSignal<int>.Create(segment.First, "s_i32", 5);
        integer.Set(6);
        Assert.Equal(7, integer.Update(v => v + 1));
        SharedSignal<double>.Create(segment.First, "s_f64", 1.5).Set(3.0);
        _ = SharedSignal<Point>.Create(segment.First, "s_p12", new Point(1, 2, 3));

        AssertImage("cpp_signal.bin", segment);
    }

    [Fact]
    public void Signal_RecipeWithPythonSize_MakesThePythonImage()
    {
        using var segment = new Segment();
        var python = new SignalOptions { PythonEntrySize = true };
        var integer = SharedSignal<int>.Create(segment.First, "s_i32", 5, python);
        integer.Set(6);
        integer.Set(7);
        SharedSignal<double>.Create(segment.First, "s_f64", 1.5, python).Set(3.0);

        AssertImage("py_signal.bin", segment);
    }

    [Fact]
    public void GoImage_AllEntries_Decode()
    {
        using Segment segment = Image("go_sync.bin");

        Assert.Equal(2, SharedSemaphore.Open(segment.First, "sem").CurrentCount);
        Assert.True(SharedMutex.Open(segment.First, "held").IsLocked);
        Assert.False(SharedMutex.Open(segment.First, "free").IsLocked);
        using var bar = SharedBarrier.Open(segment.First, "bar");
        Assert.Equal((0, 3), (bar.ArrivedCount, bar.ParticipantCount));
    }

    private static Segment Image(string file) => new(GoldenImage.Read("zeroipc", file));

    private static void AssertImage(string file, Segment segment) =>
        Assert.Null(GoldenImage.FirstDifference(GoldenImage.Read("zeroipc", file), segment.Bytes()));

    [StructLayout(LayoutKind.Sequential)]
    private record struct Point(float X, float Y, float Z);
}
