using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>A second process is killed while it holds or waits; this one goes on.</summary>
public sealed class KillTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Mutex_HolderKilled_NextIsTold(bool ours)
    {
        using var segment = new Segment(ours: ours);
        var mutex = SharedMutex.Create(segment.First, "x");
        using PeerProcess peer = Hold(segment, "mutex");
        Assert.Equal(peer.Id, mutex.FindOwner()!.Value.ProcessId);
        Assert.False(mutex.TryLock(out _));
        Task<bool> waiter = Task.Run(() =>
        {
            using MutexLock inherited = mutex.Lock();
            return inherited.WasAbandoned;
        });
        Segment.Until(() => mutex.WaitingCount == 1);

        peer.Kill();

        Assert.True(await waiter.WaitAsync(TimeSpan.FromSeconds(60)));
        using MutexLock after = mutex.Lock();
        Assert.False(after.WasAbandoned);
        Assert.Equal(0, mutex.WaitingCount);
    }

    [Fact]
    public void Mutex_HolderKilledNobodyWaits_TryLockInherits()
    {
        using var segment = new Segment();
        var mutex = SharedMutex.Create(segment.First, "x");
        using (PeerProcess peer = Hold(segment, "mutex"))
        {
            peer.Kill();
        }

        Assert.True(mutex.TryLock(out MutexLock held));
        Assert.True(held.WasAbandoned);
        held.Dispose();
        Assert.False(mutex.IsLocked);
    }

    [Fact]
    public void Mutex_WaiterKilled_LeavesTheLineAndTheCounter()
    {
        using var segment = new Segment(ours: true);
        var mutex = SharedMutex.Create(segment.First, "x");
        MutexLock held = mutex.Lock();
        using PeerProcess peer = Wait(segment, "mutex");
        Segment.Until(() => mutex.WaitingCount == 1);

        peer.Kill();
        Assert.False(mutex.TryLock(TimeSpan.FromMilliseconds(200), out _));

        Assert.Equal(0, mutex.WaitingCount);
        held.Dispose();
        mutex.Lock().Dispose();
        Assert.True(segment.First.Waits().Site(0xC20).Line.IsEmpty);
        Assert.Equal(0u, segment.First.Waits().Site(0xC20).Line.SleepersCell.ReadAcquire());
    }

    [Fact]
    public void Semaphore_FrontOfTheLineKilled_NextIsServed()
    {
        using var segment = new Segment(ours: true);
        var semaphore = SharedSemaphore.Create(segment.First, "x", 0);
        using PeerProcess peer = Wait(segment, "semaphore");
        Segment.Until(() => semaphore.WaitingCount == 1);
        Task second = Segment.Background(() => semaphore.Acquire());
        Segment.Until(() => semaphore.WaitingCount == 2);

        peer.Kill();
        semaphore.Release();

        Segment.Join(second);
        Assert.Equal((0, 0), (semaphore.CurrentCount, semaphore.WaitingCount));
    }

    [Fact]
    public void ReaderWriterLock_ReaderKilled_WriterGoesOn()
    {
        using var segment = new Segment();
        var rw = SharedReaderWriterLock.Create(segment.First, "x");
        using PeerProcess peer = Hold(segment, "read");
        Assert.Equal(1, rw.ReaderCount);

        peer.Kill();

        using WriterLock held = rw.WriteLock();
        Assert.Equal(0, rw.ReaderCount);
    }

    [Fact]
    public void ReaderWriterLock_WriterKilled_NextWriterIsTold()
    {
        using var segment = new Segment();
        var rw = SharedReaderWriterLock.Create(segment.First, "x");
        using PeerProcess peer = Hold(segment, "write");

        peer.Kill();

        using (WriterLock held = rw.WriteLock())
        {
            Assert.True(held.WasAbandoned);
        }

        Assert.False(rw.IsWriterActive);
    }

    [Fact]
    public void ReaderWriterLock_WriterKilled_ReaderClearsUpAndIsTold()
    {
        using var segment = new Segment();
        var rw = SharedReaderWriterLock.Create(segment.First, "x");
        using PeerProcess peer = Hold(segment, "write");
        Assert.False(rw.TryReadLock(TimeSpan.Zero, out _));

        peer.Kill();

        using (ReaderLock held = rw.ReadLock())
        {
            Assert.True(held.WasAbandoned);
        }

        Assert.Equal((0, false), (rw.ReaderCount, rw.IsWriterActive));
        rw.WriteLock().Dispose();
    }

    [Fact]
    public async Task Once_ExecutorKilled_NextExecutes()
    {
        using var segment = new Segment();
        var once = SharedOnce.Create(segment.First, "x");
        using PeerProcess peer = Hold(segment, "once");
        Assert.Equal(OnceOutcome.TimedOut, once.Call(() => Assert.Fail(), TimeSpan.Zero));
        Task<OnceOutcome> caller = Task.Run(() => once.Call(() => { }));

        peer.Kill();

        Assert.Equal(OnceOutcome.ExecutedAfterAbandonment, await caller.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(OnceState.Done, once.State);
    }

    [Fact]
    public void Signal_SetterKilled_NextReadIsTold()
    {
        using var segment = new Segment();
        var signal = SharedSignal<long>.Create(segment.First, "x", 5);
        using PeerProcess peer = Hold(segment, "signal");

        peer.Kill();

        Assert.Equal(new SignalReading<long>(5, 0, true), signal.Read());
        Assert.False(signal.Read().WasAbandoned);
    }

    [Fact]
    public void Event_WaiterKilled_PulseDoesNotHang()
    {
        using var segment = new Segment();
        var e = SharedEvent.Create(segment.First, "x", EventMode.Manual);
        using PeerProcess peer = Wait(segment, "event");
        Segment.Until(() => e.WaitingCount == 1);

        peer.Kill();

        Assert.True(e.Pulse(TimeSpan.FromSeconds(60)));
        Assert.Equal(0, e.WaitingCount);
    }

    [Fact]
    public void Barrier_PartyKilled_IsMissingAndMayBeReplaced()
    {
        using var segment = new Segment(ours: true);
        using var barrier = SharedBarrier.Create(segment.First, "x", 3);
        using PeerProcess peer = Wait(segment, "barrier");
        Segment.Until(() => barrier.ArrivedCount == 1);
        Task waiter = Segment.Background(() => barrier.SignalAndWait());
        Segment.Until(() => barrier.ArrivedCount == 2);

        peer.Kill();
        Segment.Until(() => barrier.ArrivedCount == 1);

        MissingParty missing = Assert.Single(barrier.MissingParties());
        Assert.Equal((peer.Id, true), (missing.Process.ProcessId, missing.IsDead));
        Task[] rest = [Segment.Background(() => barrier.SignalAndWait()), Segment.Background(() =>
            barrier.SignalAndWait())];
        Segment.Join([waiter, .. rest]);
        Assert.Equal((0, 1), (barrier.ArrivedCount, barrier.Generation));
    }

    [Fact]
    public void Latch_PartyKilled_IsListedAsDead()
    {
        using var segment = new Segment();
        var latch = SharedLatch.Create(segment.First, "x", 2);
        using PeerProcess peer = Hold(segment, "latch");
        Assert.False(Assert.Single(latch.MissingParties()).IsDead);

        peer.Kill();

        Assert.Equal((peer.Id, true), latch.MissingParties().Select(p => (p.Process.ProcessId, p.IsDead)).Single());
    }

    [Fact]
    public void WaitTable_OtherUserKilled_LastOfTheLivingRemovesFile()
    {
        using var segment = new Segment();
        _ = SharedMutex.Create(segment.First, "x");
        using PeerProcess peer = Hold(segment, "mutex");
        Assert.True(File.Exists(segment.TablePath));

        peer.Kill();
        segment.First.Dispose();

        Assert.False(File.Exists(segment.TablePath));
    }

    [Fact]
    public void WaitTable_ProcessEndsWithoutDispose_RemovesFile()
    {
        using var segment = new Segment();
        _ = SharedSemaphore.Create(segment.First, "x", 1);
        segment.First.Dispose();
        using PeerProcess peer = Wait(segment, "semaphore");

        _ = peer.ExpectLine("done");
        peer.ExpectExit();

        Assert.False(File.Exists(segment.TablePath));
    }

    [Fact]
    public void TwoProcesses_TokensAndTotals_NoneLost()
    {
        using var segment = new Segment(ours: true);
        var a = SharedSemaphore.Create(segment.First, "a", 0);
        var b = SharedSemaphore.Create(segment.First, "b", 0);
        var mutex = SharedMutex.Create(segment.First, "m");
        var total = SharedSignal<long>.Create(segment.First, "total", 0);
        int rounds = Campaign.Count(3_000, 2_000_000);
        using PeerProcess peer = PeerProcess.StartPeer(
            "zeroipc-tokens", "--segment", segment.Name, "--ours", "true", "--rounds", $"{rounds}");
        _ = peer.ExpectLine("ready");

        for (int i = 0; i < rounds; i++)
        {
            a.Release();
            b.Acquire();
            using (mutex.Lock())
            {
                total.Set(total.Get() + 1);
            }
        }

        _ = peer.ExpectLine("done");
        peer.ExpectExit();
        Assert.Equal(2L * rounds, total.Get());
        Assert.Equal((0, 0, 0, 0), (a.CurrentCount, b.CurrentCount, a.WaitingCount, b.WaitingCount));
    }

    private static PeerProcess Hold(Segment segment, string kind)
    {
        PeerProcess peer = Start("zeroipc-hold", segment, kind);
        _ = peer.ExpectLine("held");
        return peer;
    }

    private static PeerProcess Wait(Segment segment, string kind)
    {
        PeerProcess peer = Start("zeroipc-wait", segment, kind);
        _ = peer.ExpectLine("waiting");
        return peer;
    }

    private static PeerProcess Start(string verb, Segment segment, string kind) => PeerProcess.StartPeer(
        verb, "--segment", segment.Name, "--kind", kind, "--name", "x", "--ours", segment.Ours ? "true" : "false");
}
