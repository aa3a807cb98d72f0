using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>Every word of every synchronisation structure at its boundaries and at random: an exception, an answer or a
/// time-out, never a crash or a hang.</summary>
public sealed class HostileSyncTests
{
    private static readonly uint[] s_words = [0, 1, 2, 3, 64, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF];
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void Semaphore_AnyBytes_IsAnExceptionOrAnAnswer() => Fuzz(
        memory => SharedSemaphore.Create(memory, "x", 1, 2), memory =>
        {
            SharedSemaphore semaphore = SharedSemaphore.Open(memory, "x");
            _ = semaphore.TryAcquire();
            _ = semaphore.TryAcquire(s_moment);
            _ = semaphore.TryRelease();
            _ = semaphore.TryRelease(int.MaxValue);
            _ = semaphore.CurrentCount + (long)semaphore.WaitingCount + semaphore.MaximumCount;
        });

    [Fact]
    public void Mutex_AnyBytes_IsAnExceptionOrAnAnswer() => Fuzz(
        memory => SharedMutex.Create(memory, "x"), memory =>
        {
            SharedMutex mutex = SharedMutex.Open(memory, "x");
            using (_ = mutex.TryLock(out MutexLock first) ? first : default)
            {
                _ = mutex.IsLocked;
            }

            using (_ = mutex.TryLock(s_moment, out MutexLock second) ? second : default)
            {
                _ = mutex.FindOwner();
            }

            _ = mutex.LockUnowned(s_moment) && mutex.UnlockUnowned();
            _ = mutex.WaitingCount;
        });

    [Fact]
    public void ReaderWriterLock_AnyBytes_IsAnExceptionOrAnAnswer() => Fuzz(
        memory => SharedReaderWriterLock.Create(memory, "x"), memory =>
        {
            SharedReaderWriterLock rw = SharedReaderWriterLock.Open(memory, "x");
            using (_ = rw.TryReadLock(s_moment, out ReaderLock reader) ? reader : default)
            {
                _ = rw.ReaderCount;
            }

            using (_ = rw.TryWriteLock(s_moment, out WriterLock writer) ? writer : default)
            {
                _ = rw.IsWriterActive;
            }

            _ = rw.ReadUnlockUnowned();
            _ = rw.WriteUnlockUnowned();
        });

    [Fact]
    public void Monitor_AnyBytes_IsAnExceptionOrAnAnswer() => Fuzz(
        memory => SharedMonitor.Create(memory, "x"), memory =>
        {
            SharedMonitor monitor = SharedMonitor.Open(memory, "x");
            monitor.Notify();
            monitor.NotifyAll();
            _ = monitor.WaitingCount;
            if (monitor.TryEnter(s_moment, out MutexLock held))
            {
                held.Dispose();
                _ = monitor.IsLocked;
            }
        });

    [Fact]
    public void Barrier_AnyBytes_IsAnExceptionOrAnAnswer() => Fuzz(
        memory => SharedBarrier.Create(memory, "x", 2).Dispose(), memory =>
        {
            using SharedBarrier barrier = SharedBarrier.Open(memory, "x");
            _ = barrier.SignalAndWait(s_moment);
            _ = barrier.SignalAndWait(TimeSpan.Zero);
            _ = barrier.ArrivedCount + (long)barrier.Generation;
            _ = barrier.MissingParties();
        });

    [Fact]
    public void Latch_AnyBytes_IsAnExceptionOrAnAnswer() => Fuzz(
        memory => SharedLatch.Create(memory, "x", 2), memory =>
        {
            SharedLatch latch = SharedLatch.Open(memory, "x");
            _ = latch.Wait(s_moment);
            _ = latch.CountDown();
            _ = latch.CountDown(int.MaxValue);
            _ = latch.CurrentCount + (long)latch.InitialCount;
            _ = latch.MissingParties();
            latch.Reset();
        });

    [Fact]
    public void Once_AnyBytes_IsAnExceptionOrAnAnswer() => Fuzz(
        memory => SharedOnce.Create(memory, "x"), memory =>
        {
            SharedOnce once = SharedOnce.Open(memory, "x");
            _ = once.State;
            _ = once.Call(static () => { }, s_moment);
            once.Reset();
        });

    [Fact]
    public void Event_AnyBytes_IsAnExceptionOrAnAnswer() => Fuzz(
        memory => SharedEvent.Create(memory, "x", EventMode.Auto), memory =>
        {
            SharedEvent one = SharedEvent.Open(memory, "x");
            _ = one.Wait(s_moment);
            _ = one.Signal();
            _ = one.Pulse(s_moment);
            one.Reset();
            _ = one.WaitingCount;
        });

    [Fact]
    public void Signal_AnyBytes_IsAnExceptionOrAnAnswer() => Fuzz(
        memory => SharedSignal<int>.Create(memory, "x", 5), memory =>
        {
            SharedSignal<int> signal = SharedSignal<int>.Open(memory, "x");
            _ = signal.TryRead(s_moment, out _);
            _ = signal.TrySet(7, s_moment);
            _ = signal.Version;
        });

    [Fact]
    public void Signal_MutexHeldForEver_WaitsEndAtTheirDeadline()
    {
        using TestMemory test = TestMemory.Create();
        SharedSignal<int> signal = SharedSignal<int>.Create(test.Memory, "x", 5);
        test.Poke32(test.OffsetOf("x_mtx"), 0);

        Watchdog.Run(() =>
        {
            Assert.False(signal.TryRead(s_moment, out _));
            Assert.False(signal.TrySet(6, s_moment));
            Assert.False(signal.WaitForChange(0, s_moment, out SignalReading<int> none));
            Assert.Equal(default, none);
        });

        test.Poke32(test.OffsetOf("x_mtx"), 1);
        Assert.True(signal.TrySet(6, s_moment));
        Assert.True(signal.TryRead(s_moment, out SignalReading<int> six));
        Assert.Equal((6, 1UL), (six.Value, six.Version));
    }

    // Every word of all the entries that the structure consists of.
    private static void Fuzz(Action<SharedMemory> create, Action<SharedMemory> use)
    {
        byte[] whole;
        int first;
        int length;
        using (TestMemory test = TestMemory.Create(8_192))
        {
            create(test.Memory);
            SharedEntry[] entries = [.. test.Memory.Table];
            first = (int)entries.Min(entry => entry.Offset);
            length = (int)entries.Max(entry => entry.Offset + entry.SizeBytes) - first;
            whole = test.Bytes();
        }

        Watchdog.Run(() =>
        {
            for (int field = 0; field < length; field += 4)
            {
                foreach (uint word in s_words)
                {
                    byte[] bytes = [.. whole];
                    BitConverter.GetBytes(word).CopyTo(bytes, first + field);
                    Try(bytes, use);
                }
            }

            var random = new Random(11);
            for (int i = 0; i < Campaign.Count(20, 2_000); i++)
            {
                byte[] bytes = [.. whole];
                random.NextBytes(bytes.AsSpan(first, length));
                Try(bytes, use);
            }
        });
    }

    private static void Try(byte[] bytes, Action<SharedMemory> use)
    {
        using TestMemory test = TestMemory.FromBytes(bytes);
        try
        {
            use(test.Memory);
        }
        catch (Exception e) when (e is SharedMemoryException or InvalidOperationException or ArgumentException)
        {
            Assert.NotEmpty(e.Message);
        }
    }
}
