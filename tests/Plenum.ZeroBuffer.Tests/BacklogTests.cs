namespace Plenum.ZeroBuffer.Tests;

/// <summary>Behind a long backlog space and tokens change hands in groups; nothing may be late when it ends.</summary>
public sealed class BacklogTests
{
    private const int Frames = 200;
    private const int Size = 64;
    private const int Total = Size + 16;
    private const int Ring = 32 * 1024;

    [Fact]
    public void Read_LongBacklog_SpaceIsNeverMoreThanAnEighthLate_AndWholeAtItsEnd()
    {
        using var pair = new Pair(payload: Ring);
        for (int i = 1; i <= Frames; i++)
        {
            pair.WriteP(Size, i);
        }

        bool grouped = false;
        for (int i = 1; i <= Frames; i++)
        {
            pair.ReadAndCheck((ulong)i, Size);
            ulong right = (ulong)(Ring - ((Frames - i) * Total));
            Assert.InRange(pair.Free, right - (Ring / 8), right);
            grouped |= pair.Free != right;

            // A Python writer takes the position for the end of the contiguous room.
            Assert.True(pair.ReadPosition >= pair.Free - (ulong)(Ring - (Frames * Total)));
        }

        Assert.True(grouped);
        Assert.Equal((ulong)Ring, pair.Free);
        Assert.Equal(Frames, pair.SemR.Count);
        Assert.Equal(0, pair.SemW.Count);
        Assert.Equal((ulong)(Frames * Total), pair.ReadPosition);
        Assert.Equal((ulong)Frames, pair.ReadCount);
    }

    [Fact]
    public void Read_LastOfBacklogHeld_SpaceOfTheOthersIsBack()
    {
        using var pair = new Pair(payload: Ring);
        for (int i = 1; i <= Frames; i++)
        {
            pair.WriteP(Size, i);
        }

        for (int i = 1; i < Frames; i++)
        {
            pair.ReadAndCheck((ulong)i, Size);
        }

        Assert.True(pair.Reader.TryRead(out Frame last));
        Assert.Equal((ulong)(Ring - Total), pair.Free);
        last.Dispose();
        Assert.Equal((ulong)Ring, pair.Free);
    }

    [Fact]
    public void Read_LargeFramesOfABacklog_AreGivenBackAtOnce()
    {
        using var pair = new Pair(payload: Ring);
        const int size = 500;
        for (int i = 1; i <= 50; i++)
        {
            pair.WriteP(size, i);
        }

        for (int i = 1; i <= 50; i++)
        {
            pair.ReadAndCheck((ulong)i, size);
            Assert.Equal((ulong)(Ring - ((50 - i) * (size + 16))), pair.Free);
        }
    }

    [Fact]
    public void Dispose_FramesOfABacklogDisposedBehindIt_EndsCleanly()
    {
        using var pair = new Pair(payload: Ring);
        for (int i = 1; i <= Frames; i++)
        {
            pair.WriteP(Size, i);
        }

        Assert.True(pair.Reader.TryRead(out Frame first));
        OwnedFrame held = first.ToOwned();
        for (int i = 2; i <= 20; i++)
        {
            pair.ReadAndCheck((ulong)i, Size);
        }

        pair.Reader.Dispose();
        Assert.True(held.Memory.Span.SequenceEqual(Pair.P(Size, 1)));
        held.Dispose();
        Assert.Throws<PeerClosedException>(() => pair.Writer.Write([1]));
    }

    /// <summary>A ring far smaller than the stream, released on other threads, in any order: a piece that nobody gives
    /// back stops the writer for good.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Read_ReleasedOnOtherThreads_NothingStaysBehind(int releasers)
    {
        const int total = 20_000;
        const int ring = 64 * 1024;
        using var pair = new Pair(payload: ring);
        using var stop = new CancellationTokenSource(Pair.Patience);
        var queue = System.Threading.Channels.Channel.CreateBounded<OwnedFrame>(64);
        Task writer = Task.Run(
            () =>
            {
                byte[] data = new byte[40];
                for (int i = 1; i <= total; i++)
                {
                    data[0] = (byte)i;
                    Assert.True(pair.Writer.TryWrite(data, Pair.Patience, stop.Token));
                }
            },
            stop.Token);
        Task[] ends = [.. Enumerable.Range(0, releasers).Select(_ => Task.Run(
            async () =>
            {
                await foreach (OwnedFrame frame in queue.Reader.ReadAllAsync(stop.Token))
                {
                    Assert.Equal((byte)frame.Sequence, frame.Memory.Span[0]);
                    frame.Dispose();
                }
            },
            stop.Token))];
        for (int i = 1; i <= total; i++)
        {
            OwnedFrame? owned = Next(pair.Reader, stop.Token);
            Assert.NotNull(owned);
            Assert.Equal((ulong)i, owned.Sequence);
            await queue.Writer.WriteAsync(owned, stop.Token);
        }

        queue.Writer.Complete();
        await Task.WhenAll([writer, .. ends]);
        Assert.Equal((ulong)ring, pair.Free);
    }

    private static OwnedFrame? Next(ZeroBufferReader reader, CancellationToken cancellation) =>
        reader.Read(out Frame frame, Pair.Patience, cancellation) == ReadOutcome.Frame ? frame.ToOwned() : null;
}
