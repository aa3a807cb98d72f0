using Plenum.ZeroIpc;

namespace Plenum.CrossProcess.Tests.ZeroIpc;

/// <summary>kill -9 at each step of futures, lazy values and channels; the survivor goes on as
/// docs/protocols/zeroipc-codata.md says.</summary>
public sealed class CodataKillTests
{
    [Theory]
    [InlineData("computation-stated", false)]
    [InlineData("computation-claimed", false)]
    [InlineData("computation-held", false)]
    [InlineData("computation-stored", false)]
    [InlineData("computation-published", true)]
    [InlineData("computation-cleared", true)]
    public async Task Future_SetterKilled_ItsValueIsThereOrAnotherSets(string step, bool set)
    {
        using var test = new DyingPeer(ours: true);
        SharedFuture<int> future = SharedFuture<int>.Create(test.Memory, "x");
        Task<int> waiting = future.GetAsync(TestContext.Current.CancellationToken).AsTask();
        test.Kill("future-set", step);

        Assert.Equal(!set, future.TrySet(4));
        Assert.Equal(set ? 100 : 4, await waiting.WaitAsync(DyingPeer.Patience, TestContext.Current.CancellationToken));
        Assert.False(future.TrySet(5));
    }

    [Theory]
    [InlineData("computation-stated", 1)]
    [InlineData("computation-claimed", 1)]
    [InlineData("computation-held", 1)]
    [InlineData("lazy-counted", 2)]
    [InlineData("computation-stored", 2)]
    [InlineData("computation-published", 1)]
    [InlineData("computation-cleared", 1)]
    public void Lazy_ComputingProcessKilled_NextOneComputesUnlessDone(string step, int computed)
    {
        using var test = new DyingPeer(ours: true);
        SharedLazy<int> lazy = SharedLazy<int>.Add(test.Memory, "x", 40, 2);
        test.Kill("lazy-force", step);

        Assert.True(lazy.Force(out int value, DyingPeer.Patience));
        Assert.Equal((42, computed), (value, (int)lazy.ComputeCount));
    }

    [Theory]
    [InlineData("queue-add-stated", false)]
    [InlineData("queue-add-claimed", false)]
    [InlineData("queue-add-held", false)]
    [InlineData("queue-add-stored", false)]
    [InlineData("queue-add-published", true)]
    [InlineData("channel-sent", true)]
    public void Buffered_SenderKilled_ItsValueIsThereOrNot(string step, bool sent)
    {
        using var test = new DyingPeer(ours: true);
        SharedChannel<int> channel = SharedChannel<int>.Create(test.Memory, "x", 2);
        Task<List<int>> receiving = Task.Factory.StartNew(
            () => channel.ReadAll().ToList(), TaskCreationOptions.LongRunning);
        test.Kill("channel-send", step);

        for (int i = 1; i < 5; i++)
        {
            Assert.Equal(ChannelStatus.Done, channel.Send(i, DyingPeer.Patience));
        }

        Assert.True(channel.Close());
        Assert.True(receiving.Wait(DyingPeer.Patience));
        Assert.Equal(sent ? [100, 1, 2, 3, 4] : [1, 2, 3, 4], receiving.Result);
    }

    [Theory]
    [InlineData("queue-take-stated", true)]
    [InlineData("queue-take-claimed", false)]
    [InlineData("queue-take-held", false)]
    [InlineData("queue-take-freed", false)]
    [InlineData("channel-received", false)]
    public void Buffered_ReceiverKilled_SendersGoOn(string step, bool stays)
    {
        using var test = new DyingPeer(ours: true);
        SharedChannel<int> channel = SharedChannel<int>.Create(test.Memory, "x", 2);
        Assert.Equal(2, channel.TrySend([1, 2]));
        Task<ChannelStatus> sending = Task.Factory.StartNew(
            () => channel.Send(3, DyingPeer.Patience), TaskCreationOptions.LongRunning);
        test.Kill("channel-receive", step);

        if (stays)
        {
            Assert.Equal((ChannelStatus.Done, 1), (channel.Receive(out int one, DyingPeer.Patience), one));
        }

        Assert.True(sending.Wait(DyingPeer.Patience));
        Assert.Equal(ChannelStatus.Done, sending.Result);
        Assert.True(channel.Close());
        Assert.Equal([2, 3], channel.ReadAll());
    }

    [Theory]
    [InlineData("turn-taken", "7")]
    [InlineData("rendezvous-offer-stored", "7")]
    [InlineData("rendezvous-offer-published", "7|100 7")]
    [InlineData("rendezvous-offered", "7|100 7")]
    [InlineData("turn-done", "100 7")]
    [InlineData("turn-given", "100 7")]
    public void Rendezvous_SenderKilled_NextSendersTurnComes(string step, string received)
    {
        using var test = new DyingPeer(ours: true);
        SharedChannel<int> channel = SharedChannel<int>.Create(test.Memory, "x", 0);
        Task<List<int>> receiving = Task.Factory.StartNew(
            () => channel.ReadAll().ToList(), TaskCreationOptions.LongRunning);
        test.Kill("channel-send", step);

        Assert.Equal(ChannelStatus.Done, channel.Send(7, DyingPeer.Patience));
        Assert.True(channel.Close());
        Assert.True(receiving.Wait(DyingPeer.Patience));
        Assert.Contains(string.Join(' ', receiving.Result), received.Split('|'));
        Assert.Equal((0, 0), (channel.Count, channel.WaitingSenders));
    }

    [Theory]
    [InlineData("rendezvous-take-stated", true)]
    [InlineData("rendezvous-take-claimed", true)]
    [InlineData("rendezvous-take-held", true)]
    [InlineData("rendezvous-take-published", false)]
    [InlineData("rendezvous-take-cleared", false)]
    public void Rendezvous_ReceiverKilled_ValueIsOfferedAgainUnlessItHadIt(string step, bool again)
    {
        using var test = new DyingPeer(ours: true);
        SharedChannel<int> channel = SharedChannel<int>.Create(test.Memory, "x", 0);
        Task<ChannelStatus> sending = Task.Factory.StartNew(
            () => channel.Send(7, DyingPeer.Patience), TaskCreationOptions.LongRunning);
        test.Kill("channel-receive", step);

        if (again)
        {
            Assert.Equal((ChannelStatus.Done, 7), (channel.Receive(out int value, DyingPeer.Patience), value));
        }

        Assert.True(sending.Wait(DyingPeer.Patience));
        Assert.Equal(ChannelStatus.Done, sending.Result);
        Assert.Equal(ChannelStatus.TimedOut, channel.Receive(out _, TimeSpan.FromMilliseconds(60)));
        Assert.Equal((0, 0), (channel.WaitingSenders, channel.WaitingReceivers));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(0)]
    public void Channel_ClosingProcessKilledBeforeItWakes_EverybodyIsTold(int capacity)
    {
        using var test = new DyingPeer(ours: true);
        SharedChannel<int> channel = SharedChannel<int>.Create(test.Memory, "x", capacity);
        Task<ChannelStatus> receiving = Task.Factory.StartNew(
            () => channel.Receive(out _, DyingPeer.Patience), TaskCreationOptions.LongRunning);
        test.Kill("channel-close", "channel-closed");

        Assert.True(receiving.Wait(DyingPeer.Patience));
        Assert.Equal((ChannelStatus.Closed, ChannelStatus.Closed),
            (receiving.Result, channel.Send(1, DyingPeer.Patience)));
    }
}
