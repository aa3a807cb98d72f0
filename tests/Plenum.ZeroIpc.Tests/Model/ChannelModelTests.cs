using FsCheck;
using FsCheck.Fluent;

namespace Plenum.ZeroIpc.Tests;

/// <summary>Random sequences of operations on a channel, compared with a plain model after each step.</summary>
public sealed class ChannelModelTests
{
    [Theory]
    [InlineData(4, CodataLayout.Native)]
    [InlineData(4, CodataLayout.Python)]
    [InlineData(2, CodataLayout.Native)]
    public void Buffered_AnySequence_IsABoundedQueueThatCloses(int capacity, CodataLayout layout) =>
        Prop.ForAll<int[]>(steps =>
        {
            using var segment = new Segment(ours: true);
            var channel = SharedChannel<int>.Create(segment.First, "x", capacity, layout);
            var model = new BufferModel(capacity);
            foreach (int step in steps)
            {
                model.Apply(channel, step);
                Assert.Equal((model.Values.Count, model.IsClosed), (channel.Count, channel.IsClosed));
                channel = step % 7 == 0 ? SharedChannel<int>.Open(segment.First, "x") : channel;
            }
        }).Check(Config.QuickThrowOnFailure
            .WithMaxTest(TestSupport.Campaign.Count(60, 3_000)).WithStartSize(1).WithEndSize(200));

    [Theory]
    [InlineData(CodataLayout.Native)]
    [InlineData(CodataLayout.Python)]
    public void Rendezvous_AnySequence_PairsSendersWithReceivers(CodataLayout layout) => Prop.ForAll<byte[]>(steps =>
    {
        using var segment = new Segment(ours: true);
        var model = new PairingModel(SharedChannel<int>.Create(segment.First, "x", 0, layout));
        Array.ForEach(steps, model.Apply);
        model.Close();
    }).Check(Config.QuickThrowOnFailure
        .WithMaxTest(TestSupport.Campaign.Count(15, 400)).WithStartSize(1).WithEndSize(40));
}
