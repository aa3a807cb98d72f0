using System.Buffers.Binary;
using Plenum.TestSupport;
using Plenum.VoidShm.Writing;

namespace Plenum.VoidShm.Tests.Writing;

public sealed class TakeoverTests
{
    private static readonly VoidWriterOptions s_quick = new() { TakeoverObservation = TimeSpan.FromMilliseconds(30) };

    [Theory]
    [InlineData(0UL)]
    [InlineData(41UL)]
    [InlineData(0x7FFFFFFFFFFFFFFFUL)]
    public void Connect_StaleForeignSegment_TakesOverWithALargerEpoch(ulong staleEpoch)
    {
        using var name = new TempSegment("st");
        RawSegment.Create(name, RawSegment.Image(VoidProfiles.Canon, 2, 2, [1, 2, 3, 4], staleEpoch, 9));

        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 3, s_quick);

        Assert.True(writer.Epoch > staleEpoch, $"{writer.Epoch} is not above {staleEpoch}");
        VoidInfo info = VoidInfo.Read(name.Name);
        Assert.Equal((1, 3, 0ul), (info.Channels, info.Length, info.Frame));
    }

    [Fact]
    public void Connect_StaleSegmentWithContinue_IsExactlyOneMore()
    {
        using var name = new TempSegment("st");
        RawSegment.Create(name, RawSegment.Image(VoidProfiles.Canon, 2, 2, [], 41, 9));

        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1, s_quick);

        Assert.Equal(42ul, writer.Epoch);
    }

    [Theory]
    [InlineData(VoidEpochSeed.Zero)]
    [InlineData(VoidEpochSeed.One)]
    [InlineData(VoidEpochSeed.Time)]
    [InlineData(VoidEpochSeed.Continue)]
    public void Connect_AnySeed_IsAboveAStaleEpoch(VoidEpochSeed seed)
    {
        foreach (ulong stale in new ulong[] { 3, ulong.MaxValue - 1 })
        {
            using var name = new TempSegment("sd");
            RawSegment.Create(name, RawSegment.Image(VoidProfiles.Canon, 1, 1, [], stale));
            VoidWriterOptions options = s_quick with { Profile = VoidProfiles.Canon with { EpochSeed = seed } };

            using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1, options);

            Assert.True(writer.Epoch > stale);
        }
    }

    [Theory]
    [InlineData(VoidEpochSeed.Zero, 0UL)]
    [InlineData(VoidEpochSeed.One, 1UL)]
    public void Connect_ExplicitSeedWithoutStaleSegment_IsThatNumber(VoidEpochSeed seed, ulong expected)
    {
        using var name = new TempSegment("sd");
        VoidWriterOptions options = s_quick with { Profile = VoidProfiles.Canon with { EpochSeed = seed } };

        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1, options);

        Assert.Equal(expected, writer.Epoch);
    }

    [Theory]
    [InlineData("canon")]
    [InlineData("c")]
    public void Connect_NewWritersOfOneName_NeverRepeatAnEpoch(string profile)
    {
        using var name = new TempSegment("nr");
        VoidWriterOptions options = s_quick with { Profile = VoidProfiles.Find(profile)! };
        ulong last = 0;
        for (int i = 0; i < 50; i++)
        {
            using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1, options);
            Assert.True(writer.Epoch > last, $"{writer.Epoch} after {last}");
            writer.Reset();
            last = writer.Epoch;
        }
    }

    [Fact]
    public void TimeEpoch_LaterMicrosecond_IsAboveEveryChangeInBetween()
    {
        ulong first = EpochClock.Time(ulong.MaxValue);
        using var name = new TempSegment("te");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1);
        for (int i = 0; i < 200; i++)
        {
            writer.Reset();
        }

        Assert.True(writer.Epoch >= first);
        Assert.True(EpochClock.Time(ulong.MaxValue) > writer.Epoch, "structural changes outran the clock");
        Assert.True(EpochClock.Time(uint.MaxValue) is > int.MaxValue and <= uint.MaxValue);
    }

    [Fact]
    public void Connect_MovingForeignSegment_IsBusy()
    {
        using var name = new TempSegment("mv");
        RawSegment.Create(name, RawSegment.Image(VoidProfiles.Canon, 1, 1, [], 5, 1));
        using var stop = new ManualResetEventSlim();
        var foreign = new Thread(() =>
        {
            Span<byte> frame = stackalloc byte[8];
            for (ulong i = 2; !stop.IsSet; i++)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(frame, i);
                RawSegment.Poke(name, 32, frame);
                Thread.Yield();
            }
        });
        foreign.Start();
        using var writer = new VoidShmWriter(
            name.Name, 1, 1, new VoidWriterOptions { TakeoverObservation = TimeSpan.FromSeconds(30) });

        VoidValidity outcome = writer.TryConnect();
        stop.Set();
        foreign.Join();

        Assert.Equal(VoidValidity.Busy, outcome);
        Assert.Equal(5ul, VoidInfo.Read(name.Name).Epoch);
    }

    [Fact]
    public void Connect_InvalidatedLeftover_TakesOverAtOnce()
    {
        using var name = new TempSegment("lo");
        byte[] image = RawSegment.Image(VoidProfiles.Canon, 1, 1, [], 77, 1);
        image.AsSpan(0, 4).Clear();
        RawSegment.Create(name, image);

        using VoidShmWriter writer = VoidShmWriter.Connect(
            name.Name, 1, 1, new VoidWriterOptions { TakeoverObservation = TimeSpan.FromHours(1) });

        Assert.Equal(78ul, writer.Epoch);
    }

    [Fact]
    public void Connect_TrailerOfALiveProcessWithoutLock_IsBusy()
    {
        using var name = new TempSegment("tp");
        byte[] image = LiveImage(name);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(320 + 0x1C), 0);
        RawSegment.Create(name, image);
        using var writer = new VoidShmWriter(name.Name, 1, 1);

        Assert.Equal(VoidValidity.Busy, writer.TryConnect(out long holder));
        Assert.Equal(Environment.ProcessId, holder);
    }

    [Fact]
    public void Connect_TrailerWithLockFlagButNoLock_TakesOverAtOnce()
    {
        using var name = new TempSegment("tl");
        byte[] image = LiveImage(name);
        RawSegment.Create(name, image);
        ulong stale = BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(24));

        using VoidShmWriter writer = VoidShmWriter.Connect(
            name.Name, 1, 1, new VoidWriterOptions { TakeoverObservation = TimeSpan.FromHours(1) });

        Assert.True(writer.Epoch > stale);
    }

    [Fact]
    public void Connect_TrailerOfAnotherBoot_TakesOver()
    {
        using var name = new TempSegment("tb");
        byte[] image = LiveImage(name);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(320 + 0x1C), 0);
        image[320 + 0x38] ^= 0xFF;
        RawSegment.Create(name, image);

        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1);

        Assert.True(writer.IsConnected);
    }

    // 2 x 5 floats: the trailer lies at 320.
    private static byte[] LiveImage(TempSegment name)
    {
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 2, 5);
        writer.Write([1]);
        return RawSegment.Read(name);
    }
}
