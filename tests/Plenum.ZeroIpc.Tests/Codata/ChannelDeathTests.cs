using Plenum.Platform;

namespace Plenum.ZeroIpc.Tests;

/// <summary>
/// A death at each step of a rendezvous and of a computation: the records and bytes that the step leaves are made by
/// hand through a second opening of the segment, which is then given up as a killed process gives it up.
/// </summary>
public sealed class ChannelDeathTests
{
    [Theory]
    [InlineData(false, 0, 0)] // the turn taken, nothing offered
    [InlineData(true, 1, 0)] // offered
    [InlineData(true, 0, 1)] // taken, the turn not given back
    public async Task Rendezvous_SenderDiesInItsTurn_NextSenderGoesOn(bool stored, int ready, int consumed)
    {
        using var segment = new Segment(ours: true);
        SharedMemory dying = segment.OpenAgain();
        var channel = SharedChannel<long>.Create(segment.First, "c", 0);
        long header = segment.First.Table.Find("c_header").Offset;
        long slot = segment.First.Table.Find("c_slot").Offset;
        Assert.True(new SiteTurn(dying.Waits().Site(header + ChannelHeader.TurnKey)).TryEnter());
        segment.First.Segment.Span<long>(slot + 8, 1)[0] = stored ? 99 : 0;
        segment.First.Segment.Byte(slot + 1).WriteRelease((byte)consumed);
        segment.First.Segment.Byte(slot).WriteRelease((byte)ready);

        dying.Dispose();

        Task<ChannelStatus> sending = Task.Run(() => channel.Send(7, TimeSpan.FromSeconds(60)));
        Segment.Until(() => channel.WaitingSenders > 0);
        Assert.Equal(ChannelStatus.Done, channel.Receive(out long value, TimeSpan.FromSeconds(60)));
        if (value == 99)
        {
            // Nobody had taken the dead one's offer back yet: it is delivered, once.
            Assert.Equal(1, ready);
            Assert.Equal(ChannelStatus.Done, channel.Receive(out value, TimeSpan.FromSeconds(60)));
        }

        Assert.Equal(7, value);
        Assert.Equal(ChannelStatus.Done, await sending);
        Assert.Equal(0, channel.Count);
    }

    [Theory]
    [InlineData(ClaimState.Doubt, false)] // said, not claimed
    [InlineData(ClaimState.Doubt, true)] // claimed, not said
    [InlineData(ClaimState.Held, true)] // claimed
    public async Task Rendezvous_ReceiverDiesWithTheValue_ItIsOfferedAgain(object state, bool claimed)
    {
        using var segment = new Segment(ours: true);
        SharedMemory dying = segment.OpenAgain();
        var channel = SharedChannel<long>.Create(segment.First, "c", 0);
        long slot = segment.First.Table.Find("c_slot").Offset;
        Task<ChannelStatus> sending = Task.Run(() => channel.Send(7, TimeSpan.FromSeconds(60)));
        Segment.Until(() => channel.WaitingSenders == 1 && channel.Count == 1);
        _ = dying.Waits().Owners.Claim(ClaimKind.QueueConsumer, slot, 0, (ClaimState)state);
        if (claimed)
        {
            Assert.Equal(1, segment.First.Segment.Byte(slot).CompareExchange(0, 1));
        }

        dying.Dispose();

        Assert.Equal(ChannelStatus.Done, channel.Receive(out long value, TimeSpan.FromSeconds(60)));
        Assert.Equal((7, ChannelStatus.Done), (value, await sending));
        Assert.Equal(ChannelStatus.TimedOut, channel.Receive(out _, TimeSpan.FromMilliseconds(60)));
    }

    [Fact]
    public void Rendezvous_SleepersDie_TheirCountsAreTakenBack()
    {
        using var segment = new Segment(ours: true);
        SharedMemory dying = segment.OpenAgain();
        var channel = SharedChannel<int>.Create(segment.First, "c", 0);
        var theirs = SharedChannel<int>.Open(dying, "c");
        _ = theirs.Core.ArmReceiver();
        Assert.Equal(1, channel.WaitingReceivers);
        dying.Dispose();
        Assert.Equal(ChannelStatus.TimedOut, channel.Receive(out _, TimeSpan.FromMilliseconds(60)));
        Assert.Equal(0, channel.WaitingReceivers);
    }

    [Theory]
    [InlineData(ClaimState.Doubt, true, false)] // in doubt beside peers: nothing is decided
    [InlineData(ClaimState.Doubt, false, true)]
    [InlineData(ClaimState.Held, true, true)]
    [InlineData(ClaimState.Held, false, true)]
    public void Computation_DiesComputing_IsHandedOn(object state, bool foreign, bool handedOn)
    {
        using var segment = new Segment(ours: !foreign);
        SharedMemory dying = segment.OpenAgain();
        var future = SharedFuture<int>.Create(segment.First, "f");
        int calls = 0;
        var lazy = SharedLazy<int>.Create(segment.First, "l", () => ++calls);
        foreach (string name in new[] { "f", "l" })
        {
            long offset = segment.First.Table.Find(name).Offset;
            _ = dying.Waits().Owners.Claim(ClaimKind.Setter, offset, 0, (ClaimState)state);
            segment.First.Segment.UInt32(offset).WriteRelease((uint)FutureState.Computing);
        }

        dying.Dispose();

        Assert.Equal(handedOn, future.TrySet(4));
        Assert.Equal(handedOn, lazy.Force(out int value, TimeSpan.FromMilliseconds(handedOn ? 60_000 : 60)));
        Assert.Equal(handedOn ? (1, 1, 4) : (0, 0, 0), (value, calls, handedOn ? future.Get() : 0));
    }

    [Fact]
    public void Buffered_PartiesDieWithTickets_OthersGoOn()
    {
        using var segment = new Segment(ours: true);
        SharedMemory dying = segment.OpenAgain();
        var channel = SharedChannel<int>.Create(segment.First, "c", 4);
        long queue = segment.First.Table.Find("c_buffer").Offset;
        channel.Send(1);
        _ = dying.Waits().Owners.Claim(ClaimKind.QueueProducer, queue, 1);
        segment.First.Segment.UInt32(queue + 4).WriteRelease(2);
        dying.Dispose();

        Assert.Equal(1, channel.Receive());
        channel.Close();
        Assert.Equal(ChannelStatus.Closed, channel.Receive(out _, TimeSpan.FromSeconds(60)));
    }
}
