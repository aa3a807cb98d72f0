using System.Buffers.Binary;
using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.VoidShm.Tests.Reading;

public sealed class VoidAttachedReaderTests
{
    private readonly float[] _values = new float[64];

    [Fact]
    public void TryRead_AfterDisconnect_NoticesThoughItKeepsTheMapping()
    {
        using var name = new TempSegment("a");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1);
        using var reader = new VoidAttachedReader(name.Name);
        Assert.True(reader.TryRead(_values, out _));

        writer.Disconnect();

        Assert.False(reader.TryRead(_values, out VoidSnapshot snapshot));
        Assert.Equal(VoidValidity.Missing, snapshot.Code);
        Assert.False(reader.IsAttached);
    }

    [Fact]
    public void TryRead_MarkedInvalidButStillNamed_IsBadMagic()
    {
        using var name = new TempSegment("a");
        RawSegment.Create(name, RawSegment.Image(VoidProfiles.Canon, 1, 1, [1]));
        using var reader = new VoidAttachedReader(name.Name);
        Assert.True(reader.TryRead(_values, out VoidSnapshot snapshot));
        Assert.Equal(VoidVerification.Unverifiable, snapshot.Verification);

        RawSegment.Poke(name, 0, new byte[4]);

        Assert.False(reader.TryRead(_values, out snapshot));
        Assert.Equal(VoidValidity.BadMagic, snapshot.Code);
    }

    [Fact]
    public void TryRead_AfterEveryStructuralChange_FollowsAtOnce()
    {
        using var name = new TempSegment("a");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1);
        using var reader = new VoidAttachedReader(name.Name);
        for (int i = 1; i <= 20; i++)
        {
            writer.Reshape(i, 2);
            writer.Write([i]);

            Assert.True(reader.TryRead(_values, out VoidSnapshot snapshot));
            Assert.Equal(
                (i, 2, writer.Epoch, 1ul), (snapshot.Channels, snapshot.Length, snapshot.Epoch, snapshot.Frame));
            Assert.Equal(i, _values[0]);
        }
    }

    [Fact]
    public void TryRead_ReplacedByAForeignWriterWithoutAMark_NoticesTheName()
    {
        using var name = new TempSegment("a");
        RawSegment.Create(name, RawSegment.Image(VoidProfiles.Canon, 1, 1, [1], epoch: 5));
        using var reader = new VoidAttachedReader(name.Name);
        Assert.True(reader.TryRead(_values, out _));

        RawSegment.Create(name, RawSegment.Image(VoidProfiles.Canon, 1, 1, [2], epoch: 6));

        Watchdog.Run(() =>
        {
            while (!reader.TryRead(_values, out VoidSnapshot snapshot) || snapshot.Epoch != 6)
            {
                Thread.Yield();
            }
        });
        Assert.Equal(2f, _values[0]);
    }

    [Fact]
    public void TryRead_EpochMovedInPlace_ReadsTheNewEpoch()
    {
        using var name = new TempSegment("a");
        RawSegment.Create(name, RawSegment.Image(VoidProfiles.Canon, 1, 1, [1], epoch: 5));
        using var reader = new VoidAttachedReader(name.Name);
        Assert.True(reader.TryRead(_values, out _));

        Span<byte> epoch = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(epoch, 6);
        RawSegment.Poke(name, 24, epoch);

        Assert.True(reader.TryRead(_values, out VoidSnapshot snapshot));
        Assert.Equal(6ul, snapshot.Epoch);
    }

    [Fact]
    public void TryRead_SmallerBuffer_GetsTheFirstValues()
    {
        using var name = new TempSegment("a");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 2, 2);
        writer.Write([1, 2, 3, 4]);
        using var reader = new VoidAttachedReader(name.Name);
        using var strict = new VoidShmReader(name.Name);
        float[] three = new float[3];

        Assert.True(reader.TryRead(three, out VoidSnapshot snapshot));
        Assert.Equal((3, 4), (snapshot.FloatsCopied, snapshot.FloatCount));
        Assert.Equal([1, 2, 3], three);
        Assert.True(strict.TrySnapshot(ref three, out snapshot));
        Assert.Equal([1, 2, 3, 4], three);
    }

    [Fact]
    public void WaitForNext_FrameAlreadyThere_ReturnsAtOnce()
    {
        using var name = new TempSegment("w");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1);
        using var reader = new VoidAttachedReader(name.Name);

        Assert.Equal(VoidWaitResult.NewFrame, reader.WaitForNext(TimeSpan.Zero));
        Assert.True(reader.TryRead(_values, out _));
        Assert.Equal(VoidWaitResult.TimedOut, reader.WaitForNext(TimeSpan.FromMilliseconds(20)));
        writer.Write([1]);
        Assert.Equal(VoidWaitResult.NewFrame, reader.WaitForNext(TimeSpan.Zero));
    }

    [Theory]
    [InlineData("canon", true)]
    [InlineData("canon", false)]
    [InlineData("strict", true)]
    public void WaitForNext_WriterWrites_EveryFrameWakes(string profileName, bool mayAsk)
    {
        VoidProfile profile = VoidProfiles.Find(profileName)!;
        using var name = new TempSegment("w");
        using VoidShmWriter writer = VoidShmWriter.Connect(
            name.Name, 1, 1, new VoidWriterOptions { Profile = profile });
        using var reader = new VoidAttachedReader(
            name.Name, new VoidReaderOptions { Profile = profile, MayAsk = mayAsk, Wait = WaitStrategy.PowerSaving });
        using var turn = new SemaphoreSlim(0);
        const int frames = 50;
        var thread = new Thread(() =>
        {
            for (int i = 1; i <= frames; i++)
            {
                turn.Wait();
                writer.Write([i]);
            }
        });
        reader.TryRead(_values, out _);
        thread.Start();

        Watchdog.Run(() =>
        {
            for (int i = 1; i <= frames; i++)
            {
                turn.Release();
                Assert.Equal(VoidWaitResult.NewFrame, reader.WaitForNext(TimeSpan.FromSeconds(30)));
                Assert.True(reader.TryRead(_values, out VoidSnapshot snapshot));
                Assert.Equal((ulong)i, snapshot.Frame);
            }
        });
        thread.Join();
    }

    [Fact]
    public void WaitForNext_SegmentAppearsLater_Attaches()
    {
        using var name = new TempSegment("w");
        using var reader = new VoidAttachedReader(name.Name);
        VoidShmWriter? writer = null;
        var thread = new Thread(() => writer = VoidShmWriter.Connect(name.Name, 1, 1));

        Assert.Equal(VoidWaitResult.TimedOut, reader.WaitForNext(TimeSpan.FromMilliseconds(10)));
        thread.Start();
        Assert.Equal(VoidWaitResult.NewFrame, Watchdog.Run(() => reader.WaitForNext(TimeSpan.FromSeconds(30))));

        thread.Join();
        writer!.Dispose();
    }

    [Fact]
    public void WaitForNext_StructuralChange_Wakes()
    {
        using var name = new TempSegment("w");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1);
        using var reader = new VoidAttachedReader(name.Name, new VoidReaderOptions { Wait = WaitStrategy.PowerSaving });
        reader.TryRead(_values, out _);
        using var go = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            go.Wait();
            writer.Reset();
        });
        thread.Start();

        go.Set();
        Assert.Equal(VoidWaitResult.NewFrame, Watchdog.Run(() => reader.WaitForNext(TimeSpan.FromSeconds(30))));
        thread.Join();
    }

    [Fact]
    public void WaitForNext_CancelledOrDisposed_Ends()
    {
        using var name = new TempSegment("w");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1);
        using var reader = new VoidAttachedReader(name.Name);
        reader.TryRead(_values, out _);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(30));
        Assert.Throws<OperationCanceledException>(
            () => Watchdog.Run(() => reader.WaitForNext(Timeout.InfiniteTimeSpan, cancel.Token)));

        var closing = new Thread(reader.Dispose);
        closing.Start();
        Assert.Throws<ObjectDisposedException>(() => Watchdog.Run(() => reader.WaitForNext(Timeout.InfiniteTimeSpan)));
        closing.Join();
    }

    [Fact]
    public void WaitForNext_DeadWaitersMark_CostsTheWriterOneWakeUpOnly()
    {
        using var name = new TempSegment("w");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1);

        // 232 + 4 = 236: the trailer lies at 256, the waiters' mark at 320.
        RawSegment.Poke(name, 320, [1, 0, 0, 0]);
        writer.Write([1]);

        Assert.Equal(0, RawSegment.Read(name)[320]);
    }

    [Fact]
    public void Dispose_WhileOtherThreadsRead_EndsCleanly()
    {
        using var name = new TempSegment("d");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 4096);
        for (int round = 0; round < 8; round++)
        {
            var reader = new VoidAttachedReader(name.Name);
            using var started = new ManualResetEventSlim();
            var thread = new Thread(() =>
            {
                float[] values = new float[4096];
                try
                {
                    while (reader.TryRead(values, out _))
                    {
                        started.Set();
                    }
                }
                catch (ObjectDisposedException)
                {
                    // What a disposed reader says.
                }
            });
            thread.Start();
            started.Wait();
            reader.Dispose();
            thread.Join();
        }

        Assert.True(writer.IsConnected);
    }
}
