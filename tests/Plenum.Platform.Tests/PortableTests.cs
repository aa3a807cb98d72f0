using Plenum.TestSupport;

namespace Plenum.Platform.Tests;

/// <summary>The parts of the layer that every system has, through the same calls: what macOS and Windows run.</summary>
public sealed class PortableTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void Segment_CreatedAndOpened_IsOneMemory()
    {
        using var name = new TempSegment();
        using SharedSegment first = SharedSegment.Create(name.SegmentName, 8192, s => s.UInt64(8).WriteOwned(42));
        Assert.Throws<SegmentExistsException>(() => SharedSegment.Create(name.SegmentName, 8192));
        using (SharedSegment second = SharedSegment.Open(name.SegmentName))
        {
            Assert.Equal(42ul, second.UInt64(8).ReadAcquire());
            second.UInt64(8).Increment();
            "bytes"u8.CopyTo(second.Span(4096, 5));
        }

        Assert.Equal(43ul, first.UInt64(8).ReadAcquire());
        Assert.True(first.ReadOnlySpan(4096, 5).SequenceEqual("bytes"u8));
        using SharedSegment looking = SharedSegment.Open(name.SegmentName, SegmentAccess.ReadOnly);
        Assert.Throws<InvalidOperationException>(() => looking.UInt64(8));
        first.RemoveName();
    }

    [Fact]
    public void Segment_NotThere_IsNotFound()
    {
        using var name = new TempSegment();

        Assert.Throws<SegmentNotFoundException>(() => SharedSegment.Open(name.SegmentName));
    }

    [Fact]
    public void Role_OfAnotherObject_IsBusyUntilItsDispose()
    {
        using var name = new TempSegment();
        using SharedSegment first = SharedSegment.Create(name.SegmentName, 4096);
        using (SharedSegment second = SharedSegment.Open(name.SegmentName))
        {
            Assert.True(second.TryLockRole(80));
            Assert.False(first.TryLockRole(80));
            Assert.True(first.IsRoleLockedByOther(80));
        }

        Assert.True(first.TryLockRole(80));
        first.UnlockRole(80);
        first.RemoveName();
    }

    [Fact]
    public void Semaphore_PostedHere_IsTakenThroughAnotherObject()
    {
        using var name = new TempSegment();
        using NamedSemaphore first = NamedSemaphore.Create(name.Name);
        try
        {
            using NamedSemaphore second = NamedSemaphore.Open(name.Name);
            Assert.False(second.TryWait());
            Assert.True(first.TryPost(3));
            Assert.Equal(2, second.TryWaitMany(2));
            Assert.True(second.Wait(s_patience));
            Assert.False(second.Wait(TimeSpan.FromMilliseconds(5), WaitStrategy.PowerSaving));
            using var cancelled = new CancellationTokenSource();
            cancelled.CancelAfter(5);
            Assert.ThrowsAny<OperationCanceledException>(() =>
                second.Wait(Timeout.InfiniteTimeSpan, WaitStrategy.PowerSaving, cancelled.Token));
        }
        finally
        {
            NamedSemaphore.Remove(name.Name);
        }
    }

    [Fact]
    public void Semaphore_SleeperOnAnotherThread_IsWoken()
    {
        using var name = new TempSegment();
        using NamedSemaphore semaphore = NamedSemaphore.Create(name.Name);
        try
        {
            bool taken = false;
            var sleeper = new Thread(() => taken = semaphore.Wait(s_patience, WaitStrategy.PowerSaving));
            sleeper.Start();
            semaphore.TryPost();
            Assert.True(sleeper.Join(s_patience));
            Assert.True(taken);
        }
        finally
        {
            NamedSemaphore.Remove(name.Name);
        }
    }

    [Fact]
    public void Liveness_OfThisProcessAndOfNobody_IsTold()
    {
        ProcessIdentity own = ProcessIdentity.Of(Environment.ProcessId);

        Assert.Equal(ProcessLiveness.Alive, ProcessIdentity.Check(Environment.ProcessId, own.StartTicks));
        Assert.Equal(ProcessLiveness.Dead, ProcessIdentity.Check(int.MaxValue - 1));
    }

    [Fact]
    public void FileLock_Held_IsRefusedToTheNext()
    {
        string path = Path.Combine(Path.GetTempPath(), $"plt-{Environment.ProcessId}-{Guid.NewGuid():N}.lock");
        Assert.True(FileLock.TryAcquire(path, out FileLock? held));
        using (held)
        {
            Assert.True(FileLock.IsHeld(path));
            Assert.False(FileLock.TryAcquire(path, out _));
        }

        Assert.True(FileLock.TryAcquire(path, out FileLock? again));
        again.Dispose();
        File.Delete(path);
    }
}
