using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

public sealed class ReaderWriterLockTests
{
    [Fact]
    public void ReaderWriterLock_WriterPending_NewReadersWait()
    {
        using var segment = new Segment(ours: true);
        var rw = SharedReaderWriterLock.Create(segment.First, "rw");
        ReaderLock reader = rw.ReadLock();
        bool written = false;
        Task writer = Segment.Background(() =>
        {
            using (rw.WriteLock())
            {
                written = true;
            }
        });
        Segment.Until(() => rw.IsWriterActive);

        Assert.False(rw.TryReadLock(TimeSpan.Zero, out _));
        Assert.False(rw.TryReadLock(TimeSpan.FromMilliseconds(10), out _));
        Task late = Segment.Background(() =>
        {
            using (rw.ReadLock())
            {
                Assert.True(written);
            }
        });
        reader.Dispose();
        reader.Dispose();

        Segment.Join(writer, late);
        Assert.Equal((0, false), (rw.ReaderCount, rw.IsWriterActive));
    }

    [Fact]
    public void ReaderWriterLock_WriterGivesUp_ReadersGoOn()
    {
        using var segment = new Segment(ours: true);
        var rw = SharedReaderWriterLock.Create(segment.First, "rw");
        using ReaderLock reader = rw.ReadLock();
        using var source = new CancellationTokenSource();

        Assert.False(rw.TryWriteLock(TimeSpan.FromMilliseconds(10), out _));
        Task writer = Segment.Background(() => rw.WriteLock(source.Token).Dispose());
        Segment.Until(() => rw.IsWriterActive);
        source.Cancel();

        _ = Assert.ThrowsAny<OperationCanceledException>(() => writer.GetAwaiter().GetResult());
        Assert.False(rw.IsWriterActive);
        Assert.True(rw.TryReadLock(TimeSpan.Zero, out ReaderLock second));
        second.Dispose();
    }

    [Fact]
    public async Task ReaderWriterLock_MixedUse_ExcludesWriters()
    {
        using var segment = new Segment(ours: true);
        var rw = SharedReaderWriterLock.Create(segment.First, "rw");
        SharedReaderWriterLock other = SharedReaderWriterLock.Open(segment.OpenAgain(), "rw");
        int readers = 0;
        int writers = 0;
        int rounds = Campaign.Count(500, 50_000);

        async Task Play(SharedReaderWriterLock mine, int seed)
        {
            var random = new Random(seed);
            for (int i = 0; i < rounds; i++)
            {
                if (random.Next(4) == 0)
                {
                    using WriterLock held = random.Next(2) == 0 ? mine.WriteLock() : await mine.WriteLockAsync();
                    Assert.Equal(1, Interlocked.Increment(ref writers));
                    Assert.Equal(0, Volatile.Read(ref readers));
                    _ = Interlocked.Decrement(ref writers);
                }
                else
                {
                    using ReaderLock held = random.Next(2) == 0 ? mine.ReadLock() : await mine.ReadLockAsync();
                    _ = Interlocked.Increment(ref readers);
                    Assert.Equal(0, Volatile.Read(ref writers));
                    _ = Interlocked.Decrement(ref readers);
                }
            }
        }

        await Task.WhenAll(
            Task.Run(() => Play(rw, 1)), Task.Run(() => Play(other, 2)), Task.Run(() => Play(rw, 3)))
            .WaitAsync(TimeSpan.FromMinutes(Campaign.IsFull ? 10 : 1));
        Assert.Equal((0, false), (rw.ReaderCount, rw.IsWriterActive));
    }
}
