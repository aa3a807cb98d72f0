namespace Plenum.ZeroBuffer.Tests;

/// <summary>Dispose in every order, and wrong use by two threads.</summary>
public sealed class LifetimeTests
{
    [Fact]
    public void Frame_DisposedTwiceAndCopied_GivesBytesBackOnce()
    {
        using var pair = new Pair();
        pair.WriteP(100, 1);
        Assert.True(pair.Reader.TryRead(out Frame frame));
        Frame copy = frame;

        frame.Dispose();
        copy.Dispose();
        frame.Dispose();
        default(Frame).Dispose();

        Assert.Equal(10240ul, pair.Free);
        Assert.Equal(1, pair.SemR.Count);
        Assert.False(copy.IsValid);
    }

    [Fact]
    public void Frame_OldCopyAfterReuse_DoesNotReleaseTheNewFrame()
    {
        using var pair = new Pair();
        pair.WriteP(100, 1);
        pair.WriteP(200, 2);
        Assert.True(pair.Reader.TryRead(out Frame first));
        first.Dispose();
        Assert.True(pair.Reader.TryRead(out Frame second));

        first.Dispose();

        Assert.True(second.IsValid);
        Assert.Equal(10240ul - 216, pair.Free);
        second.Dispose();
        Assert.Equal(10240ul, pair.Free);
    }

    [Fact]
    public void Frames_ReleasedInAnyOrder_CreditExactlyTheirBytes()
    {
        using var pair = new Pair();
        for (int i = 1; i <= 3; i++)
        {
            pair.WriteP(100 * i, i);
        }

        Assert.True(pair.Reader.TryRead(out Frame a));
        Assert.True(pair.Reader.TryRead(out Frame b));
        Assert.True(pair.Reader.TryRead(out Frame c));

        // The free bytes have no place: a later frame's go back after the earlier frame's, or the writer would
        // overwrite that one.
        b.Dispose();
        Assert.Equal(10240ul - 116 - 216 - 316, pair.Free);
        Assert.False(b.IsValid);
        a.Dispose();
        Assert.Equal(10240ul - 316, pair.Free);
        Assert.Equal(2, pair.SemR.Count);
        c.Dispose();
        Assert.Equal(10240ul, pair.Free);
        Assert.Equal(3, pair.SemR.Count);
    }

    [Fact]
    public void Frame_Held_IsNeverOverwritten()
    {
        using var pair = new Pair(0, 1024);
        pair.WriteP(200, 1);
        Assert.True(pair.Reader.TryRead(out Frame held));
        int others = 0;
        for (int i = 2; i < 50; i++)
        {
            if (pair.Writer.TryWrite(Pair.P(200, i)))
            {
                others++;
            }

            if (pair.Reader.TryRead(out Frame next))
            {
                next.Dispose();
            }
        }

        Assert.Equal(3, others);
        Assert.True(held.Span.SequenceEqual(Pair.P(200, 1)));
        held.Dispose();
    }

    [Fact]
    public void Frame_OutlivesItsReader()
    {
        using var pair = new Pair();
        pair.WriteP(100, 1);
        Assert.True(pair.Reader.TryRead(out Frame frame));
        pair.Writer.Dispose();
        pair.Reader.Dispose();

        Assert.True(frame.IsValid);
        Assert.True(frame.Span.SequenceEqual(Pair.P(100, 1)));
        frame.Dispose();
        Assert.False(frame.IsValid);
        frame.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pair.Reader.TryRead(out _));
    }

    [Fact]
    public void OwnedFrame_OutlivesItsReaderAndEndsWithDispose()
    {
        using var pair = new Pair();
        pair.WriteP(100, 1);
        Assert.True(pair.Reader.TryRead(out Frame frame));
        OwnedFrame owned = frame.ToOwned();
        Assert.False(frame.IsValid);
        frame.Dispose();
        Assert.Equal(10240ul - 116, pair.Free);
        pair.Reader.Dispose();

        Assert.Equal(Pair.P(100, 1), owned.Memory.ToArray());
        Memory<byte> memory = owned.Memory;
        owned.Dispose();
        owned.Dispose();

        Assert.Throws<ObjectDisposedException>(() => memory.Span[0]);
    }

    [Fact]
    public void Reservation_Aborted_LeavesNoTrace()
    {
        using var pair = new Pair(0, 1024);
        pair.WriteP(600, 1);
        pair.ReadAndCheck(1, 600);
        byte[] header = pair.Bytes()[..128];

        using (FrameReservation reservation = pair.Writer.Reserve(500))
        {
            Assert.Equal(2ul, reservation.Sequence);
            Assert.Throws<InvalidOperationException>(() => pair.Writer.TryWrite([1]));
        }

        Assert.Equal(header, pair.Bytes()[..128]);
        Assert.Equal(0, pair.SemW.Count);
        pair.WriteP(500, 2);
        pair.ReadAndCheck(2, 500);
    }

    [Fact]
    public void Reservation_CommittedTwiceOrAfterDispose_Throws()
    {
        using var pair = new Pair();
        FrameReservation reservation = pair.Writer.Reserve(10);
        FrameReservation copy = reservation;
        reservation.Commit();
        bool refused = false;
        try
        {
            copy.Commit();
        }
        catch (ObjectDisposedException)
        {
            refused = true;
        }

        Assert.True(refused);
        Assert.Equal(1, pair.SemW.Count);
    }

    [Fact]
    public void Reservation_OutlivesItsWriter_WithoutCrash()
    {
        using var pair = new Pair();
        FrameReservation reservation = pair.Writer.Reserve(100);
        pair.Writer.Dispose();
        pair.Reader.Dispose();

        reservation.Span.Fill(7);
        bool refused = false;
        try
        {
            reservation.Commit();
        }
        catch (ObjectDisposedException)
        {
            refused = true;
        }

        reservation.Dispose();
        Assert.True(refused);
        Assert.False(reservation.IsValid);
    }

    [Fact]
    public async Task Read_DisposedWhileBlocked_EndsWithException()
    {
        using var pair = new Pair();
        using var entered = new ManualResetEventSlim();
        Task blocked = Scenarios.BasicScenarioTests.Background(() =>
        {
            entered.Set();
            Assert.Throws<ObjectDisposedException>(() => pair.Reader.Read(out _, Timeout.InfiniteTimeSpan));
        });
        entered.Wait();
        Spin(() => pair.Reader.State == ReaderState.Waiting);

        pair.Reader.Dispose();

        await blocked;
        Assert.Equal(ReaderState.Shutdown, pair.Reader.State);
    }

    [Fact]
    public async Task Write_DisposedWhileBlocked_EndsWithException()
    {
        using var pair = new Pair(0, 64);
        pair.WriteP(48, 1);
        Task blocked = Scenarios.BasicScenarioTests.Background(() =>
            Assert.Throws<ObjectDisposedException>(() => pair.Writer.TryWrite(new byte[48], Timeout.InfiniteTimeSpan)));
        Spin(() => pair.Writer.State == WriterState.Blocked);

        pair.Writer.Dispose();

        await blocked;
        Assert.Equal(WriterState.Shutdown, pair.Writer.State);
    }

    [Fact]
    public async Task Read_Cancelled_Throws()
    {
        using var pair = new Pair();
        using var cancel = new CancellationTokenSource();
        Task blocked = Scenarios.BasicScenarioTests.Background(() =>
            Assert.ThrowsAny<OperationCanceledException>(
                () => pair.Reader.Read(out _, Timeout.InfiniteTimeSpan, cancel.Token)));
        Spin(() => pair.Reader.State == ReaderState.Waiting);

        await cancel.CancelAsync();

        await blocked;
        pair.WriteP(10, 1);
        pair.ReadAndCheck(1, 10);
    }

    [Fact]
    public async Task Read_WriterClosesWhileBlocked_SaysSo()
    {
        using var pair = new Pair();
        pair.WriteP(10, 1);
        pair.ReadAndCheck(1, 10);
        Task blocked = Scenarios.BasicScenarioTests.Background(() =>
            Assert.Equal(ReadOutcome.WriterClosed, pair.Reader.Read(out _, Timeout.InfiniteTimeSpan)));
        Spin(() => pair.Reader.State == ReaderState.Waiting);

        pair.Writer.Dispose();

        await blocked;
        Assert.Equal(0, pair.SemW.Count);
    }

    [Fact]
    public async Task Write_ReaderClosesWhileBlocked_SaysSo()
    {
        using var pair = new Pair(0, 64);
        pair.WriteP(48, 1);
        Task blocked = Scenarios.BasicScenarioTests.Background(() =>
            Assert.Throws<PeerClosedException>(() => pair.Writer.TryWrite(new byte[48], Timeout.InfiniteTimeSpan)));
        Spin(() => pair.Writer.State == WriterState.Blocked);

        pair.Reader.Dispose();

        await blocked;
        Assert.Equal(WriterState.NoReader, pair.Writer.State);
    }

    [Fact]
    public async Task Endpoints_UsedByTwoThreads_ThrowAndNeverCrash()
    {
        using var pair = new Pair(64, 4096);
        using var stop = new CancellationTokenSource();
        int refused = 0;
        var tasks = new List<Task>();
        for (int t = 0; t < 2; t++)
        {
            tasks.Add(Scenarios.BasicScenarioTests.Background(
                () => Hammer(ref refused, () => pair.Writer.TryWrite(new byte[100]), stop.Token)));
            tasks.Add(Scenarios.BasicScenarioTests.Background(() => Hammer(ref refused, () =>
            {
                if (pair.Reader.TryRead(out Frame frame))
                {
                    frame.Dispose();
                }
            }, stop.Token)));
        }

        Spin(() => pair.Reader.Statistics.Frames > 1000);
        pair.Reader.Dispose();
        pair.Writer.Dispose();
        await stop.CancelAsync();
        await Task.WhenAll(tasks);

        Assert.True(refused >= 0);
        Assert.Equal(ReaderState.Shutdown, pair.Reader.State);
    }

    [Fact]
    public void OwnedFrames_DisposedWhileTheReaderCloses_NeverCrash()
    {
        for (int i = 0; i < Campaign.Count(50, 1000); i++)
        {
            using var pair = new Pair(0, 4096);
            var frames = new OwnedFrame[8];
            for (int k = 0; k < frames.Length; k++)
            {
                pair.WriteP(100, k + 1);
                Assert.True(pair.Reader.TryRead(out Frame frame));
                frames[k] = frame.ToOwned();
            }

            Parallel.Invoke(
                () => Array.ForEach(frames, frame => frame.Dispose()),
                pair.Reader.Dispose,
                () => Array.ForEach(frames, frame => frame.Dispose()),
                pair.Writer.Dispose);
        }
    }

    internal static void Spin(Func<bool> condition)
    {
        var spin = new SpinWait();
        while (!condition())
        {
            spin.SpinOnce();
        }
    }

    private static void Hammer(ref int refused, Action action, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                action();
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (InvalidOperationException)
            {
                Interlocked.Increment(ref refused);
            }
            catch (SharedMemoryException)
            {
                return;
            }
        }
    }
}
