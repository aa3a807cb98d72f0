using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.VoidShm.Tests.Reading;

public class VoidAsyncReadingTests
{
    private readonly float[] _values = new float[4];

    [Theory]
    [InlineData("canon", true)]
    [InlineData("canon", false)]
    [InlineData("strict", true)]
    public async Task WaitForNextAsync_WriterWrites_EveryFrameWakes(string profileName, bool mayAsk)
    {
        VoidProfile profile = VoidProfiles.Find(profileName)!;
        using var name = new TempSegment("wa");
        using VoidShmWriter writer = VoidShmWriter.Connect(
            name.Name, 1, 1, new VoidWriterOptions { Profile = profile });
        using var reader = new VoidAttachedReader(
            name.Name, new VoidReaderOptions { Profile = profile, MayAsk = mayAsk });
        reader.TryRead(_values, out _);

        for (int i = 1; i <= 50; i++)
        {
            ValueTask<VoidWaitResult> waiting = reader.WaitForNextAsync(TimeSpan.FromSeconds(30));
            Assert.False(waiting.IsCompleted);
            writer.Write([i]);

            Assert.Equal(VoidWaitResult.NewFrame, await waiting);
            Assert.True(reader.TryRead(_values, out VoidSnapshot snapshot));
            Assert.Equal((ulong)i, snapshot.Frame);
        }
    }

    [Fact]
    public async Task WaitForNextAsync_FrameAlreadyThere_EndsAtOnce()
    {
        using var name = new TempSegment("wa");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1);
        using var reader = new VoidAttachedReader(name.Name);
        writer.Write([1]);

        ValueTask<VoidWaitResult> waiting = reader.WaitForNextAsync(TimeSpan.Zero);

        Assert.True(waiting.IsCompleted);
        Assert.Equal(VoidWaitResult.NewFrame, await waiting);
    }

    [Fact]
    public async Task WaitForNextAsync_NothingComes_TimesOut()
    {
        using var name = new TempSegment("wa");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1);
        using var reader = new VoidAttachedReader(name.Name);
        reader.TryRead(_values, out _);

        Assert.Equal(VoidWaitResult.TimedOut, await reader.WaitForNextAsync(TimeSpan.FromMilliseconds(20)));
    }

    [Fact]
    public async Task WaitForNextAsync_SegmentAppearsLater_Attaches()
    {
        using var name = new TempSegment("wa");
        using var reader = new VoidAttachedReader(name.Name);
        ValueTask<VoidWaitResult> waiting = reader.WaitForNextAsync(TimeSpan.FromSeconds(30));

        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1);

        Assert.Equal(VoidWaitResult.NewFrame, await waiting);
    }

    [Fact]
    public async Task WaitForNextAsync_CancelledOrDisposed_Ends()
    {
        using var name = new TempSegment("wa");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1);
        var reader = new VoidAttachedReader(name.Name);
        reader.TryRead(_values, out _);
        using var cancel = new CancellationTokenSource();
        ValueTask<VoidWaitResult> cancelled = reader.WaitForNextAsync(Timeout.InfiniteTimeSpan, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled);

        ValueTask<VoidWaitResult> closed = reader.WaitForNextAsync(Timeout.InfiniteTimeSpan);
        reader.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await closed);
    }

    [Fact]
    public async Task WaitForNextAsync_HundredReaders_AllSeeTheFrame()
    {
        using var name = new TempSegment("wa");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1);
        VoidAttachedReader[] readers = [.. Enumerable.Range(0, 100).Select(_ => new VoidAttachedReader(name.Name))];
        foreach (VoidAttachedReader reader in readers)
        {
            reader.TryRead(_values, out _);
        }

        Task<VoidWaitResult>[] waits =
            [.. readers.Select(reader => reader.WaitForNextAsync(TimeSpan.FromSeconds(30)).AsTask())];
        writer.Write([7]);

        Assert.All(await Task.WhenAll(waits), result => Assert.Equal(VoidWaitResult.NewFrame, result));
        Array.ForEach(readers, reader => reader.Dispose());
    }
}
