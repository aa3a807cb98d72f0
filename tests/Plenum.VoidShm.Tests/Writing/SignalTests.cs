using Plenum.TestSupport;

namespace Plenum.VoidShm.Tests.Writing;

public sealed class SignalTests
{
    [Theory]
    [InlineData(VoidSignalKind.Sine, 0.25, 1f)]
    [InlineData(VoidSignalKind.Sine, 0.75, -1f)]
    [InlineData(VoidSignalKind.Ramp, 0.25, 0.25f)]
    [InlineData(VoidSignalKind.Ramp, 1.75, 0.75f)]
    [InlineData(VoidSignalKind.Step, 0.25, 0f)]
    [InlineData(VoidSignalKind.Step, 0.75, 1f)]
    public void Sample_AtATime_IsTheFormsValue(VoidSignalKind kind, double seconds, float expected) =>
        Assert.Equal(expected, new VoidSignal(kind, 1).Sample(seconds), 5);

    [Fact]
    public void Noise_IsBoundedVariedAndRepeatable()
    {
        var noise = new VoidSignal(VoidSignalKind.Noise, 1);
        float[] first = new float[1000];
        float[] second = new float[1000];
        noise.Fill(first, 10, 100, 1.5);
        noise.Fill(second, 10, 100, 1.5);

        Assert.Equal(first, second);
        Assert.All(first, v => Assert.InRange(v, -1f, 1f));
        Assert.True(first.Distinct().Count() > 990);
        Assert.InRange(first.Average(), -0.15f, 0.15f);
    }

    [Fact]
    public void Fill_Channels_AreShiftedByTheirShareOfAPeriod()
    {
        float[] frame = new float[4];

        new VoidSignal(VoidSignalKind.Ramp, 1).Fill(frame, 4, 1, 0);

        Assert.Equal([0, 0.25f, 0.5f, 0.75f], frame);
    }

    [Fact]
    public void Publisher_PublishAt_RampsBetweenSamples()
    {
        using var name = new TempSegment("pu");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 2);
        using var publisher = new VoidSignalPublisher(writer, 60, TimeSpan.FromMilliseconds(100));
        using var reader = new VoidShmReader(name.Name);
        float[] values = new float[2];

        publisher.Submit([0, 0]);
        Assert.True(publisher.PublishAt(0));
        publisher.Submit([1, -1]);
        Assert.True(publisher.PublishAt(0.05));
        Assert.True(reader.TrySnapshot(values.AsSpan(), out VoidSnapshot snapshot));

        Assert.Equal(2ul, snapshot.Frame);
        Assert.Equal(0.5f, values[0], 5);
        Assert.Equal(-0.5f, values[1], 5);
    }

    [Fact]
    public void Publisher_Started_PublishesByItself()
    {
        using var name = new TempSegment("pu");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1);
        using var publisher = new VoidSignalPublisher(writer, 500);
        using var reader = new VoidAttachedReader(name.Name);
        publisher.Submit([3]);
        publisher.Start();
        float[] values = new float[1];

        Watchdog.Run(() =>
        {
            ulong last = 0;
            for (int i = 0; i < 10; i++)
            {
                Assert.Equal(VoidWaitResult.NewFrame, reader.WaitForNext(TimeSpan.FromSeconds(30)));
                Assert.True(reader.TryRead(values, out VoidSnapshot snapshot));
                Assert.True(i == 0 || snapshot.Frame > last);
                last = snapshot.Frame;
            }
        });
        publisher.Dispose();

        Assert.Equal(3f, values[0]);
        Assert.Equal((ulong)publisher.Published, writer.Frame);
    }

    [Fact]
    public void Publisher_WriterWithLongChannels_IsRefused()
    {
        using var name = new TempSegment("pu");
        using var writer = new VoidShmWriter(name.Name, 1, 2);

        Assert.Throws<ArgumentException>(() => new VoidSignalPublisher(writer));
    }
}
